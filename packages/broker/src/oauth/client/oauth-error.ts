/** OAuth's own errors (RFC 6749 section 5.2; RFC 8628, RFC 8707, RFC 9396, RFC 9449): JSON, never problem details. */
import type { JsonObject, OAUTH_CODES } from '@writ/core';

const STATUS = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  invalid_scope: 400,
  invalid_target: 400,
  invalid_authorization_details: 400,
  access_denied: 400,
  invalid_dpop_proof: 400,
  use_dpop_nonce: 400,
  // RFC 6749 has it for another endpoint; at this one it says that nothing was decided (RFC 8693 leaves codes open).
  temporarily_unavailable: 503,
  authorization_pending: 400,
  slow_down: 400,
  expired_token: 400,
} as const satisfies Record<OAuthErrorCode, number>;

export type OAuthErrorCode = (typeof OAUTH_CODES)[number];

/** A refusal of the token endpoint. `reason` and `data` are for the audit log alone. */
export class OAuthError extends Error {
  readonly error: OAuthErrorCode;
  readonly reason: string;
  readonly data: JsonObject;
  /** Members of the answer besides `error` and its description. */
  readonly members: JsonObject;

  constructor(
    error: OAuthErrorCode,
    description: string,
    reason?: string,
    data: JsonObject = {},
    members: JsonObject = {},
  ) {
    super(description);
    this.name = 'OAuthError';
    this.error = error;
    this.reason = reason ?? error;
    this.data = data;
    this.members = members;
  }

  get status(): number {
    return STATUS[this.error];
  }
}

/** The answer to a request that waits for a human: what the log says of it is what was asked, or that it was decided. */
export class StillPending extends OAuthError {}

/** The one refusal of a caller that does not prove to be a client: the same for every reason. */
export function invalidClient(reason: string): OAuthError {
  return new OAuthError('invalid_client', 'The client could not be authenticated.', reason);
}

/** The characters RFC 6749 section 5.2 allows in a description; others become `?`. */
export function describable(text: string): string {
  return text
    .replace(/"/g, "'")
    .replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?')
    .slice(0, 1000);
}
