import type { Environment } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { environmentWith, type Selectable, selectorsByField } from './selectors.ts';

const selectors = selectorsByField([
  { name: 'branch_ids', noun: 'branch', title: 'branches', ephemeral: false, before: '', most: 3 },
  { name: 'previews_of', noun: 'account', title: 'previews', ephemeral: true, before: 'previews of ', most: 3 },
]);
const known: Selectable[] = [
  { id: 'b1', name: 'main', container: { id: 'a1', name: 'Acme' }, members: ['branch_ids:b1'] },
  { id: 'b2', name: 'pr', container: { id: 'a1', name: 'Acme' }, members: ['branch_ids:b2', 'previews_of:a1'] },
];

describe('selectors by field', () => {
  test.each([
    ['an unknown field', { branches: ['b1'] }, 'branches'],
    ['two fields', { branch_ids: ['b1'], previews_of: ['a1'] }, 'branch_ids, previews_of'],
    ['a name that every object has', { constructor: ['b1'] }, 'constructor'],
  ])('have exactly one known field: %s', (_what, selector, found) => {
    expect(selectors.problems(selector)).toMatchObject([
      { at: '', found, problem: 'must have one field: branch_ids or previews_of' },
    ]);
  });

  test('list no more than their provider allows', () => {
    expect(selectors.problems({ branch_ids: ['b1', 'b2', 'b3'] })).toEqual([]);
    expect(selectors.problems({ branch_ids: ['b1', 'b2', 'b3', 'b4'] })).toMatchObject([
      { at: 'branch_ids', problem: 'must list at most 3', found: '4' },
    ]);
  });

  test('name what the provider lists; somebody who gave a name is told the id', () => {
    expect(selectors.unknown({ branch_ids: ['b1', 'b2'] }, known)).toEqual([]);
    expect(selectors.unknown({ previews_of: ['a1'] }, known)).toEqual([]);
    expect(selectors.unknown({ branch_ids: ['b1', 'main'] }, known)).toMatchObject([
      {
        at: 'branch_ids.1',
        found: 'main',
        nearest: 'b1',
        problem: 'must be the id of a branch the root credential reaches',
      },
    ]);
    expect(selectors.unknown({ previews_of: ['b1'] }, known)).toMatchObject([
      { at: 'previews_of.0', names: ['a1'], problem: 'must be the id of an account the root credential reaches' },
    ]);
  });

  test('are ephemeral by their field, and so are the keys of what they name', () => {
    expect(selectors.members({ previews_of: ['a2', 'a1', 'a2'] })).toEqual(['previews_of:a1', 'previews_of:a2']);
    expect(selectors.isEphemeral({ previews_of: ['a1'] })).toBe(true);
    expect(selectors.isEphemeral({ branch_ids: ['previews_of:a1'] })).toBe(false);
    expect(selectors.standsForEphemeral('previews_of:a1')).toBe(true);
    expect(selectors.standsForEphemeral('branch_ids:previews_of:a1')).toBe(false);
    expect(selectors.shown('previews_of:a:1')).toBe('previews of a:1');
  });

  test("an environment that lists an id has it before the one for its container's ephemeral ones", () => {
    const row = (slug: string, selector: Environment['selector']): Environment => ({
      id: slug,
      slug,
      kind: 'other',
      selector,
    });
    const previews = row('previews', { previews_of: ['a1'] });
    const own = row('own', { branch_ids: ['b2'] });
    const [main, preview] = known.map(({ members }) => members);
    expect(environmentWith(selectors, [previews, own], preview ?? [])).toBe(own);
    expect(environmentWith(selectors, [previews], preview ?? [])).toBe(previews);
    expect(environmentWith(selectors, [previews], main ?? [])).toBeUndefined();
  });
});
