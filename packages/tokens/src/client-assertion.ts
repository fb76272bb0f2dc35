import type { JsonObject } from '@writ/core';
import { jwtVerify } from 'jose';
import { z } from 'zod';
import { CLIENT_ALGORITHMS, type ClientAlgorithm, type ClientJwk, type ClientJwks, keyFits } from './client-jwks.ts';
import { CLOCK_TOLERANCE, hasForbiddenMember, jwtIdSchema, numericDateSchema, readCompact } from './compact.ts';
import { decoyKey } from './decoy-key.ts';
import { importPublicKey } from './public-key.ts';
import { Rejection, type RejectionReason } from './rejection.ts';

/** The accepted `client_assertion_type` (RFC 7523 section 2.2). */
export const CLIENT_ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The longest remaining life of an assertion, in seconds, without the leeway for clocks (model#client-authentication). */
const MAX_LIFE = 300;
/** How far `iat` and `nbf` may be ahead of our clock, and how old `iat` may be, in seconds. */
const MAX_AHEAD = 60;
const MAX_AGE = 600;

/** A use of an assertion's id, which is remembered until the assertion has expired. */
export interface AssertionUse {
  readonly client_id: string;
  readonly jti: string;
  /** Milliseconds. */
  readonly expires_at: number;
}

/** The options for verifying a client assertion. */
export interface ClientAssertionOptions {
  /** The registered client that must have made it. */
  readonly client_id: string;
  readonly jwks: ClientJwks;
  /** The only accepted audience: Writ's issuer (rfc7523bis). */
  readonly issuer: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /**
   * Remembers a use. Returns false if the id was used before. It is one statement in the database: of many calls at once exactly one
   * returns true.
   */
  readonly useOnce: (use: AssertionUse) => Promise<boolean>;
}

/** The result of verifying. The reason is for the audit log: the client gets `invalid_client` for every reason. */
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
 * Verifies a client assertion (RFC 7523, `private_key_jwt`). The cheap checks come first (model#client-authentication); its `jti` is used
 * up last. Throws only what `useOnce` throws.
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
    // The same work is done without a key, so that the time of a refusal does not tell which clients and keys exist.
    await checkSignature(assertion, { alg, jwk: decoyKey(alg), options }).catch(() => undefined);
    throw rejection;
  });
  await checkSignature(assertion, { alg, jwk, options });
  return { claims, kid: jwk.kid };
}

/** The accepted types: real senders write none, `JWT`, or the one of rfc7523bis. Any other type means another kind of token. */
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

/** Selects one of the registered keys; without `kid`, only if exactly one fits. */
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
