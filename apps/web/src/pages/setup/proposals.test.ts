import { expect, test } from 'vitest';
import { type Chosen, itemsOf, keyOf, type Proposal } from './proposals.ts';

const proposal = (slug: string, isProtected: boolean, environment = `e_${slug}`): Proposal =>
  ({ slug, selector: { environment }, protected: isProtected, found: [slug], ephemeral: false }) as unknown as Proposal;

test('an environment that appears later is protected where that is proposed, and a decision stays with what it was made for', () => {
  const staging = proposal('staging', false);
  const production = proposal('production', true);
  const chosen: Chosen = { [keyOf(staging)]: true, [keyOf(production)]: false };
  const later = proposal('prod-eu', true);
  const other = proposal('production', true, 'e_another');
  const guarded = itemsOf([later, other, staging, production], chosen).map(({ protected: is }) => is);
  expect(guarded).toEqual([true, true, true, false]);
});
