import { expect, test } from 'vitest';
import { type Chosen, choiceOf, keyOf, type Proposal } from './proposals.ts';

const proposal = (slug: string, isProtected: boolean, environment = `e_${slug}`): Proposal =>
  ({ slug, selector: { environment }, protected: isProtected, found: [slug], ephemeral: false }) as unknown as Proposal;

test('an environment that appears later is protected where that is proposed, and a decision stays with what it was made for', () => {
  const staging = proposal('staging', false);
  const production = proposal('production', true);
  const chosen: Chosen = { [keyOf(staging)]: { protected: true }, [keyOf(production)]: { protected: false } };
  const later = proposal('prod-eu', true);
  const other = proposal('production', true, 'e_another');
  const guarded = [later, other, staging, production].map((each) => choiceOf(each, chosen).protected);
  expect(guarded).toEqual([true, true, true, false]);
});

test('a name that was typed stays when the provider lists one more, and the others are proposed under longer names', () => {
  const before = proposal('production', true, 'e_1');
  const chosen: Chosen = { [keyOf(before)]: { slug: 'prod' } };
  const [now, more] = [proposal('rentals-production', true, 'e_1'), proposal('shop-production', true, 'e_2')];
  expect([now, more].map((each) => choiceOf(each, chosen).slug)).toEqual(['prod', 'shop-production']);
  // The environment itself may have become another: then it is proposed unlike before, and what was decided is not carried over.
  expect(choiceOf(proposal('staging', false, 'e_1'), chosen)).toEqual({
    wanted: true,
    slug: 'staging',
    protected: false,
  });
});
