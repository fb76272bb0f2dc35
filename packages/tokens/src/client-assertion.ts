import type { JsonObject } from '@writ/core';
import { jwtVerify } from 'jose';
import { z } from 'zod';
import { CLIENT_ALGORITHMS, type ClientAlgorithm, type ClientJwk, type ClientJwks, keyFits } from './client-jwks.ts';
import { CLOCK_TOLERANCE, hasForbiddenMember, jwtIdSchema, numericDateSchema, readCompact } from './compact.ts';
import { decoyKey } from './decoy-key.ts';
import { importPublicKey } from './public-key.ts';
import { Rejection, type RejectionReason } from './rejection.ts';

/** The one `client_assertion_type` (RFC 7523 section 2.2). */
export const CLIENT_ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The longest an assertion may still be good for, in seconds, clocks' difference aside (model#client-authentication). */
const MAX_LIFE = 300;
/** How far ahead of our clock `iat` and `nbf` may be, and how far back `iat`, in seconds. */
const MAX_AHEAD = 60;
const MAX_AGE = 600;

/** A use of an assertion's id, to be remembered until it could no longer be used anyway. */
export interface AssertionUse {
  readonly client_id: string;
  readonly jti: string;
  /** Milliseconds. */
  readonly expires_at: number;
}

/** Against what a client assertion is verified. */
export interface ClientAssertionOptions {
  /** The registered client it must be from. */
  readonly client_id: string;
  readonly jwks: ClientJwks;
  /** The one audience: Writ's issuer (rfc7523bis). */
  readonly issuer: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Remembers a use; false when it was used before. One statement in the database: of any number at once, one is told true. */
  readonly useOnce: (use: AssertionUse) => Promise<boolean>;
}

/** What verifying gave. The reason is for the audit log: to the client every reason is the same `invalid_client`. */
export type ClientAssertionResult =
  | { readonly ok: true; readonly client_id: string; readonly jti: string; readonly kid: string }
  | { readonly ok: false; readonly reason: RejectionReason };

const claimsSchema = z.object({
  iss: z.string(),
  sub: z.string(),
  aud: z.unknown(),
  exp: numericDateSchema,
  iat: numericDateSchema.optional(),
  nbf: numericDateSchema.optional(),
  jti: jwtIdSchema,
});
type Claims = z.infer<typeof claimsSchema>;

/**
 * Verifies a client assertion (RFC 7523, `private_key_jwt`) the cheap checks first (model#client-authentication), and uses up
 * its `jti` last. Throws only what `useOnce` throws.
 */
export async function verifyClientAssertion(
  assertion: string,
  options: ClientAssertionOptions,
): Promise<ClientAssertionResult> {
  try {
    const { claims, kid } = await checkAssertion(assertion, options);
    const { client_id, useOnce } = options;
    const expires_at = (claims.exp + CLOCK_TOLERANCE) * 1000;
    if (!(await useOnce({ client_id, jti: claims.jti, expires_at }))) throw new Rejection('replayed');
    return { ok: true, client_id, jti: claims.jti, kid };
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    return { ok: false, reason: error.reason };
  }
}

async function checkAssertion(
  assertion: string,
  options: ClientAssertionOptions,
): Promise<{ readonly claims: Claims; readonly kid: string }> {
  const { header, payload } = readCompact(assertion);
  const alg = checkHeader(header);
  const claims = checkClaims(payload, options);
  const jwk = await selectKey(options.jwks, { alg, kid: header['kid'] }).catch(async (rejection: unknown) => {
    // As much work as for a key that is there: how long a refusal takes does not tell which clients and keys are.
    await checkSignature(assertion, { alg, jwk: decoyKey(alg), options }).catch(() => undefined);
    throw rejection;
  });
  await checkSignature(assertion, { alg, jwk, options });
  return { claims, kid: jwk.kid };
}

/** Real senders give no type, `JWT`, or the one of rfc7523bis. Any other says that it is something else. */
const TYPES = ['jwt', 'client-authentication+jwt', 'application/client-authentication+jwt'];

function checkHeader(header: JsonObject): ClientAlgorithm {
  const { typ } = header;
  if (typ !== undefined && !(typeof typ === 'string' && TYPES.includes(typ.toLowerCase()))) throw new Rejection('typ');
  const alg = CLIENT_ALGORITHMS.find((known) => known === header['alg']);
  if (!alg) throw new Rejection('alg');
  if (hasForbiddenMember(header)) throw new Rejection('header_member');
  return alg;
}

function checkClaims(payload: JsonObject, { client_id, issuer, now }: ClientAssertionOptions): Claims {
  const parsed = claimsSchema.safeParse(payload);
  if (!parsed.success) throw new Rejection('claims');
  const { iss, sub, aud, exp, iat, nbf } = parsed.data;
  const seconds = Math.floor(now / 1000);
  if (iss !== client_id) throw new Rejection('iss');
  if (sub !== client_id) throw new Rejection('sub');
  if (aud !== issuer && !(Array.isArray(aud) && aud.length === 1 && aud[0] === issuer)) throw new Rejection('aud');
  if (exp <= seconds - CLOCK_TOLERANCE || exp > seconds + MAX_LIFE + CLOCK_TOLERANCE) throw new Rejection('exp');
  if (nbf !== undefined && nbf > seconds + MAX_AHEAD) throw new Rejection('nbf');
  if (iat !== undefined && (iat > seconds + MAX_AHEAD || iat < seconds - MAX_AGE)) throw new Rejection('iat');
  return parsed.data;
}

/** Only from the registered keys. Without `kid`, only when there is no choice. */
async function selectKey(
  jwks: ClientJwks,
  wanted: { readonly alg: ClientAlgorithm; readonly kid: unknown },
): Promise<ClientJwk> {
  const { alg, kid } = wanted;
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > 200)) throw new Rejection('kid');
  const named = kid === undefined ? jwks.keys : jwks.keys.filter((jwk) => jwk.kid === kid);
  const fitting = named.filter((jwk) => keyFits(jwk, alg));
  const [key, ...others] = fitting;
  if (!key || others.length > 0) throw new Rejection(named.length === 0 ? 'kid_unknown' : 'key');
  return key;
}

async function checkSignature(
  assertion: string,
  use: { readonly alg: ClientAlgorithm; readonly jwk: ClientJwk; readonly options: ClientAssertionOptions },
): Promise<void> {
  const { client_id, issuer, now } = use.options;
  try {
    await jwtVerify(assertion, await importPublicKey(use.jwk, use.alg), {
      algorithms: [use.alg],
      issuer: client_id,
      subject: client_id,
      audience: issuer,
      requiredClaims: ['exp', 'jti'],
      clockTolerance: MAX_AHEAD,
      currentDate: new Date(now),
    });
  } catch {
    throw new Rejection('signature');
  }
}
