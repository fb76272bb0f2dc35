import { hash } from 'node:crypto';

/** Returns `ath`: base64url of SHA-256 of the access token as sent (RFC 9449 section 4.2). */
export function accessTokenHash(token: string): string {
  return hash('sha256', token, 'base64url');
}

/** Returns the `content_digest` of a body: `sha-256=:<base64>:`, as RFC 9530 writes digests. */
export function contentDigest(body: string | Uint8Array): string {
  return `sha-256=:${hash('sha256', body, 'base64')}:`;
}
