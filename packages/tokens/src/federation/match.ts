import { defined, type FederatedAuth, type JsonObject, type JsonValue } from '@writ/core';
import type { CiSystem, RefusedValues } from '../issuers/ci-system.ts';
import { claimAt } from '../issuers/claim-path.ts';
import { ciSystem } from '../issuers/systems.ts';
import { isSuffixPattern, pinnedTexts } from './pinned-value.ts';

/** How one pinned claim compares with what a token says. */
export interface ClaimCheck {
  readonly claim: string;
  /** The texts of which the claim must be one. */
  readonly wanted: readonly string[];
  /** What the token says; absent where it says nothing. */
  readonly found?: JsonValue;
  readonly pass: boolean;
}

/**
 * Compares every pinned claim with a token's, by exact equality; of a list in the token one entry must be the wanted one. The same
 * comparison decides, and is shown by `trust-test`.
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

/** Returns the rules by which a token is refused under every policy: it was issued for a pull request, or to somebody inside the job. */
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

/** What a claim says, as texts: issuers write ids as numbers and booleans as texts. Objects and null say nothing. */
function textsOf(found: JsonValue | undefined): string[] {
  if (typeof found === 'string') return [found];
  if (typeof found === 'boolean') return [String(found)];
  if (typeof found === 'number') return Number.isSafeInteger(found) ? [String(found)] : [];
  return Array.isArray(found) ? found.filter((entry): entry is string => typeof entry === 'string') : [];
}
