import type { JsonFault } from '@writ/core';

/** The reason why a JWT was not accepted, for the audit log only: the caller gets the same answer for every reason. */
export type RejectionReason =
  | JsonFault
  | 'forbidden_text'
  | 'not_three_segments'
  | 'not_base64url'
  | 'typ'
  | 'alg'
  | 'header_member'
  | 'kid'
  | 'kid_unknown'
  | 'kid_retired'
  | 'key'
  | 'signature'
  | 'iss'
  | 'sub'
  | 'aud'
  | 'exp'
  | 'nbf'
  | 'iat'
  | 'jti'
  | 'claims'
  | 'binding'
  | 'replayed'
  // The reasons of DPoP proofs.
  | 'jwk'
  | 'htm'
  | 'htu'
  | 'ath'
  | 'nonce'
  | 'content_digest'
  // The reasons of foreign issuers' tokens.
  | 'issuer_unavailable'
  | 'issuer_unusable'
  | 'event'
  | 'pinned_claim';

/** The error for a JWT that is not accepted. It holds a reason, and nothing of the token. */
export class Rejection extends Error {
  readonly reason: RejectionReason;

  constructor(reason: RejectionReason) {
    super(reason);
    this.name = 'Rejection';
    this.reason = reason;
  }
}

/** Returns the reason behind an error: its own, or that of its cause. */
export function rejectionReason(error: unknown): RejectionReason | undefined {
  if (error instanceof Rejection) return error.reason;
  return error instanceof Error && error.cause instanceof Rejection ? error.cause.reason : undefined;
}
