import type { ArgumentCondition } from '@writ/core';
import { expect, test } from 'vitest';
import { type Draft, emptyDraft, type Part } from '../../parts/grant/draft.ts';
import type { Operation } from '../../parts/grant/words.ts';
import { turnsOf } from './turns.ts';

const draft = (part: Partial<Part>, more: Partial<Draft> = {}): Draft => {
  const base = emptyDraft('agent', 'railway');
  return { ...base, parts: base.parts.map((each) => ({ ...each, operations: ['make'], ...part })), ...more };
};
const make = { name: 'make', effect: 'destroy', raised_to: [], inputs: [{ path: 'name' }] } as unknown as Operation;
const turns = (before: Draft, after: Draft) =>
  turnsOf(before, after, [make]).map(({ what, turn }) => `${what} ${turn}`);
const both = (one: Draft, other: Draft) => [turns(one, one), turns(one, other), turns(other, one)];
const where = (condition?: ArgumentCondition) =>
  draft({ conditions: condition === undefined ? [] : [{ operation: 'make', path: 'name', condition }] });

test.each<[narrow: ArgumentCondition, wide: ArgumentCondition | undefined]>([
  [{ equals: 'a' }, undefined],
  [{ equals: 'a' }, { one_of: ['b', 'a'] }],
  [{ one_of: ['ab', 'ac'] }, { starts_with: 'a' }],
  [{ starts_with: 'ab' }, { starts_with: 'a' }],
  [{ ends_with: '.staging.example.com' }, { ends_with: '.example.com' }],
  [{ at_most: 3 }, { at_most: 4 }],
  [{ at_least: 4 }, { at_least: 3 }],
  [{ equals: 4 }, { at_least: 3 }],
])('%j to %j is wider, and back it is narrower', (narrow, wide) => {
  expect(both(where(narrow), where(wide))).toEqual([[], ['name of make wider'], ['name of make narrower']]);
});

test('what lets through neither all nor nothing of what it did is neither', () => {
  expect(turns(where({ ends_with: 'a' }), where({ ends_with: 'b' }))).toEqual(['name of make other']);
  expect(turns(where({ equals: '5' }), where({ equals: 5 }))).toEqual(['name of make other']);
  expect(turns(draft({ resources: ['a:1'] }), draft({ resources: ['a:2'] }))).toEqual(['resources other']);
});

test('resources, limits, lives and ends are told in either direction; their order tells nothing', () => {
  const limit = (count: number) => ({ operations: 'make', count, per: 'day' as const });
  const pairs: [Draft, Draft, string][] = [
    [draft({ resources: ['a:1'] }), draft({}), 'resources'],
    [draft({ resources: ['a:1'] }), draft({ resources: ['a:2', 'a:1'] }), 'resources'],
    [draft({ limits: [limit(5)] }), draft({}), 'limit'],
    [draft({ limits: [limit(9), limit(5)] }), draft({ limits: [limit(6)] }), 'limit'],
    [draft({}), draft({}, { max_ttl_seconds: 7200 }), 'longest life of a token'],
    [draft({}, { expires_at: '2030-01-01T00:00:00Z' }), draft({}), 'ends'],
  ];
  for (const [narrow, wide, what] of pairs)
    expect(both(narrow, wide)).toEqual([[], [`${what} wider`], [`${what} narrower`]]);
  expect(turns(draft({ resources: ['a:1', 'a:2'] }), draft({ resources: ['a:2', 'a:1'] }, { name: 'x' }))).toEqual([]);
});

test('a condition that goes with its operation, or comes with it, is no change of what narrows', () => {
  const gone = draft({ operations: ['other'] });
  expect(both(where({ equals: 'a' }), gone)).toEqual([[], [], []]);
  // A pattern matches its name, and yet never covered what destroys.
  expect(both(where({ equals: 'a' }), draft({ operations: ['*', '*:read'] }))).toEqual([[], [], []]);
});
