import { expect, test } from 'vitest';
import type { ResolvedOperation } from '../request/pipeline.ts';
import type { Detail } from '../scope/detail.ts';
import { coverageWithin, coverOperation, coversArguments } from './cover.ts';
import { decide } from './decide.ts';

const scope = (members: Partial<Detail>): Detail => ({
  type: 'provider_operations',
  connection: 'railway',
  environments: ['staging'],
  operations: ['*:read', 'volumeUpdate'],
  ...members,
});
const operation: ResolvedOperation = {
  name: 'volumeUpdate',
  effect: 'write',
  base_effect: 'write',
  arguments: { name: 'data', size: 5, labels: [] },
  secret_arguments: [],
  targets: [],
  containers: ['project:1', 'service:1'],
  environments: [{ slug: 'staging', kind: 'other' }],
};

test('every condition on an argument must hold, and an empty condition covers nothing', () => {
  const holds = (conditions: NonNullable<Detail['arguments']>[string]) =>
    coversArguments(scope({ arguments: { volumeUpdate: conditions } }), operation);
  expect(holds({ name: { equals: 'data' }, size: { at_most: 5 } })).toBe(true);
  expect(holds({ name: { equals: 'data' }, size: { at_most: 4 } })).toBe(false);
  expect(holds({ name: { equals: 'other' }, size: { at_most: 5 } })).toBe(false);
  expect(holds({})).toBe(false);
});

test('a list without elements satisfies no condition on its elements', () => {
  const limited = scope({ arguments: { volumeUpdate: { 'labels[]': { equals: 'a' } } } });
  const holds = (labels: string[]) => coversArguments(limited, { ...operation, arguments: { labels } });
  expect([holds([]), holds(['a', 'a']), holds(['a', 'b'])]).toEqual([false, true, false]);
});

test('an operation without targets is covered if one of its containers is', () => {
  expect(coverOperation(scope({ resources: ['service:1'] }), operation)).toBe('covered');
  expect(coverOperation(scope({ resources: ['service:2'] }), operation)).toBe('resource');
  const all = { ...operation, targets: [{ kind: 'volume', id: '1', within: ['service:1'] }] };
  expect(coverOperation(scope({ resources: ['project:1'] }), all)).toBe('resource');
});

test('what is within other scopes covers only what one of these covers too, by itself', () => {
  const place = { connection: 'railway', environment: 'staging', operation };
  const here = scope({});
  const elsewhere = scope({ environments: ['production'] });
  expect(coverageWithin([here, elsewhere], place)).toBe('covered');
  expect(coverageWithin([elsewhere], place)).toBe('environment');
  expect(coverageWithin([scope({ operations: ['volumeCreate'] })], place)).toBe('operation');
  expect(coverageWithin([{ ...here, connection: 'other' }], place)).toBe('operation');
  expect(coverageWithin([scope({ resources: ['service:2'] }), elsewhere], place)).toBe('resource');
  expect(coverageWithin([], place)).toBe('operation');
  const decided = (within: readonly Detail[]) =>
    decide({
      connection: 'railway',
      chain: [{ link: 'grants', subject: 'helper', allowances: [{ scope: here, grant_id: 'apr_1', within }] }],
      guardrails: [{ environments: 'other', operations: '*', outcome: 'allow' }],
      operations: [operation],
      now: 0,
    });
  expect(decided([here]).result).toBe('allow');
  expect(decided([elsewhere])).toMatchObject({ result: 'refuse', code: 'environment_not_granted' });
});
