import type { Detail } from '@writ/core';
import { expect, test } from 'vitest';
import { isWithin } from './workload.ts';

const detail = (change: Partial<Detail> = {}): Detail => ({
  type: 'provider_operations',
  connection: 'railway',
  environments: ['staging'],
  operations: ['*:read', 'deploy*'],
  ...change,
});

test.each<[string, Partial<Detail>, Partial<Detail>]>([
  ['the same', {}, {}],
  ['fewer operations', { operations: ['*:read'] }, {}],
  ['an environment of all', {}, { environments: ['*'] }],
  ['resources where there were none', { resources: ['service:s'] }, {}],
  ['fewer resources', { resources: ['service:s'] }, { resources: ['service:s', 'service:t'] }],
  ['conditions where there were none', { arguments: { deploy: { id: { equals: 'a' } } } }, {}],
])('%s is within', (_what, changes, other) => {
  expect(isWithin([detail(changes)], [detail({ connection: 'github' }), detail(other)])).toBe(true);
});

test.each<[string, Partial<Detail>, Partial<Detail>]>([
  ['another operation', { operations: ['deploy'] }, {}],
  ['another environment', { environments: ['staging', 'production'] }, {}],
  ['all environments', { environments: ['*'] }, {}],
  ['another connection', { connection: 'github' }, {}],
  ['no resources any more', {}, { resources: ['service:s'] }],
  ['another resource', { resources: ['service:t'] }, { resources: ['service:s'] }],
  ['no conditions any more', {}, { arguments: { deploy: { id: { equals: 'a' } } } }],
  [
    'another condition',
    { arguments: { deploy: { id: { equals: 'b' } } } },
    { arguments: { deploy: { id: { equals: 'a' } } } },
  ],
])('%s is wider', (_what, changes, other) => {
  expect(isWithin([detail(), detail(changes)], [detail(other)])).toBe(false);
});

test('two details do not combine to hold a third', () => {
  const [one, two] = [detail({ environments: ['a'] }), detail({ environments: ['b'] })];
  expect(isWithin([detail({ environments: ['a', 'b'] })], [one, two])).toBe(false);
});
