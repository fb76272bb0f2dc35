import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomUUID,
  sign,
} from 'node:crypto';
import { defined, parseJsonObjectStrictly, Secret, sha256Hex } from '@writ/core';
import { usage } from '../failure.ts';
import { readPrivateFile } from './private-file.ts';

/** A client's key: its private half, for signing client assertions, and the name Writ knows it by. */
export interface ClientKey {
  readonly key: KeyObject;
  readonly kid?: string;
}

/** A public JWK as a client is registered with. */
export type PublicJwk = Record<string, string>;

/** Makes a P-256 key: the private JWK to be kept, and the public one to be registered. */
export function makeClientKey(): { readonly secret: Secret; readonly jwk: PublicJwk } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicJwk(publicKey);
  const secret = JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: jwk['kid'], alg: 'ES256', use: 'sig' });
  return { secret: new Secret(secret, 'private key'), jwk: { ...jwk, alg: 'ES256', use: 'sig' } };
}

function publicJwk(key: KeyObject): PublicJwk {
  const { kty = '', crv = '', x = '', y = '' } = key.export({ format: 'jwk' });
  const members = { kty, crv, x, y };
  return { ...members, kid: sha256Hex(JSON.stringify(members)).slice(0, 32) };
}

/** Reads a private key, as JWK or PEM. Throws a `Failure` for a file that others can read. */
export async function readClientKey(path: string): Promise<ClientKey> {
  const text = await readPrivateFile(path, 'The private key');
  try {
    if (!text.trimStart().startsWith('{')) return { key: createPrivateKey(text) };
    const jwk = parseJsonObjectStrictly(text);
    const key = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
    const { kid } = jwk;
    return typeof kid === 'string' ? { key, kid } : { key };
  } catch {
    throw usage(`${path} is not a private key that can be read: it must be a JWK or a PEM file.`);
  }
}

/** Signs a client assertion for one token request (RFC 7523): good for a minute, once. `issuer` is Writ's. */
export function clientAssertion(
  { key, kid }: ClientKey,
  claims: { readonly client_id: string; readonly issuer: string; readonly now: number },
): string {
  const alg = algorithmOf(key);
  const iat = Math.floor(claims.now / 1000);
  const { client_id, issuer } = claims;
  const header = { alg, typ: 'client-authentication+jwt', ...defined({ kid }) };
  const payload = { iss: client_id, sub: client_id, aud: issuer, iat, exp: iat + 60, jti: randomUUID() };
  const text = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const hash = alg === 'EdDSA' ? null : 'sha256';
  const signature = sign(hash, Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

function algorithmOf(key: KeyObject): 'ES256' | 'EdDSA' | 'RS256' {
  const type = createPublicKey(key).asymmetricKeyType;
  if (type === 'ec') return 'ES256';
  if (type === 'ed25519') return 'EdDSA';
  if (type === 'rsa') return 'RS256';
  throw usage('The key must be P-256, Ed25519 or RSA.');
}
