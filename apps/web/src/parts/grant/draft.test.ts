import { DETAIL_TYPE } from '@writ/core';
import { expect, test } from 'vitest';
import {
  changeOf,
  emptyDraft,
  grantsOf,
  hasDetail,
  type Missing,
  withCondition,
  withDetail,
  withoutDetail,
  withoutOperations,
} from './draft.ts';

const detail = (operation: string, environments: string[], more: Partial<Missing> = {}): Missing => ({
  type: DETAIL_TYPE,
  connection: 'railway',
  environments,
  operations: [operation],
  ...more,
});
const read = detail('service', ['staging']);
const make = detail('customDomainCreate', ['staging'], {
  arguments: { customDomainCreate: { 'input.domain': { equals: 'a.example.com' } } },
});
const other = detail('customDomainCreate', ['staging'], {
  arguments: { customDomainCreate: { 'input.domain': { equals: 'b.example.com' } } },
});
const elsewhere = detail('service', ['production']);

test('ticked one by one, refusals become the fewest grants that are no wider, and each can be taken back', () => {
  const all = [read, make, other, elsewhere];
  const draft = all.reduce(withDetail, emptyDraft('agent', 'railway'));
  expect(draft.parts.map(({ environments, operations }) => [environments, operations])).toEqual([
    [['staging'], ['service', 'customDomainCreate']],
    [['staging'], ['customDomainCreate']],
    [['production'], ['service']],
  ]);
  expect(all.every((each) => hasDetail(draft, each))).toBe(true);
  expect(withDetail(draft, make)).toBe(draft);
  const left = withoutDetail(draft, make);
  expect(all.map((each) => hasDetail(left, each))).toEqual([true, false, true, true]);
  expect(left.parts[0]?.conditions).toEqual([]);
  expect(all.reduce(withoutDetail, draft)).toEqual(emptyDraft('agent', 'railway'));
});

test('a detail of which nobody knows where it lies is a part without environments', () => {
  const { environments: _, ...unplaced } = read;
  const draft = withDetail(emptyDraft('agent'), unplaced);
  expect(grantsOf(draft)).toEqual([
    { client_id: 'agent', connection: 'railway', environments: [], operations: ['service'] },
  ]);
  expect(hasDetail(draft, unplaced)).toBe(true);
});

test('what was said of an operation goes with it, but not while it is there at another effect', () => {
  const [part] = withDetail(emptyDraft('agent'), make).parts;
  if (part === undefined) throw new Error('no part');
  const both = { ...part, operations: ['customDomainCreate', 'customDomainCreate:destroy'] };
  expect(withoutOperations(both, ['customDomainCreate:destroy']).conditions).toHaveLength(1);
  expect(withoutOperations(part, ['customDomainCreate']).conditions).toEqual([]);
  expect(withCondition(part, { operation: 'customDomainCreate', path: 'input.domain' }, undefined).conditions).toEqual(
    [],
  );
});

test('a change says everything, so that what was taken out is gone', () => {
  const draft = withDetail(emptyDraft('agent'), read);
  expect(changeOf(draft)).toEqual({
    environments: ['staging'],
    operations: ['service'],
    resources: null,
    arguments: null,
    limits: null,
    expires_at: null,
    name: null,
    note: null,
  });
});
