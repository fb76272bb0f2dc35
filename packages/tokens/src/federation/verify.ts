import { hash } from 'node:crypto';
import type { CiIdentity, FederatedAuth, JsonObject } from '@writ/core';
import { compactVerify, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { CLIENT_ALGORITHMS } from '../client-jwks.ts';
import { hasForbiddenMember, jwtIdSchema, numericDateSchema, readCompact } from '../compact.ts';
import { decoyKey } from '../decoy-key.ts';
import type { CiSystem } from '../issuers/ci-system.ts';
import { claimAt } from '../issuers/claim-path.ts';
import { ciSystem, normaliseIdentity } from '../issuers/systems.ts';
import { importPublicKey } from '../public-key.ts';
import { Rejection, type RejectionReason } from '../rejection.ts';
import { type ForeignJwk, foreignKeyFits } from './foreign-key.ts';
import { matchClaims, refusedValues } from './match.ts';

/** Leeway for an issuer's clock, in seconds (model#workload-token). */
const TOLERANCE = 60;

/** Finds a key of an issuer by its kid; undefined if the issuer has no such key. Throws a `Rejection` if the issuer cannot be asked. */
export type ForeignKeys = (wanted: {
  readonly issuer: string;
  readonly kid: string;
  readonly allow_private: boolean;
  readonly jwks_hosts: readonly string[];
}) => Promise<ForeignJwk | undefined>;

/** The options for verifying a subject token, besides its policy. */
export interface SubjectTokenOptions {
  readonly keys: ForeignKeys;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A use of a foreign token. The database counts uses by `(issuer, use_id)`, and refuses more than `most`. */
export interface SubjectTokenUse {
  readonly issuer: string;
  /** The id of the token, or of the job that got it. */
  readonly use_id: string;
  /** The most uses: 1, or 5 if the issuer gives a job only one token. Uses after the first may ask for the same or fewer details. */
  readonly most: number;
  /** Until when the use must be remembered, in milliseconds. */
  readonly expires_at: number;
}

/** A verified subject token. */
export interface VerifiedSubjectToken {
  readonly ok: true;
  readonly claims: JsonObject;
  readonly identity: CiIdentity;
  readonly use: SubjectTokenUse;
  /** The expiry in whole seconds. No token that Writ makes from it may outlive it. */
  readonly exp: number;
}

/** The result of verifying. The reason is for the audit log: the caller gets `workload token not accepted` for every reason. */
export type SubjectTokenResult = VerifiedSubjectToken | { readonly ok: false; readonly reason: RejectionReason };

const claimsSchema = z.object({
  iss: z.string(),
  sub: z.string().min(1).max(2000),
  aud: z.union([z.string(), z.array(z.string()).min(1).max(20)]),
  exp: numericDateSchema,
  iat: numericDateSchema,
  nbf: numericDateSchema.optional(),
  jti: jwtIdSchema.optional(),
});
type Claims = z.infer<typeof claimsSchema>;

/** The most uses of a token if its issuer gives a job only one. */
const MOST_PER_JOB = 5;

/**
 * Verifies a CI or workload token against the one policy under which it was presented (model#workload-token): first the cheap checks,
 * before any fetch, then the signature, then the pinned claims. The caller uses the token up, in the statement that issues. Throws only
 * errors of `keys` that are no `Rejection`.
 */
export async function verifySubjectToken(
  token: string,
  policy: FederatedAuth,
  options: SubjectTokenOptions,
): Promise<SubjectTokenResult> {
  try {
    const { claims, payload } = await checkToken(token, policy, options);
    return {
      ok: true,
      claims: payload,
      identity: normaliseIdentity(policy.ci, payload),
      use: useOf(token, { claims, payload, system: ciSystem(policy.ci) }),
      exp: Math.floor(claims.exp),
    };
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    return { ok: false, reason: error.reason };
  }
}

async function checkToken(
  token: string,
  policy: FederatedAuth,
  options: SubjectTokenOptions,
): Promise<{ readonly claims: Claims; readonly payload: JsonObject }> {
  const system = ciSystem(policy.ci);
  const { header, payload } = readCompact(token);
  const named = checkHeader(header, system);
  const claims = checkClaims(payload, { policy, system, now: options.now });
  const jwk = await keyFor(named, policy, options);
  await checkSignature(token, { alg: named.alg, jwk, policy, now: options.now });
  if (refusedValues(policy, payload).length > 0) throw new Rejection('event');
  const checks = matchClaims(policy, payload);
  if (checks.length === 0 || !checks.every(({ pass }) => pass)) throw new Rejection('pinned_claim');
  return { claims, payload };
}

/**
 * Does the work of verifying a token for a policy that does not exist, so that the time of the refusal does not tell this. The token is
 * compared with the default audience of such a policy, and its signature is checked by a key that did not make it.
 */
export async function verifyForNobody(
  token: string,
  { audience, now }: { readonly audience: string; readonly now: number },
): Promise<void> {
  try {
    const system = ciSystem('generic');
    const { header, payload } = readCompact(token);
    const { alg } = checkHeader(header, system);
    const issuer = String(payload['iss']);
    const policy = {
      method: 'federated',
      ci: 'generic',
      claims: {},
      issuer,
      audience,
      allow_private_network: false,
    } as const;
    checkClaims(payload, { policy, system, now });
    const client = CLIENT_ALGORITHMS.find((known) => known === alg);
    if (client !== undefined) await checkSignature(token, { alg, jwk: decoyKey(client), policy, now });
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
  }
}

/** Returns the issuer's key that a header names, if it can make such a signature. */
async function keyFor(
  named: { readonly alg: string; readonly kid: string },
  policy: FederatedAuth,
  options: SubjectTokenOptions,
): Promise<ForeignJwk> {
  const jwk = await options.keys({
    issuer: policy.issuer,
    kid: named.kid,
    allow_private: policy.allow_private_network,
    jwks_hosts: ciSystem(policy.ci).jwks_hosts,
  });
  if (jwk?.kid !== named.kid) throw new Rejection('kid_unknown');
  if (!foreignKeyFits(jwk, named.alg)) throw new Rejection('key');
  return jwk;
}

/**
 * Returns the reason why no key of the policy's issuer made the signature; undefined if one did. The claims are not checked. It is only for
 * display: `verifySubjectToken` decides. Throws errors of `keys` that are no `Rejection`.
 */
export async function signatureProblem(
  token: string,
  policy: FederatedAuth,
  options: SubjectTokenOptions,
): Promise<RejectionReason | undefined> {
  try {
    const named = checkHeader(readCompact(token).header, ciSystem(policy.ci));
    const key = await importPublicKey(await keyFor(named, policy, options), named.alg);
    const made = await compactVerify(token, key, { algorithms: [named.alg] }).catch(() => undefined);
    return made === undefined ? 'signature' : undefined;
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    return error.reason;
  }
}

/** Returns which of a token's times is wrong now, or that its times cannot be read; undefined if all are right. */
export function timeProblem(
  payload: JsonObject,
  at: { readonly policy: Pick<FederatedAuth, 'ci'>; readonly now: number },
): RejectionReason | undefined {
  const times = claimsSchema.pick({ exp: true, iat: true, nbf: true }).safeParse(payload);
  if (!times.success) return 'exp';
  try {
    checkTimes(times.data, { now: Math.floor(at.now / 1000), max_life: ciSystem(at.policy.ci).max_life });
  } catch (error) {
    if (error instanceof Rejection) return error.reason;
    throw error;
  }
  return undefined;
}

/** Reads a header. Issuers write the type `JWT` or none; any other type means another kind of token: an access token, a proof. */
function checkHeader(header: JsonObject, system: CiSystem): { readonly alg: string; readonly kid: string } {
  const { typ, kid } = header;
  if (typ !== undefined && !(typeof typ === 'string' && typ.toLowerCase() === 'jwt')) throw new Rejection('typ');
  const alg = system.algorithms.find((known) => known === header['alg']);
  if (alg === undefined) throw new Rejection('alg');
  if (hasForbiddenMember(header)) throw new Rejection('header_member');
  if (typeof kid !== 'string' || kid === '' || kid.length > 200) throw new Rejection('kid');
  return { alg, kid };
}

function checkClaims(
  payload: JsonObject,
  { policy, system, now }: { readonly policy: FederatedAuth; readonly system: CiSystem; readonly now: number },
): Claims {
  if (payload['iss'] !== policy.issuer) throw new Rejection('iss');
  const parsed = claimsSchema.safeParse(payload);
  if (!parsed.success) throw new Rejection('claims');
  const claims = parsed.data;
  if (policy.audience === '' || !isFor(claims.aud, policy.audience, system)) throw new Rejection('aud');
  checkTimes(claims, { now: Math.floor(now / 1000), max_life: system.max_life });
  return claims;
}

/** Tells whether a token is for the audience: as its only one, also in a list of one; among others only if a job may ask for several. */
function isFor(aud: Claims['aud'], audience: string, system: CiSystem): boolean {
  if (typeof aud === 'string') return aud === audience;
  return aud.includes(audience) && (aud.length === 1 || system.audience.several);
}

function checkTimes(
  { exp, iat, nbf }: Pick<Claims, 'exp' | 'iat' | 'nbf'>,
  { now, max_life }: { readonly now: number; readonly max_life: number },
): void {
  if (exp <= now - TOLERANCE || exp > now + max_life + TOLERANCE || exp <= iat) throw new Rejection('exp');
  if (iat > now + TOLERANCE || iat < now - max_life - TOLERANCE) throw new Rejection('iat');
  if (nbf !== undefined && nbf > now + TOLERANCE) throw new Rejection('nbf');
}

async function checkSignature(
  token: string,
  use: { readonly alg: string; readonly jwk: ForeignJwk; readonly policy: FederatedAuth; readonly now: number },
): Promise<void> {
  try {
    await jwtVerify(token, await importPublicKey(use.jwk, use.alg), {
      algorithms: [use.alg],
      issuer: use.policy.issuer,
      audience: use.policy.audience,
      requiredClaims: ['exp', 'iat', 'sub'],
      clockTolerance: TOLERANCE,
      currentDate: new Date(use.now),
    });
  } catch (error) {
    throw new Rejection(error instanceof errors.JWTClaimValidationFailed ? 'claims' : 'signature');
  }
}

/** Returns the use of a token. A token without an id is counted by its signed part, since one signature can be written in several ways. */
function useOf(
  token: string,
  { claims, payload, system }: { readonly claims: Claims; readonly payload: JsonObject; readonly system: CiSystem },
): SubjectTokenUse {
  const { iss: issuer, jti, exp } = claims;
  const { replay } = system;
  const job = replay.rule === 'per_job' && replay.job !== undefined ? claimAt(payload, replay.job) : undefined;
  const named = typeof job === 'string' || typeof job === 'number' ? `job:${job}` : undefined;
  if (named !== undefined && !jwtIdSchema.safeParse(named).success) throw new Rejection('claims');
  const own = jti === undefined ? `sha256:${hash('sha256', token.slice(0, token.lastIndexOf('.')))}` : `jti:${jti}`;
  const expires_at = (exp + TOLERANCE) * 1000;
  return { issuer, use_id: named ?? own, most: replay.rule === 'per_job' ? MOST_PER_JOB : 1, expires_at };
}
