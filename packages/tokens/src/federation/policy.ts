import { type FederatedAuth, type FieldProblem, isLoopbackUrl } from '@writ/core';
import type { CiSystem } from '../issuers/ci-system.ts';
import { ciSystem } from '../issuers/systems.ts';
import { isRefused } from './match.ts';
import { pinnedTexts, valueProblem } from './pinned-value.ts';

/** The facts besides the policy itself that its check uses. */
export interface PolicySurroundings {
  /** The issuer of Writ. */
  readonly public_url: string;
  /** The place of the policy in the body; by default `auth`. */
  readonly field?: string;
}

const MAX_CLAIMS = 30;

/** The audiences of other services that accept tokens of many issuers: a token for one of them is not made for Writ. */
const AUDIENCES_OF_OTHERS: readonly RegExp[] = [
  /^sts\.amazonaws\.com$/,
  /^(https:)?\/\/iam\.googleapis\.com\//,
  /^api:\/\/AzureADTokenExchange$/i,
  /^(sigstore|pypi|testpypi|crates\.io|rubygems\.org)$/,
  /^npm:/,
];

/**
 * Returns the problems that make a trust policy dangerous, each with its field and reason; none if it can be saved. Problems are: no
 * audience or the system's default one, no immutable id, a wildcard not at the end of a ref, `sub` alone, pull-request events, patterns, an
 * issuer that is not the system's, and plain http except for a stand-in on this machine (model#trust-policy).
 */
export function checkTrustPolicy(policy: FederatedAuth, surroundings: PolicySurroundings): FieldProblem[] {
  const field = surroundings.field ?? 'auth';
  const system = ciSystem(policy.ci);
  return [
    ...issuerProblems(policy, system, surroundings),
    ...audienceProblems(policy, system),
    ...claimProblems(policy, system),
    ...idProblems(policy, system),
  ].map((problem) => ({ ...problem, field: `${field}.${problem.field}` }));
}

/** Returns hints for a policy that may be saved: the further claims that it should pin. */
export function trustPolicyHints(
  policy: FederatedAuth,
): { readonly claims: readonly string[]; readonly hint: string }[] {
  const system = ciSystem(policy.ci);
  const hints = system.recommended
    .filter(({ any_of }) => !any_of.some((claim) => Object.hasOwn(policy.claims, claim)))
    .map(({ any_of, because }) => ({ claims: any_of, hint: `pin ${any_of.join(' or ')}: ${because}` }));
  if (system.audience.fixed === undefined) return hints;
  const hint = `${system.title} cannot make tokens for Writ alone: one that leaks is good at the other service too`;
  return [...hints, { claims: ['aud'], hint }];
}

function issuerProblems(policy: FederatedAuth, system: CiSystem, { public_url }: PolicySurroundings): FieldProblem[] {
  const { issuer } = policy;
  const problem = (text: string): FieldProblem[] => [{ field: 'issuer', problem: text, found: issuer }];
  if (!/^https?:\/\/[^/]/.test(issuer) || /[\s?#\\]/.test(issuer) || !URL.canParse(issuer)) {
    return problem('must be a URL without query and fragment, byte for byte as in the token');
  }
  const { protocol, username, password } = new URL(issuer);
  if (username !== '' || password !== '') return problem('must not hold a user name or password');
  if (policy.allow_private_network && isLoopbackUrl(issuer) && isLoopbackUrl(public_url)) return [];
  if (protocol !== 'https:') {
    return problem(
      'must be https; http only on loopback, with allow_private_network, while Writ’s own URL is loopback',
    );
  }
  if (system.issuer.pattern.test(issuer)) return [];
  return problem(`is not an issuer of ${system.title}, such as ${system.issuer.example}`);
}

function audienceProblems({ audience, issuer }: FederatedAuth, { title, audience: rule }: CiSystem): FieldProblem[] {
  const problem = (text: string): FieldProblem[] => [{ field: 'audience', problem: text, found: audience }];
  if (audience === '') return problem('is needed: without it a token made for anybody would be taken');
  if (rule.fixed !== undefined) {
    return audience === rule.fixed ? [] : problem(`must be ${rule.fixed}: ${title} cannot write another`);
  }
  if (audience.includes('*')) return problem('must be one exact text');
  if (audience === issuer || rule.refused.some((pattern) => pattern.test(audience))) {
    return problem(`is what a token of ${title} says by default: it may have been made for anybody`);
  }
  if (AUDIENCES_OF_OTHERS.some((pattern) => pattern.test(audience))) {
    return problem('is that of another service: a token made for it could be used here');
  }
  return [];
}

function claimProblems(policy: FederatedAuth, system: CiSystem): FieldProblem[] {
  const entries = Object.entries(policy.claims);
  if (entries.length > MAX_CLAIMS) return [{ field: 'claims', problem: `must be at most ${MAX_CLAIMS}` }];
  return entries.flatMap(([claim, wanted]) => {
    const field = `claims.${claim}`;
    if (system.never_pin.some((name) => claim === name || claim.startsWith(`${name}.`))) {
      return [{ field, problem: 'is chosen by the job or by the person who triggered it, so nothing may rely on it' }];
    }
    return pinnedTexts(wanted).flatMap((text): FieldProblem[] => {
      const problem = valueProblem(text, { claim, system }) ?? eventProblem(text, { claim, system });
      return problem === undefined ? [] : [{ field, problem, found: text.slice(0, 100) }];
    });
  });
}

function eventProblem(
  text: string,
  { claim, system }: { readonly claim: string; readonly system: CiSystem },
): string | undefined {
  const rule = system.refused.find((refused) => refused.claim === claim && isRefused(text, refused));
  if (rule) return `is always refused: ${rule.because}`;
  if (claim === 'sub' && /:pull_request\b/.test(text)) return 'is of pull requests, which are always refused';
  return undefined;
}

/** Checks that ids are pinned by exact values, and that more than `sub` is pinned. */
function idProblems({ claims }: FederatedAuth, system: CiSystem): FieldProblem[] {
  const pinned = Object.keys(claims);
  if (pinned.length === 0)
    return [{ field: 'claims', problem: 'pins nothing: every token of the issuer would be taken' }];
  const missing = system.required.filter(({ any_of }) => !any_of.some((claim) => Object.hasOwn(claims, claim)));
  const problems = missing.map(({ any_of, because }) => ({
    field: 'claims',
    problem: `pins no ${any_of.join(' and no ')}: ${because}`,
  }));
  const isSubAlone = pinned.length === 1 && pinned[0] === 'sub' && missing.length > 0;
  return isSubAlone
    ? [
        ...problems,
        {
          field: 'claims.sub',
          problem: 'is not enough by itself: it is made of names, by a template that can be changed',
        },
      ]
    : problems;
}
