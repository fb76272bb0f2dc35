import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Secret } from '@writ/core';
import { calculateJwkThumbprint } from 'jose';
import { ACCESS_TOKEN_TYPE } from './access-token-claims.ts';

/** A public P-256 key as published (RFC 7517). */
export type PublicJwk = {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
};

/** A key pair just made: the private half only as PKCS #8 in base64, for sealing. */
export interface NewSigningKey {
  readonly kid: string;
  readonly public_jwk: PublicJwk;
  readonly private_key: Secret;
}

/** A key that signs now. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** The JWS header of every access token it signs, encoded once. */
  readonly encodedHeader: string;
}

/** Makes an ES256 key pair; its kid is the RFC 7638 SHA-256 thumbprint. */
export async function generateSigningKey(): Promise<NewSigningKey> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const public_jwk = await publicJwkOf(publicKey);
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  const private_key = new Secret(pkcs8.toString('base64'), 'signing key');
  pkcs8.fill(0);
  return { kid: public_jwk.kid, public_jwk, private_key };
}

/** Reads an unsealed private key for signing; throws when it is not the key of that kid. */
export async function openSigningKey(stored: {
  readonly kid: string;
  readonly private_key: Secret;
}): Promise<SigningKey> {
  const der = Buffer.from(stored.private_key.expose(), 'base64');
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  const { kid } = await publicJwkOf(createPublicKey(privateKey));
  if (kid !== stored.kid) throw new Error('a signing key is not the one its kid names');
  const header = JSON.stringify({ typ: ACCESS_TOKEN_TYPE, alg: 'ES256', kid });
  return { kid, privateKey, encodedHeader: Buffer.from(header).toString('base64url') };
}

async function publicJwkOf(key: KeyObject): Promise<PublicJwk> {
  const { kty, crv, x, y } = key.export({ format: 'jwk' });
  if (kty !== 'EC' || crv !== 'P-256' || x === undefined || y === undefined) throw new Error('not a P-256 key');
  const kid = await calculateJwkThumbprint({ kty, crv, x, y }, 'sha256');
  return { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' };
}
