import { isJsonObject, type JsonObject } from '@writ/core';
import { Rejection } from '../rejection.ts';
import { parseStrictObject } from '../strict-json.ts';

/** A public key of a foreign issuer, by its kid. */
export type ForeignJwk = {
  readonly kty: string;
  readonly kid: string;
  readonly alg?: string;
  readonly [member: string]: unknown;
};

const MAX_KEYS = 100;

/** The members of each kind of key. Other members, such as certificates, are ignored. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  RSA: ['n', 'e'],
  EC: ['crv', 'x', 'y'],
  OKP: ['crv', 'x'],
};

/** The algorithms with which a kind of key may sign. */
const ALGORITHMS: Readonly<Record<string, RegExp>> = {
  RSA: /^(RS|PS)256$/,
  EC: /^ES(256|384)$/,
  OKP: /^(EdDSA|Ed25519)$/,
};

/**
 * Reads the public signing keys with a kid from a JWK Set of a foreign issuer. Keys of other kinds and uses are ignored, as RFC 7517
 * section 5 says. Throws a `Rejection` if the text is no JWK Set, or has too many keys or two of one kid.
 */
export function readForeignKeys(text: string): ReadonlyMap<string, ForeignJwk> {
  const keys = parseStrictObject(text)['keys'];
  if (!Array.isArray(keys) || keys.length > MAX_KEYS) throw new Rejection('issuer_unavailable');
  const found = new Map<string, ForeignJwk>();
  for (const key of keys) {
    const jwk = isJsonObject(key) ? publicKeyOf(key) : undefined;
    if (!jwk) continue;
    if (found.has(jwk.kid)) throw new Rejection('issuer_unavailable');
    found.set(jwk.kid, jwk);
  }
  return found;
}

/** Tells whether a key can make signatures of an algorithm. */
export function foreignKeyFits({ kty, alg: own }: ForeignJwk, alg: string): boolean {
  const fits = Object.hasOwn(ALGORITHMS, kty) && ALGORITHMS[kty]?.test(alg) === true;
  const isEd25519 = (name: string): boolean => name === 'EdDSA' || name === 'Ed25519';
  return fits && (own === undefined || own === alg || (isEd25519(own) && isEd25519(alg)));
}

function publicKeyOf(key: JsonObject): ForeignJwk | undefined {
  const { kty, kid, alg, use } = key;
  if (typeof kty !== 'string' || typeof kid !== 'string' || !Object.hasOwn(MEMBERS, kty)) return undefined;
  if (kid === '' || kid.length > 200 || (use !== undefined && use !== 'sig')) return undefined;
  const members = (MEMBERS[kty] ?? []).flatMap((name) =>
    typeof key[name] === 'string' ? [[name, key[name]] as const] : [],
  );
  if (members.length !== MEMBERS[kty]?.length) return undefined;
  return { kty, kid, ...(typeof alg === 'string' && { alg }), ...Object.fromEntries(members) };
}
