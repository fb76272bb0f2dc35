import type { CiSystem } from '../issuers/ci-system.ts';

/** The value that a policy requires of a claim: a text, a boolean, or one of several texts. */
export type PinnedValue = string | boolean | readonly string[];

/** Returns the accepted texts of a claim. Issuers write booleans as texts, so both are equal here. */
export function pinnedTexts(wanted: PinnedValue): readonly string[] {
  if (typeof wanted === 'string') return [wanted];
  return typeof wanted === 'boolean' ? [String(wanted)] : wanted;
}

/** The only allowed wildcard: at the end of a full ref, after a part that narrows it. */
const REF_SUFFIX = /^refs\/(heads|tags)\/[^*?]+\*$/;

/** The signs of a regular expression, which no real value has. */
const REGEX = /^\^|\$$|\.[*+]|\\[.dwsSDWbB/]|\(\?|\[[^\]]*\][*+{]|\([^)]*\|[^)]*\)|^\/.+\/[gimsuy]*$/;

/** Tells whether a pinned text ends in a wildcard that is allowed for this claim. */
export function isSuffixPattern(text: string, at: { readonly claim: string; readonly system: CiSystem }): boolean {
  return isRefClaim(at) && REF_SUFFIX.test(text);
}

/** Returns the reason why a value may not be pinned, or undefined. */
export function valueProblem(
  text: string,
  at: { readonly claim: string; readonly system: CiSystem },
): string | undefined {
  if (text === '') return 'must not be empty: leave the claim out, or name its value';
  if (text === '*') return 'lets everything in: leave the claim out, or name its value';
  if (REGEX.test(text)) return 'looks like a regular expression, but is compared character by character';
  if (!/[*?]/.test(text) || isSuffixPattern(text, at)) return undefined;
  if (at.claim === 'sub') {
    return 'is a pattern: names that begin alike can be registered by others, as octo-org-evil for octo-org*';
  }
  return isRefClaim(at)
    ? 'may have a * only at its end, after refs/heads/ or refs/tags/ and at least one character'
    : 'must be one exact value: only a ref may end in *';
}

function isRefClaim({ claim, system }: { readonly claim: string; readonly system: CiSystem }): boolean {
  return system.claims.some(({ name, suffix }) => name === claim && suffix === true);
}
