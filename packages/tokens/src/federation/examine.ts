import type { FederatedAuth, JsonObject, JsonValue } from '@writ/core';
import { readCompact } from '../compact.ts';
import { claimAt } from '../issuers/claim-path.ts';
import { ciSystem } from '../issuers/systems.ts';
import { Rejection, type RejectionReason } from '../rejection.ts';
import { type ClaimCheck, matchClaims, refusedValues } from './match.ts';
import { type SubjectTokenOptions, verifySubjectToken } from './verify.ts';

/** What `trust-test` shows an admin of a pasted token; never the token itself. */
export interface TrustExamination {
  /** True when the token would be taken now. */
  readonly accepted: boolean;
  /** Why not, by the first check that failed. */
  readonly reason?: RejectionReason;
  /** Issuer, audience, what is always refused, then each pinned claim. Empty when the token cannot be read at all. */
  readonly checks: readonly ClaimCheck[];
}

/** Says how a token fares against a policy: whether it would be taken, and each comparison, passed or not. Uses nothing up. */
export async function examineSubjectToken(
  token: string,
  policy: FederatedAuth,
  options: SubjectTokenOptions,
): Promise<TrustExamination> {
  const result = await verifySubjectToken(token, policy, options);
  const checks = comparisons(token, policy);
  return result.ok ? { accepted: true, checks } : { accepted: false, reason: result.reason, checks };
}

function comparisons(token: string, policy: FederatedAuth): ClaimCheck[] {
  let payload: JsonObject;
  try {
    ({ payload } = readCompact(token));
  } catch (error) {
    if (error instanceof Rejection) return [];
    throw error;
  }
  const { several } = ciSystem(policy.ci).audience;
  const { iss, aud } = payload;
  const isAudience =
    aud === policy.audience || (Array.isArray(aud) && aud.includes(policy.audience) && (several || aud.length === 1));
  return [
    check('iss', { wanted: policy.issuer, found: iss, pass: iss === policy.issuer }),
    check('aud', { wanted: policy.audience, found: aud, pass: isAudience }),
    ...refusedValues(policy, payload).map(({ claim, because }) =>
      check(claim, { wanted: `never: ${because}`, found: claimAt(payload, claim), pass: false }),
    ),
    ...matchClaims(policy, payload),
  ];
}

function check(
  claim: string,
  { wanted, found, pass }: { readonly wanted: string; readonly found: JsonValue | undefined; readonly pass: boolean },
): ClaimCheck {
  return { claim, wanted: [wanted], ...(found === undefined ? {} : { found }), pass };
}
