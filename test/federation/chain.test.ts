/** Delegation, on `decide` itself: the chain is built as the broker builds it, with details and grants of any kind. */
import {
  type ChainLink,
  type Detail,
  decide,
  type Effect,
  type ResolvedOperation,
  SHIPPED_GUARDRAILS,
} from '@writ/core';
import type { Grant, Token } from '@writ/store';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ancestorLinks, grantsLink, SharedDetails, tokenLink } from '../../packages/broker/src/live/links.ts';

const NOW = 1_800_000_000_000;
const ENVIRONMENTS = ['shared', 'staging', 'production'];
const EFFECTS: readonly Effect[] = ['read', 'read', 'write', 'write', 'execute', 'destroy'];

const detail: fc.Arbitrary<Detail> = fc.record(
  {
    type: fc.constant('provider_operations' as const),
    connection: fc.constantFrom('railway', 'railway', 'railway', 'github'),
    environments: fc.array(fc.constantFrom('*', '*', ...ENVIRONMENTS), { minLength: 1, maxLength: 3 }),
    operations: fc.array(fc.constantFrom('*', '*', '*:read', '*:execute', '*:destroy', 'a*', 'ab', 'ab:destroy', 'b'), {
      minLength: 1,
      maxLength: 3,
    }),
    resources: fc.constantFrom(['volume:v1', 'volume:v2'], ['volume:v1']),
  },
  { requiredKeys: ['type', 'connection', 'environments', 'operations'] },
);
const details = fc.array(detail, { minLength: 1, maxLength: 3 });

const operation: fc.Arbitrary<ResolvedOperation> = fc
  .record({
    name: fc.constantFrom('a', 'ab', 'b', 'c'),
    effect: fc.constantFrom(...EFFECTS),
    base_effect: fc.constantFrom(...EFFECTS),
    environments: fc.uniqueArray(fc.constantFrom(...ENVIRONMENTS), { minLength: 1, maxLength: 2 }),
    target: fc.constantFrom('v1', 'v2'),
  })
  .map(({ target, environments, ...rest }) => ({
    ...rest,
    arguments: {},
    targets: [{ kind: 'volume', id: target, within: [] }],
    environments: environments.map((slug) => ({ slug, kind: slug === 'staging' ? 'other' : 'protected' })),
  })) as unknown as fc.Arbitrary<ResolvedOperation>;

const shared = new SharedDetails();

/** The chain of the last of several tokens, each exchanged for the one before. */
function chainOf(tokens: readonly (readonly Detail[])[], grants: readonly Detail[]): ChainLink[] {
  const rows = tokens.map((own, index) => ({ jti: `tok_${index}`, details: own })) as unknown as Token[];
  const [last, ...ancestors] = rows.reverse();
  const scopes = grants.map(({ type: _, ...scope }, index) => ({ id: `grn_${index}`, scope, expires_at: null }));
  return [
    tokenLink(last?.jti ?? '', last?.details ?? []),
    grantsLink('root', scopes as unknown as Grant[]),
    ...ancestorLinks(ancestors, shared).map(({ link }) => link),
  ];
}

test('no chain of exchanges lets through a call that any ancestor would not', () => {
  let allowed = 0;
  const property = fc.property(
    fc.array(details, { minLength: 2, maxLength: 4 }),
    details,
    fc.array(operation, { minLength: 1, maxLength: 2 }),
    (tokens, grants, operations) => {
      const judge = (chain: readonly ChainLink[]) =>
        decide({ connection: 'railway', chain, guardrails: SHIPPED_GUARDRAILS, operations, now: NOW });
      const child = judge(chainOf(tokens, grants));
      if (child.pairs.length === 0 || child.pairs.some(({ covered }) => !covered)) return;
      allowed += 1;
      for (let length = 1; length < tokens.length; length += 1) {
        const ancestor = judge(chainOf(tokens.slice(0, length), grants));
        expect(ancestor.pairs.every(({ covered }) => covered)).toBe(true);
        expect(ancestor.result).toBe(child.result);
      }
    },
  );
  fc.assert(property, { numRuns: 3000, seed: 8693 });
  expect(allowed).toBeGreaterThan(20);
});

test('an ancestor whose details were not kept stops everything made from it', () => {
  const lost = [{ jti: 'tok_0', details: null }] as unknown as Token[];
  expect(() => ancestorLinks(lost, shared)).toThrow();
});
