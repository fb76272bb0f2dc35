import type { PublicJwk, SigningAlgorithm } from './signing-key.ts';

/** The states of a signing key, in order (model#signing-key). Every state can change to `compromised`, which is final. */
export type KeyState = 'pending' | 'active' | 'retiring' | 'retired' | 'compromised';

/** A signing key in memory, without its private key. */
export interface KeyRecord {
  readonly kid: string;
  readonly state: KeyState;
  readonly public_jwk: PublicJwk;
  /** The time in milliseconds from which the key is neither published nor accepted; set when it begins to retire. */
  readonly retired_at?: number | undefined;
}

/** The most keys that are published: some verifiers read no more (model#signing-key). */
export const MAX_PUBLISHED_KEYS = 4;

/** Returns the state of a key at a time (milliseconds). A retiring key is retired at its time, without a job that changes its record. */
export function keyStateAt(key: KeyRecord, now: number): KeyState {
  const over = key.state === 'retiring' && key.retired_at !== undefined && key.retired_at <= now;
  return over ? 'retired' : key.state;
}

/** Tells whether tokens with this key are accepted at a time. A pending key is accepted, since another broker may already sign with it. */
export function mayVerify(key: KeyRecord, now: number): boolean {
  const state = keyStateAt(key, now);
  return state === 'pending' || state === 'active' || state === 'retiring';
}

/** Returns the key that signs with an algorithm: the active one. */
export function activeKey<K extends KeyRecord>(keys: readonly K[], alg: SigningAlgorithm = 'ES256'): K | undefined {
  return keys.find((key) => key.state === 'active' && key.public_jwk.alg === alg);
}

/** Returns the keys to publish, at most four: active, pending, then retiring ones, first those that stay longest. */
export function publishedKeys<K extends KeyRecord>(keys: readonly K[], now: number): K[] {
  const order: readonly KeyState[] = ['active', 'pending', 'retiring'];
  const until = (key: KeyRecord): number => key.retired_at ?? Number.MAX_SAFE_INTEGER;
  return keys
    .filter((key) => mayVerify(key, now))
    .toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || until(b) - until(a))
    .slice(0, MAX_PUBLISHED_KEYS);
}

/** Builds the JWKS document (RFC 7517 section 5). It holds only the named members, and none of the others of a record. */
export function jwksDocument(keys: readonly KeyRecord[], now: number): { readonly keys: readonly PublicJwk[] } {
  return { keys: publishedKeys(keys, now).map((key) => publicMembers(key.public_jwk)) };
}

function publicMembers(jwk: PublicJwk): PublicJwk {
  const { kid, alg, use } = jwk;
  if (alg === 'RS256') return { kty: jwk.kty, n: jwk.n, e: jwk.e, kid, alg, use };
  return { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y, kid, alg, use };
}
