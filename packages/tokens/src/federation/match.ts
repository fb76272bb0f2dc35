import { defined, type FederatedAuth, type JsonObject, type JsonValue } from '@writ/core';
import type { CiSystem, RefusedValues } from '../issuers/ci-system.ts';
import { claimAt } from '../issuers/claim-path.ts';
import { ciSystem } from '../issuers/systems.ts';
import { isSuffixPattern, pinnedTexts } from './pinned-value.ts';

/** The comparison of one pinned claim with a token. */
export interface ClaimCheck {
  readonly claim: string;
  /** The accepted texts: the claim must be one of them. */
  readonly wanted: readonly string[];
  /** The token's value; absent if it has none. */
  readonly found?: JsonValue;
  readonly pass: boolean;
}

/**
 * Compares every pinned claim with the token's by exact equality; if the token has a list, one entry must be equal. The decision and
 * `trust-test` use the same comparison.
 */
export function matchClaims(policy: Pick<FederatedAuth, 'claims' | 'ci'>, claims: JsonObject): ClaimCheck[] {
  const system = ciSystem(policy.ci);
  return Object.entries(policy.claims).map(([claim, pinned]) => {
    const wanted = pinnedTexts(pinned);
    const found = claimAt(claims, claim);
    const texts = textsOf(found);
    const pass = wanted.some((text) => texts.some((value) => equals(value, text, { claim, system })));
    return { claim, wanted, ...defined({ found }), pass };
  });
}

/** Returns the rules by which the token is refused under every policy: it was issued for a pull request, or to a person inside the job. */
export function refusedValues(policy: Pick<FederatedAuth, 'ci'>, claims: JsonObject): RefusedValues[] {
  return ciSystem(policy.ci).refused.filter((rule) =>
    textsOf(claimAt(claims, rule.claim)).some((text) => isRefused(text, rule)),
  );
}

/** Tells whether a value is one of those refused. */
export function isRefused(text: string, { values }: RefusedValues): boolean {
  return values.some((value) => (value.endsWith('*') ? text.startsWith(value.slice(0, -1)) : text === value));
}

function equals(value: string, wanted: string, at: { readonly claim: string; readonly system: CiSystem }): boolean {
  return isSuffixPattern(wanted, at) ? value.startsWith(wanted.slice(0, -1)) : value === wanted;
}

/** Returns the value of a claim as texts, because issuers write ids as numbers, and booleans as texts. Objects and null give none. */
function textsOf(found: JsonValue | undefined): string[] {
  if (typeof found === 'string') return [found];
  if (typeof found === 'boolean') return [String(found)];
  if (typeof found === 'number') return Number.isSafeInteger(found) ? [String(found)] : [];
  return Array.isArray(found) ? found.filter((entry): entry is string => typeof entry === 'string') : [];
}
