import type { Environment } from '@writ/core';
import { describe, expect, test } from 'vitest';
import type { ConnectionFacts } from '../provider.ts';
import { selectorsByField } from '../selectors.ts';
import type { Place } from './located.ts';
import { toSlugs } from './slugs.ts';

const environment = (slug: string, kind: Environment['kind'], selector: Environment['selector']): Environment => ({
  id: `env_${slug}`,
  slug,
  kind,
  selector,
});
const connection: ConnectionFacts = {
  id: 'con_1',
  slug: 'acme',
  environments: [
    environment('staging', 'other', { branches: ['e_staging', 'e_second'] }),
    environment('production', 'protected', { branches: ['e_production'] }),
    environment('named', 'ephemeral', { branches: ['e_named', 'e_lasting'] }),
    environment('pr', 'ephemeral', { previews_of: ['p_1'] }),
  ],
};
const field = { noun: 'branch', title: 'branches', before: '', most: 10 };
const selectors = selectorsByField([
  { ...field, name: 'branches', ephemeral: false },
  { ...field, name: 'previews_of', ephemeral: true },
]);
const directory = { words: { title: 'Acme' }, selectors };
const facts = (id: string, ephemeral = false, container = 'p_1'): Place => ({
  id,
  ephemeral,
  members: [`branches:${id}`, ...(ephemeral ? [`previews_of:${container}`] : [])],
});
const slugsOf = (reach: Parameters<typeof toSlugs>[1]['reach']): string[] =>
  toSlugs({ name: 'domainDelete' }, { directory, reach, connection }).map(({ slug, kind }) => `${slug} ${kind}`);
const reaching = (...environments: Place[]): string[] => slugsOf({ shared: false, environments });

describe('a reach in the words of the connection', () => {
  test('names each environment once, as it is guarded there', () => {
    expect(reaching(facts('e_staging'), facts('e_second'), facts('e_production'))).toEqual([
      'staging other',
      'production protected',
    ]);
  });

  test('counts an environment as ephemeral only where the provider says that it is', () => {
    expect(reaching(facts('e_named', true))).toEqual(['named ephemeral']);
    expect(reaching(facts('e_named'))).toEqual(['named other']);
    expect(reaching(facts('e_pr', true))).toEqual(['pr ephemeral']);
    expect(reaching(facts('e_production', true))).toEqual(['production protected']);
  });

  test('guards an environment of several like the most guarded of them, in whichever order they come', () => {
    const [lasting, passing] = [facts('e_lasting'), facts('e_named', true)];
    expect(reaching(lasting, passing)).toEqual(['named other']);
    expect(reaching(passing, lasting)).toEqual(['named other']);
    expect(reaching(passing, passing)).toEqual(['named ephemeral']);
    const everything = { shared: false, everything: true, environments: [lasting] };
    expect(slugsOf(everything)).toContain('named other');
    expect(slugsOf(everything)).not.toContain('named ephemeral');
  });

  test('names what lies outside any environment, also where all is reached', () => {
    expect(slugsOf({ shared: true, environments: [facts('e_staging')] })).toEqual([
      'shared protected',
      'staging other',
    ]);
    expect(slugsOf({ shared: false, everything: true, environments: [] })).toEqual([
      'shared protected',
      'staging other',
      'production protected',
      'named ephemeral',
      'pr ephemeral',
    ]);
  });

  test('is none where nothing is reached, or where nobody has added what is: whose id and name stay untold', () => {
    expect(() => reaching()).toThrow(expect.objectContaining({ code: 'environment_unresolved' }));
    for (const ephemeral of [false, true]) {
      const unknown = facts('e_unknown', ephemeral, 'p_2');
      const refused = () => reaching(facts('e_staging'), unknown);
      expect(refused).toThrow(expect.objectContaining({ code: 'environment_unresolved' }));
      expect(refused).toThrow(expect.objectContaining({ message: expect.not.stringMatching(/e_unknown|p_2/) }));
      expect(refused).toThrow(ephemeral ? 'an ephemeral environment of Acme' : 'an environment of Acme');
    }
    // A lasting environment of the project is not one of its ephemeral ones.
    expect(() => reaching(facts('e_unknown'))).toThrow(expect.objectContaining({ code: 'environment_unresolved' }));
  });
});
