import { expect, test } from 'vitest';
import { type Detail, detailSchema } from '../scope/detail.ts';
import type { Effect } from '../scope/effect.ts';
import type { ChainLink } from './decision.ts';
import { refuseUncoverable } from './uncoverable.ts';

const detail = (operations: readonly string[], more: object = {}): Detail =>
  detailSchema.parse({
    type: 'provider_operations',
    connection: 'railway',
    environments: ['staging'],
    operations,
    ...more,
  });

const link = (kind: ChainLink['link'], details: readonly Detail[], expires_at?: number): ChainLink => ({
  link: kind,
  subject: kind,
  allowances: details.map((scope) => ({ scope, ...(expires_at === undefined ? {} : { expires_at }) })),
});

const call = (name: string, effect: Effect, base_effect: Effect = effect, values = {}) => ({
  name,
  effect,
  base_effect,
  arguments: values,
  secret_arguments: [],
});

const early = (chain: readonly ChainLink[], ...operations: readonly ReturnType<typeof call>[]) =>
  refuseUncoverable({ connection: 'railway', chain, operations, now: 1_000 });

const READS = detail(['*:read', 'customDomain*']);
const DELETES = detail(['volumeDelete', '*:read'], { environments: ['production', 'staging'] });
const ONLY_OWN = detail(['customDomainCreate'], {
  arguments: { customDomainCreate: { 'input.domain': { ends_with: '.staging.example.com' } } },
});

test.each<[string, readonly ChainLink[], ReturnType<typeof call>, string | undefined]>([
  ['no selector matches', [link('token', [READS])], call('volumeDelete', 'destroy'), 'operation_not_granted'],
  ['one matches, in any environment', [link('token', [READS, DELETES])], call('volumeDelete', 'destroy'), undefined],
  [
    'one link matches, another does not',
    [link('token', [DELETES]), link('grants', [READS])],
    call('volumeDelete', 'destroy'),
    'operation_not_granted',
  ],
  [
    'a raised effect that is not spelled out',
    [link('token', [DELETES])],
    call('volumeDelete', 'escalate', 'destroy'),
    'operation_not_granted',
  ],
  [
    'a glob never reaches destruction',
    [link('token', [detail(['*', 'volume*'])])],
    call('volumeDelete', 'destroy'),
    'operation_not_granted',
  ],
  [
    'an allowance that has expired',
    [link('grants', [DELETES], 1_000)],
    call('volumeDelete', 'destroy'),
    'operation_not_granted',
  ],
  ['one that is about to', [link('grants', [DELETES], 1_001)], call('volumeDelete', 'destroy'), undefined],
  [
    'another connection',
    [link('token', [detail(['*:destroy'], { connection: 'other' })])],
    call('volumeDelete', 'destroy'),
    'operation_not_granted',
  ],
  [
    'arguments outside',
    [link('token', [ONLY_OWN])],
    call('customDomainCreate', 'write', 'write', { input: { domain: 'login.example.com' } }),
    'argument_not_granted',
  ],
  [
    'arguments inside',
    [link('token', [ONLY_OWN])],
    call('customDomainCreate', 'write', 'write', { input: { domain: 'a.staging.example.com' } }),
    undefined,
  ],
  [
    'arguments outside one allowance, inside another',
    [link('token', [ONLY_OWN, READS])],
    call('customDomainCreate', 'write', 'write', { input: { domain: 'login.example.com' } }),
    undefined,
  ],
  [
    'resources, which only resolving can tell',
    [link('token', [detail(['volumeDelete'], { resources: ['volume:v_stag'] })])],
    call('volumeDelete', 'destroy'),
    undefined,
  ],
  ['no allowance at all', [link('grants', [])], call('project', 'read'), 'operation_not_granted'],
])('%s', (_, chain, operation, code) => {
  expect(early(chain, operation)?.code).toBe(code);
});

test('an operation that resolving may raise is refused only if no allowance covers any effect it may get', () => {
  const raisable = { ...call('volumeInstanceUpdate', 'write'), raisable: ['destroy'] as const };
  expect(early([link('token', [detail(['volumeInstanceUpdate:destroy'])])], raisable)).toBeUndefined();
  expect(early([link('token', [detail(['volumeInstanceUpdate:escalate'])])], raisable)?.code).toBe(
    'operation_not_granted',
  );
});

test('one operation that nothing covers makes the whole call refused, and only that operation is the reason', () => {
  const decision = early([link('token', [READS])], call('project', 'read'), call('volumeDelete', 'destroy'));
  expect(decision).toMatchObject({ result: 'refuse', pairs: [] });
  expect(decision?.reasons).toEqual([
    {
      operation: 'volumeDelete',
      effect: 'destroy',
      environment: '*',
      rule: 'operation_not_granted',
      link: 'token',
      subject: 'token',
      allowed: ['staging/*:read', 'staging/customDomain*'],
    },
  ]);
});

test('details that only the token lacks are proposed; details that the grants lack are not', () => {
  const narrow = link('token', [READS]);
  const decision = early([narrow, link('grants', [DELETES])], call('volumeDelete', 'destroy'));
  expect(decision?.missing).toEqual([detail(['volumeDelete'], { environments: ['production', 'staging'] })]);
  expect(early([narrow, link('grants', [READS])], call('volumeDelete', 'destroy'))?.missing).toEqual([]);
});

test('all details that only the token lacks are proposed together; nothing is proposed if another link lacks something too', () => {
  const [deleting, updating] = [call('volumeDelete', 'destroy'), call('volumeUpdate', 'write')];
  const apart = [detail(['volumeDelete'], { environments: ['production'] }), detail(['volumeUpdate'])];
  const narrow = link('token', [detail(['*:read'])]);
  expect(early([narrow, link('grants', apart)], deleting, updating)?.missing).toEqual([
    detail(['volumeDelete', 'volumeUpdate'], { environments: ['production', 'staging'] }),
  ]);
  // Of two operations the grants lack one; for one operation the token has other arguments.
  const other = link('grants', [detail(['volumeUpdate'])]);
  expect(early([narrow, other], deleting, updating)?.missing).toEqual([]);
  const creating = call('customDomainCreate', 'write');
  const token = link('token', [ONLY_OWN]);
  expect(early([token, link('grants', [READS])], creating)?.missing).toEqual([]);
  // The token may lack something while the chain has no link of grants.
  expect(early([narrow], deleting)?.missing).toEqual([]);
});

test('the code is that of the furthest lack, in every order, and no approval is asked for', () => {
  const chain = [link('token', [ONLY_OWN])];
  const [argument, operation] = [call('customDomainCreate', 'write'), call('volumeDelete', 'destroy')];
  for (const both of [
    [argument, operation],
    [operation, argument],
  ]) {
    expect(early(chain, ...both)).toMatchObject({ code: 'operation_not_granted', approve: false, hold_minutes: 0 });
  }
});

test('a call without a chain is not refused here: the decision refuses it', () => {
  expect(early([], call('project', 'read'))).toBeUndefined();
});
