import { defined, type FederatedAuth, type JsonObject, type JsonValue } from '@writ/core';
import { readCompact } from '../compact.ts';
import { claimAt } from '../issuers/claim-path.ts';
import { ciSystem } from '../issuers/systems.ts';
import { Rejection, type RejectionReason } from '../rejection.ts';
import { type ClaimCheck, matchClaims, refusedValues } from './match.ts';
import { type SubjectTokenOptions, signatureProblem, timeProblem, verifySubjectToken } from './verify.ts';

/** The result that `trust-test` shows an administrator about a pasted token; never the token itself. */
export interface TrustExamination {
  /** True if the token would be accepted now. */
  readonly accepted: boolean;
  /** The reason of the first failed check. */
  readonly reason?: RejectionReason;
  /**
   * The checks in this order: signature, times, issuer, audience, values that are always refused, each pinned claim. Empty if the token
   * cannot be read.
   */
  readonly checks: readonly ClaimCheck[];
}

/** Compares a token with a policy. Returns whether it would be accepted, and each comparison. The token can still be used afterwards. */
export async function examineSubjectToken(
  token: string,
  policy: FederatedAuth,
  options: SubjectTokenOptions,
): Promise<TrustExamination> {
  const result = await verifySubjectToken(token, policy, options);
  const payload = payloadOf(token);
  if (payload === undefined) return { accepted: false, reason: result.ok ? 'claims' : result.reason, checks: [] };
  const checks = [
    signatureCheck(await signatureProblem(token, policy, options)),
    timeCheck(payload, { policy, now: options.now }),
    ...compareClaims(payload, policy),
  ];
  return result.ok ? { accepted: true, checks } : { accepted: false, reason: result.reason, checks };
}

function payloadOf(token: string): JsonObject | undefined {
  try {
    return readCompact(token).payload;
  } catch (error) {
    if (error instanceof Rejection) return undefined;
    throw error;
  }
}

/** Returns the claims of a token that do not fit the policy, for the audit log; an empty list if the token cannot be read. */
export function failedClaims(token: string, policy: FederatedAuth): ClaimCheck[] {
  const payload = payloadOf(token);
  return payload === undefined ? [] : compareClaims(payload, policy).filter(({ pass }) => !pass);
}

function compareClaims(payload: JsonObject, policy: FederatedAuth): ClaimCheck[] {
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

function signatureCheck(problem: RejectionReason | undefined): ClaimCheck {
  const found = problem ?? 'valid';
  return check('signature', { wanted: 'made with a key of the issuer', found, pass: problem === undefined });
}

/** Returns the check of the first wrong time, or of the token's expiry if all times are right. */
function timeCheck(payload: JsonObject, at: { readonly policy: FederatedAuth; readonly now: number }): ClaimCheck {
  const problem = timeProblem(payload, at);
  const claim = problem ?? 'exp';
  const value = payload[claim];
  const moment = typeof value === 'number' && Math.abs(value) < 8.64e12 ? new Date(value * 1000).toISOString() : value;
  return check(claim, { wanted: TIMES[claim] ?? 'a time', found: moment, pass: problem === undefined });
}

const TIMES: Readonly<Record<string, string>> = {
  exp: 'still to come, and no further ahead than tokens of this system live',
  iat: 'past, and no longer ago than tokens of this system live',
  nbf: 'past',
};

function check(
  claim: string,
  { wanted, found, pass }: { readonly wanted: string; readonly found: JsonValue | undefined; readonly pass: boolean },
): ClaimCheck {
  return { claim, wanted: [wanted], ...defined({ found }), pass };
}
