import { sign } from 'node:crypto';
import { WritError } from '@writ/core';
import type { AccessTokenClaims } from './access-token-claims.ts';
import { MAX_TOKEN_BYTES } from './compact.ts';
import type { SigningKey } from './signing-key.ts';

/**
 * Signs an access token (RFC 9068) with ES256 or RS256, as the key is. Written by hand because it is faster than going through WebCrypto; the tests
 * verify its tokens with jose. Throws `internal` for a token that Writ itself would refuse as too large.
 */
export function mintAccessToken(claims: AccessTokenClaims, key: SigningKey): string {
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  const input = `${key.encodedHeader}.${payload}`;
  // The encoding is of ECDSA alone; RSA signs by PKCS #1 v1.5, which is what RS256 is.
  const signature = sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  const token = `${input}.${signature.toString('base64url')}`;
  if (token.length > MAX_TOKEN_BYTES) throw new WritError('internal', { cause: new Error('access token too large') });
  return token;
}
