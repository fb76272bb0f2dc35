import type { ClientKind } from '../identity/client-kind.ts';

/**
 * The one error table. A row is a stable code, the HTTP status it is answered with, and the public sentence. The `detail` of a thrown error
 * is public too; its `cause` is only written to the log.
 */
const TABLE = {
  // The gateway (model#refusal). Never 2xx, 409 or 500: SDKs read 2xx as success, and repeat 409 and 500 by themselves.
  invalid_token: [401, 'The access token is missing, wrong, expired or revoked.'],
  operation_unknown: [403, 'The operation is not in the catalog.'],
  operation_not_granted: [403, 'The token does not allow the operation.'],
  environment_not_granted: [403, 'The token does not cover every environment the call reaches.'],
  environment_unresolved: [403, 'Writ could not find out which environments the call reaches.'],
  resource_not_granted: [403, 'The token does not cover every resource the call acts on.'],
  argument_not_granted: [403, 'The token does not allow these arguments.'],
  guardrail_denied: [403, 'A guardrail forbids the call.'],
  approval_required: [403, 'The call needs approval by a human.'],
  approval_pending: [403, 'The call waits for approval by a human.'],
  approval_denied: [403, 'A human did not approve the call.'],
  approval_expired: [403, 'The approval has expired.'],
  approval_mismatch: [403, 'The approval was for another request.'],
  held: [403, 'The call must wait before it can be sent.'],
  frozen: [403, 'A freeze is in force.'],
  task_ended: [403, 'The task has ended.'],
  rate_limited: [429, 'Too many requests.'],
  request_too_large: [413, 'The request is too large.'],
  request_not_canonical: [400, 'The request could be read in more than one way.'],
  request_not_understood: [400, 'The request could not be understood.'],
  not_supported: [400, 'Writ does not support this kind of request.'],
  upstream_unavailable: [503, 'The provider could not be reached.'],
  upstream_outcome_unknown: [503, 'The request was sent to the provider, but its outcome is not known.'],
  connection_unknown: [404, 'There is no such connection.'],
  misdirected: [421, 'The request was sent to the wrong host.'],
  browser_refused: [403, 'The gateway is not for browsers.'],
  // The admin API.
  invalid_request: [400, 'The request is malformed.'],
  validation_failed: [422, 'Some members of the request are wrong.'],
  unauthenticated: [401, 'Sign in first.'],
  forbidden: [403, 'Your role does not allow this.'],
  assertion_required: [403, 'This change needs your password, or a proof by your passkey, in the same request.'],
  recent_sign_in_required: [
    403,
    'This change needs a sign-in within the last 15 minutes, or your password or a proof by your passkey in the same request.',
  ],
  not_found: [404, 'What was asked for does not exist.'],
  method_not_allowed: [405, 'The method is not allowed here.'],
  conflict: [409, 'The request conflicts with what exists.'],
  body_too_large: [413, 'The body is too large.'],
  unsupported_media_type: [415, 'The body must be JSON.'],
  too_many_attempts: [429, 'Too many attempts.'],
  credential_rejected: [422, 'The provider did not accept the credential.'],
  unavailable: [503, 'Writ cannot serve this now.'],
  internal: [500, 'Something went wrong inside Writ.'],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrorCode = keyof typeof TABLE;

/** A wrong field of the input: where it is, what is wrong and what would be right. */
export interface FieldProblem {
  /** The dotted path of the field in the body. */
  readonly field: string;
  readonly problem: string;
  readonly found?: string;
  readonly nearest?: string;
}

/** The holder of an access token that Writ made and that was refused. */
export interface TokenHolder {
  readonly client_id: string;
  readonly task_id: string;
  /** The token's id. */
  readonly jti: string;
  /** The kind of the client, if the token is refused only because of a freeze or the end of its task. */
  readonly kind?: ClientKind;
}

/** The parts of an error besides its code. All of them are public, except `cause` and `holder`. */
export interface ErrorExtras {
  readonly detail?: string;
  readonly fields?: readonly FieldProblem[];
  /** The seconds for `Retry-After`. */
  readonly retry_after?: number;
  /** True if repeating cannot help until a person has changed something: then there is no `Retry-After`. */
  readonly ask_human?: true;
  /** Further public members of the problem. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** The parts of an answer's headers about DPoP: the error of the challenge (RFC 9449 section 7.1), and the nonce for the next request. */
  readonly dpop?: {
    readonly error: 'invalid_token' | 'invalid_dpop_proof' | 'use_dpop_nonce';
    readonly nonce?: string;
  };
  /** The holder of the refused token: for the log, and for the form of the refusal. */
  readonly holder?: TokenHolder;
  readonly cause?: unknown;
}

/** The error that Writ throws on purpose; every other error is a fault. */
export class WritError extends Error {
  readonly code: ErrorCode;
  readonly extras: ErrorExtras;

  constructor(code: ErrorCode, extras: ErrorExtras = {}) {
    super(extras.detail ?? TABLE[code][1], extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = 'WritError';
    this.code = code;
    this.extras = extras;
  }

  /** The HTTP status of the code. */
  get status(): number {
    return TABLE[this.code][0];
  }
}

/** Returns the HTTP status of a code. */
export function statusOf(code: ErrorCode): number {
  return TABLE[code][0];
}

/** Returns the public sentence of a code. */
export function titleOf(code: ErrorCode): string {
  return TABLE[code][1];
}

/** Every code, for the documents and the client's union type. */
export const ERROR_CODES = Object.keys(TABLE) as ErrorCode[];
