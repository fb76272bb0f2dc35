import { sign } from 'node:crypto';
import { WritError } from '@writ/core';
import type { AccessTokenClaims } from './access-token-claims.ts';
import { MAX_TOKEN_BYTES } from './compact.ts';
import type { SigningKey } from './signing-key.ts';

/**
 * Signs an access token (RFC 9068) with ES256 or RS256, depending on the key. This is our own code because it is faster than WebCrypto; the
 * tests verify its tokens with jose. Throws `internal` for a token that Writ itself would refuse as too large.
 */
export function mintAccessToken(claims: AccessTokenClaims, key: SigningKey): string {
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  const input = `${key.encodedHeader}.${payload}`;
  // Node takes more than twice as long if it is asked for the raw form of the signature.
  const signed = sign('sha256', Buffer.from(input), key.privateKey);
  const signature = key.alg === 'ES256' ? rawSignature(signed) : signed;
  const token = `${input}.${signature.toString('base64url')}`;
  if (token.length > MAX_TOKEN_BYTES) throw new WritError('internal', { cause: new Error('access token too large') });
  return token;
}

const HALF = 32;

/**
 * Converts an ECDSA signature on P-256 from the DER of OpenSSL to its two numbers, one after the other (RFC 7518 section 3.4). The DER is a
 * sequence of two integers without needless leading zeros; a zero stands before an integer that would be negative otherwise.
 */
function rawSignature(der: Uint8Array): Buffer {
  const raw = Buffer.alloc(2 * HALF);
  let at = 2;
  for (const end of [HALF, 2 * HALF]) {
    const from = at + 2;
    at = from + (der[at + 1] ?? 0);
    const digits = der.subarray(Math.max(from, at - HALF), at);
    raw.set(digits, end - digits.length);
  }
  return raw;
}
