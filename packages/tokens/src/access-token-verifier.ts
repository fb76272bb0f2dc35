import { hash } from 'node:crypto';
import { type JsonObject, onceFor, WritError } from '@writ/core';
import { type CryptoKey, errors, jwtVerify } from 'jose';
import { ACCESS_TOKEN_TYPE, type AccessTokenClaims, accessTokenClaimsSchema } from './access-token-claims.ts';
import { CLOCK_TOLERANCE, MAX_TOKEN_BYTES, readCompact } from './compact.ts';
import { type KeyRecord, mayVerify } from './jwks.ts';
import { Lru } from './lru.ts';
import { importPublicKey } from './public-key.ts';
import { Rejection, type RejectionReason } from './rejection.ts';
import { type PublicJwk, SIGNING_ALGORITHMS, type SigningAlgorithm } from './signing-key.ts';

/** The options of a verifier. */
export interface AccessTokenVerifierOptions {
  /** The issuer, compared byte for byte with `iss`. */
  readonly issuer: string;
  /** Returns one of Writ's own keys, from memory. A key in a token is never used. */
  readonly keys: (kid: string) => KeyRecord | undefined;
  /** The time in milliseconds since the epoch. */
  readonly now: () => number;
  /** The heap that remembered tokens may take, in bytes: about 1,200 for a short one, 14,000 for the longest. */
  readonly cacheBytes: number;
}

/** What the verifier expects of a token. */
export interface TokenExpectation {
  /** The resources for which the caller accepts tokens. The token must name one of them. */
  readonly audience: readonly string[];
  /** The thumbprint of the key whose proof came with the token (RFC 9449), to which the token must be bound; absent for a bearer. */
  readonly jkt?: string;
}

/** A token whose signature, type, issuer, audience and times are right. It may be revoked: that is checked elsewhere. */
export interface VerifiedAccessToken {
  readonly kid: string;
  readonly claims: Readonly<AccessTokenClaims>;
}

/** The verifier of access tokens. Every fault gives the same `invalid_token`; its `cause` is a `Rejection` with the reason. */
export interface AccessTokenVerifier {
  /** Verifies a token for one of the audiences. Throws only `WritError('invalid_token')`. */
  verify(token: string, expected: TokenExpectation): Promise<VerifiedAccessToken>;
  /** Forgets the tokens that were verified with a key, because it is compromised or retired. */
  forgetKid(kid: string): void;
  /** Forgets everything. */
  clear(): void;
}

/** Makes a verifier. A remembered token is checked again for audience, binding, times and key on every use. */
export function createAccessTokenVerifier(options: AccessTokenVerifierOptions): AccessTokenVerifier {
  const verified = new Lru<VerifiedAccessToken>(options.cacheBytes);
  return {
    async verify(token, expected) {
      try {
        return await find(token, { ...options, expected, verified });
      } catch (error) {
        throw new WritError('invalid_token', { cause: new Rejection(reasonOf(error)) });
      }
    },
    forgetKid: (kid) => verified.deleteWhere((entry) => entry.kid === kid),
    clear: () => verified.clear(),
  };
}

interface Verification extends AccessTokenVerifierOptions {
  readonly expected: TokenExpectation;
  readonly verified: Lru<VerifiedAccessToken>;
}

/** The heap that a verified token takes for each of its characters, in bytes, as measured. */
const HEAP_PER_CHARACTER = 1.75;

async function find(token: string, verification: Verification): Promise<VerifiedAccessToken> {
  if (typeof token !== 'string' || token.length > MAX_TOKEN_BYTES) throw new Rejection('too_large');
  const id = hash('sha256', token, 'base64');
  const entry = verification.verified.get(id) ?? (await verifyAnew(token, verification));
  checkNow(entry, verification);
  verification.verified.set(id, entry, HEAP_PER_CHARACTER * token.length);
  return entry;
}

/** Verifies a token that is not remembered. The cheap checks come before the signature (model#access-token). */
async function verifyAnew(token: string, options: AccessTokenVerifierOptions): Promise<VerifiedAccessToken> {
  const { header, payload: unverified } = readCompact(token);
  const { kid, alg } = readHeader(header);
  const key = usableKey(kid, options);
  if (alg !== key.public_jwk.alg) throw new Rejection('alg');
  if (unverified['iss'] !== options.issuer) throw new Rejection('iss');
  const { payload } = await jwtVerify(token, await publicKeyOf(key.public_jwk), {
    algorithms: [key.public_jwk.alg],
    typ: ACCESS_TOKEN_TYPE,
    issuer: options.issuer,
    requiredClaims: ['sub', 'aud', 'client_id', 'iat', 'nbf', 'exp', 'jti'],
    clockTolerance: CLOCK_TOLERANCE,
    currentDate: new Date(options.now()),
  });
  const claims = accessTokenClaimsSchema.safeParse(payload);
  if (!claims.success) throw new Rejection('claims');
  return deepFreeze({ kid, claims: claims.data });
}

/** Reads a header. It must have exactly these three members, so that no other member can change how the token is read. */
function readHeader(header: JsonObject): { readonly kid: string; readonly alg: SigningAlgorithm } {
  const { typ, alg: name, kid, ...others } = header;
  if (typ !== ACCESS_TOKEN_TYPE) throw new Rejection('typ');
  const alg = SIGNING_ALGORITHMS.find((known) => known === name);
  if (alg === undefined) throw new Rejection('alg');
  if (Object.keys(others).length > 0) throw new Rejection('header_member');
  if (typeof kid !== 'string' || kid.length === 0 || kid.length > 100) throw new Rejection('kid');
  return { kid, alg };
}

function usableKey(kid: string, { keys, now }: AccessTokenVerifierOptions): KeyRecord {
  const key = keys(kid);
  if (key?.kid !== kid) throw new Rejection('kid_unknown');
  if (!mayVerify(key, now())) throw new Rejection('kid_retired');
  return key;
}

/**
 * Checks what can differ between two uses of the same token. A token ends exactly at its `exp`, since Writ itself set it. There is leeway
 * only for the clock of another broker that has just made the token.
 */
function checkNow({ kid, claims }: VerifiedAccessToken, verification: Verification): void {
  const { expected } = verification;
  usableKey(kid, verification);
  const now = Math.floor(verification.now() / 1000);
  if (claims.exp <= now) throw new Rejection('exp');
  if (claims.nbf > now + CLOCK_TOLERANCE) throw new Rejection('nbf');
  if (claims.iat > now + CLOCK_TOLERANCE) throw new Rejection('iat');
  if (!expected.audience.includes(claims.aud)) throw new Rejection('aud');
  if (claims.cnf?.jkt !== expected.jkt) throw new Rejection('binding');
}

const publicKeyOf = onceFor((jwk: PublicJwk): Promise<CryptoKey> => importPublicKey(jwk, jwk.alg));

const JOSE_CLAIMS: Readonly<Record<string, RejectionReason>> = {
  iss: 'iss',
  sub: 'sub',
  aud: 'aud',
  exp: 'exp',
  nbf: 'nbf',
  iat: 'iat',
  jti: 'jti',
  typ: 'typ',
};

function reasonOf(error: unknown): RejectionReason {
  if (error instanceof Rejection) return error.reason;
  if (error instanceof errors.JWTExpired) return 'exp';
  if (error instanceof errors.JWTClaimValidationFailed) return JOSE_CLAIMS[error.claim] ?? 'claims';
  // Every other error of jose or Node comes from a signature or a key that they refuse.
  return 'signature';
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
