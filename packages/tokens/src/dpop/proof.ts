import { isJsonObject, type JsonObject } from '@writ/core';
import { calculateJwkThumbprint, compactVerify } from 'jose';
import { z } from 'zod';
import { CLIENT_ALGORITHMS, type ClientAlgorithm, type ClientJwk, checkClientJwks, keyFits } from '../client-jwks.ts';
import { CLOCK_TOLERANCE, numericDateSchema, readCompact } from '../compact.ts';
import { importPublicKey } from '../public-key.ts';
import { Rejection, type RejectionReason } from '../rejection.ts';
import { accessTokenHash } from './hashes.ts';
import { sameTarget } from './target.ts';

/** The algorithms accepted in proofs, as in the metadata's `dpop_signing_alg_values_supported`, a challenge's `algs`. */
export const DPOP_ALGORITHMS = CLIENT_ALGORITHMS;

/** The `typ` of a proof (RFC 9449 section 4.2). */
const DPOP_TYPE = 'dpop+jwt';

/** How old `iat` may be, and how far ahead of our clock, in seconds (model#proof-of-possession). */
const MAX_AGE = 300;
const MAX_AHEAD = 60;

/** A use of a proof's id, which is remembered until the proof is too old. */
export interface ProofUse {
  readonly jkt: string;
  readonly jti: string;
  /** Milliseconds. */
  readonly expires_at: number;
}

/** The options for verifying a proof. */
export interface DpopOptions {
  /** The request's method, compared case-sensitively. */
  readonly method: string;
  /** The request's URL, made of the configured public URL and the path, never of the `Host` header. */
  readonly htu: string;
  /** The access token that came with the proof; absent at the token endpoint. */
  readonly accessToken?: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /**
   * Remembers a use. Returns false if the id was used before. It is one statement in the database: of many calls at once exactly one
   * returns true.
   */
  readonly useOnce: (use: ProofUse) => Promise<boolean>;
  /**
   * Tells whether a nonce is good; present if nonces are required. A proof without a good nonce is answered with `use_dpop_nonce` and a new
   * nonce.
   */
  readonly acceptsNonce?: (nonce: string) => boolean;
  /**
   * Tells whether the digest of the body that a proof names, as `contentDigest` writes it, is right (MCP's DPoP profile). Without this
   * function a proof with a digest is refused.
   */
  readonly acceptsDigest?: (digest: string) => boolean;
}

/** The result of verifying. The reason is for the audit log; the caller gets `invalid_dpop_proof`, or `use_dpop_nonce` for `nonce`. */
export type DpopResult =
  | { readonly ok: true; readonly jkt: string; readonly jti: string }
  | { readonly ok: false; readonly reason: RejectionReason };

const claimsSchema = z.object({
  jti: z.string().min(1).max(256),
  htm: z.string(),
  htu: z.string(),
  iat: numericDateSchema,
  exp: numericDateSchema.optional(),
  nbf: numericDateSchema.optional(),
  ath: z.string().optional(),
  nonce: z.string().max(256).optional(),
  content_digest: z.string().max(256).optional(),
});
type Claims = z.infer<typeof claimsSchema>;

/**
 * Verifies a DPoP proof by all the checks of RFC 9449 section 4.3, the cheap ones first, and uses up its `jti` last. The verifier of the
 * access token gets the `jkt`, and checks that the token is bound to it. Throws only what `useOnce` throws.
 */
export async function verifyDpopProof(proof: string, options: DpopOptions): Promise<DpopResult> {
  try {
    const { claims, jkt } = await checkProof(proof, options);
    const expires_at = (claims.iat + MAX_AGE + CLOCK_TOLERANCE) * 1000;
    if (!(await options.useOnce({ jkt, jti: claims.jti, expires_at }))) throw new Rejection('replayed');
    return { ok: true, jkt, jti: claims.jti };
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    return { ok: false, reason: error.reason };
  }
}

async function checkProof(
  proof: string,
  options: DpopOptions,
): Promise<{ readonly claims: Claims; readonly jkt: string }> {
  const { header, payload } = readCompact(proof);
  const { alg, jwk } = checkHeader(header);
  const claims = checkClaims(payload, options);
  await checkSignature(proof, { alg, jwk });
  const { kid: _kid, alg: _alg, ...material } = jwk;
  return { claims, jkt: await calculateJwkThumbprint(material, 'sha256') };
}

/** Reads a header. It must have exactly these three members, so that no other member can change how the proof is read. */
function checkHeader(header: JsonObject): { readonly alg: ClientAlgorithm; readonly jwk: ClientJwk } {
  const { typ, alg: name, jwk, ...others } = header;
  if (typ !== DPOP_TYPE) throw new Rejection('typ');
  const alg = DPOP_ALGORITHMS.find((known) => known === name);
  if (!alg) throw new Rejection('alg');
  if (Object.keys(others).length > 0) throw new Rejection('header_member');
  return { alg, jwk: publicJwk(jwk, alg) };
}

/** Reads the key in the proof, by the rules for registered keys of clients; it needs no `kid`. */
function publicJwk(value: unknown, alg: ClientAlgorithm): ClientJwk {
  const named = isJsonObject(value) ? { ...value, kid: 'proof' } : value;
  const [jwk] = checkClientJwks({ keys: [named] }, 'jwk').jwks?.keys ?? [];
  if (!jwk || !keyFits(jwk, alg)) throw new Rejection('jwk');
  return jwk;
}

function checkClaims(payload: JsonObject, options: DpopOptions): Claims {
  const parsed = claimsSchema.safeParse(payload);
  if (!parsed.success) throw new Rejection('claims');
  const claims = parsed.data;
  if (claims.htm !== options.method) throw new Rejection('htm');
  if (!sameTarget(claims.htu, options.htu)) throw new Rejection('htu');
  checkTimes(claims, Math.floor(options.now / 1000));
  const { accessToken, acceptsNonce, acceptsDigest } = options;
  if (accessToken !== undefined && claims.ath !== accessTokenHash(accessToken)) throw new Rejection('ath');
  const digest = claims.content_digest;
  if (digest !== undefined && acceptsDigest?.(digest) !== true) throw new Rejection('content_digest');
  if (acceptsNonce && !(claims.nonce !== undefined && acceptsNonce(claims.nonce))) throw new Rejection('nonce');
  return claims;
}

function checkTimes({ iat, exp, nbf }: Claims, seconds: number): void {
  if (iat < seconds - MAX_AGE || iat > seconds + MAX_AHEAD) throw new Rejection('iat');
  if (exp !== undefined && exp <= seconds - CLOCK_TOLERANCE) throw new Rejection('exp');
  if (nbf !== undefined && nbf > seconds + MAX_AHEAD) throw new Rejection('nbf');
}

async function checkSignature(
  proof: string,
  { alg, jwk }: { readonly alg: ClientAlgorithm; readonly jwk: ClientJwk },
): Promise<void> {
  try {
    await compactVerify(proof, await importPublicKey(jwk, alg), { algorithms: [alg] });
  } catch {
    throw new Rejection('signature');
  }
}
