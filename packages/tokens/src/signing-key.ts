import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { Secret } from '@writ/core';
import { calculateJwkThumbprint } from 'jose';
import { ACCESS_TOKEN_TYPE } from './access-token-claims.ts';

/** The algorithms for signing access tokens: ES256, or RS256 for verifiers that know no other (model#access-token). */
export const SIGNING_ALGORITHMS = ['ES256', 'RS256'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** A public P-256 key as published (RFC 7517). */
export type EcPublicJwk = {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
};

/** A public RSA key as published. */
export type RsaPublicJwk = {
  readonly kty: 'RSA';
  readonly n: string;
  readonly e: string;
  readonly kid: string;
  readonly alg: 'RS256';
  readonly use: 'sig';
};

/** A public key as published. */
export type PublicJwk = EcPublicJwk | RsaPublicJwk;

/** A new key pair. Its private key is PKCS #8 in base64, ready for sealing. */
export interface NewSigningKey {
  readonly kid: string;
  readonly public_jwk: PublicJwk;
  readonly private_key: Secret;
}

/** A key that signs now. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly privateKey: KeyObject;
  /** The JWS header of every access token it signs, encoded once. */
  readonly encodedHeader: string;
}

const RSA_BITS = 3072;

/** Makes a key pair in another thread: an RSA key takes up to seconds, in which the broker would answer nothing else. */
const generate = promisify(generateKeyPair);

/** Makes a key pair; its kid is the RFC 7638 SHA-256 thumbprint. */
export async function generateSigningKey(alg: SigningAlgorithm = 'ES256'): Promise<NewSigningKey> {
  const { privateKey, publicKey } =
    alg === 'ES256'
      ? await generate('ec', { namedCurve: 'P-256' })
      : await generate('rsa', { modulusLength: RSA_BITS });
  const public_jwk = await publicJwkOf(publicKey);
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  const private_key = new Secret(pkcs8.toString('base64'), 'signing key');
  pkcs8.fill(0);
  return { kid: public_jwk.kid, public_jwk, private_key };
}

/** Reads an unsealed private key for signing; throws if it is not the key with that kid. */
export async function openSigningKey(stored: {
  readonly kid: string;
  readonly private_key: Secret;
}): Promise<SigningKey> {
  const der = Buffer.from(stored.private_key.expose(), 'base64');
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  const { kid, alg } = await publicJwkOf(createPublicKey(privateKey));
  if (kid !== stored.kid) throw new Error('a signing key is not the one its kid names');
  const header = JSON.stringify({ typ: ACCESS_TOKEN_TYPE, alg, kid });
  return { kid, alg, privateKey, encodedHeader: Buffer.from(header).toString('base64url') };
}

async function publicJwkOf(key: KeyObject): Promise<PublicJwk> {
  const { kty, crv, x, y, n, e } = key.export({ format: 'jwk' });
  if (kty === 'EC' && crv === 'P-256' && x !== undefined && y !== undefined) {
    const kid = await calculateJwkThumbprint({ kty, crv, x, y }, 'sha256');
    return { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' };
  }
  if (kty === 'RSA' && n !== undefined && e !== undefined) {
    const kid = await calculateJwkThumbprint({ kty, n, e }, 'sha256');
    return { kty, n, e, kid, alg: 'RS256', use: 'sig' };
  }
  throw new Error('not a P-256 or RSA key');
}
