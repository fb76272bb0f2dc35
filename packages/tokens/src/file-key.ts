import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { WritError } from '@writ/core';
import { CompactEncrypt, compactDecrypt } from 'jose';

const ENCRYPTION = 'A256GCM';

/** The shortest RSA key, in bits. */
const SHORTEST_RSA = 2048;

/**
 * Seals bytes for the holder of a private key: a compact JWE (RFC 7516). Takes a public key in PEM: X25519 or P-256 (`ECDH-ES+A256KW`),
 * RSA of 2048 bits or more (`RSA-OAEP-256`). Throws `validation_failed` with a sentence for any other.
 */
export async function sealFor(pem: string, bytes: Uint8Array): Promise<string> {
  if (pem.includes('PRIVATE KEY'))
    throw refusal('That is a private key. Give the public one, which may be known: openssl pkey -in KEY -pubout');
  const key = read(() => createPublicKey(pem), 'public');
  const alg = algorithmOf(key);
  return await new CompactEncrypt(bytes).setProtectedHeader({ alg, enc: ENCRYPTION }).encrypt(key);
}

/** Opens what `sealFor` made, with the private key in PEM. Throws `validation_failed` with a sentence. */
export async function openFor(pem: string, jwe: string): Promise<Uint8Array> {
  const key = read(() => createPrivateKey(pem), 'private');
  const alg = algorithmOf(key);
  try {
    const { plaintext } = await compactDecrypt(jwe, key, {
      keyManagementAlgorithms: [alg],
      contentEncryptionAlgorithms: [ENCRYPTION],
    });
    return plaintext;
  } catch (cause) {
    throw new WritError('validation_failed', { detail: 'The private key does not open this file.', cause });
  }
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): string {
  const { namedCurve, modulusLength = 0 } = asymmetricKeyDetails;
  if (asymmetricKeyType === 'x25519' || (asymmetricKeyType === 'ec' && namedCurve === 'prime256v1'))
    return 'ECDH-ES+A256KW';
  if (asymmetricKeyType === 'rsa' && modulusLength >= SHORTEST_RSA) return 'RSA-OAEP-256';
  throw refusal(
    `A key of this kind cannot be used: it must be X25519, P-256, or RSA of at least ${SHORTEST_RSA} bits.`,
  );
}

function read(make: () => KeyObject, kind: 'public' | 'private'): KeyObject {
  try {
    return make();
  } catch (cause) {
    throw new WritError('validation_failed', {
      detail: `That is no ${kind} key in PEM, or one that is itself locked by a passphrase.`,
      cause,
    });
  }
}

function refusal(detail: string): WritError {
  return new WritError('validation_failed', { detail });
}
