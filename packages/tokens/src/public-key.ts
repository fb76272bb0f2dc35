import { type CryptoKey, importJWK } from 'jose';
import { Rejection } from './rejection.ts';

/** The members that name a key or say its purpose. The other members are the key. */
const NAMING = new Set(['kid', 'alg', 'use', 'key_ops', 'ext']);

/**
 * Imports a public JWK for verifying one algorithm. Throws a `Rejection` for a symmetric key, and what jose throws for a key that does not
 * fit the algorithm.
 */
export async function importPublicKey(
  jwk: { readonly kty: string; readonly [member: string]: unknown },
  alg: string,
): Promise<CryptoKey> {
  const material = Object.fromEntries(Object.entries(jwk).filter(([name]) => !NAMING.has(name)));
  const key = await importJWK({ ...material, kty: jwk.kty }, alg);
  if (key instanceof Uint8Array) throw new Rejection('key');
  return key;
}
