import type { ClientKind } from '../identity/client-kind.ts';

/**
 * The one error table. A row is a stable code, the HTTP status it is answered with, and the public sentence.
 * `detail` given where it is thrown is public too; `cause` never leaves the log.
 */
const TABLE = {
  // The gateway (model#refusal). Never 2xx, 409 or 500: SDKs take those for done, or repeat them by themselves.
  invalid_token: [401, 'The access token is missing, wrong, expired or revoked.'],
  operation_unknown: [403, 'The operation is not in the catalog.'],
  operation_not_granted: [403, 'The token does not allow the operation.'],
  environment_not_granted: [403, 'The token does not cover every environment the call reaches.'],
  environment_unresolved: [403, 'It could not be established which environments the call reaches.'],
  resource_not_granted: [403, 'The token does not cover every resource the call acts on.'],
  argument_not_granted: [403, 'The token does not allow these arguments.'],
  guardrail_denied: [403, 'A guardrail forbids it.'],
  approval_required: [403, 'A human must approve it first.'],
  approval_pending: [403, 'It waits for a human.'],
  approval_denied: [403, 'A human said no.'],
  approval_expired: [403, 'The approval has expired.'],
  approval_mismatch: [403, 'The approval was for another request.'],
  held: [403, 'Not done yet: it waits out its window.'],
  frozen: [403, 'An administrator has frozen it.'],
  task_ended: [403, 'The task has ended.'],
  rate_limited: [429, 'Too many requests.'],
  request_too_large: [413, 'The request is too large.'],
  request_not_canonical: [400, 'The request could be read in more than one way.'],
  request_not_understood: [400, 'The request could not be understood.'],
  not_supported: [400, 'Writ does not support this kind of request.'],
  upstream_unavailable: [503, 'The provider could not be reached.'],
  upstream_outcome_unknown: [503, 'The provider was asked, but it is not known what it did.'],
  connection_unknown: [404, 'There is no such connection.'],
  misdirected: [421, 'The request was sent to the wrong host.'],
  browser_refused: [403, 'The gateway is not for browsers.'],
  // The admin API.
  invalid_request: [400, 'The request is malformed.'],
  validation_failed: [422, 'Some of what was sent is wrong.'],
  unauthenticated: [401, 'Sign in first.'],
  forbidden: [403, 'Your role does not allow this.'],
  assertion_required: [403, 'This change needs your password or passkey in the same request.'],
  recent_sign_in_required: [
    403,
    'This change needs a sign-in within the last 15 minutes, or your password or passkey in the same request.',
  ],
  not_found: [404, 'There is no such thing.'],
  method_not_allowed: [405, 'The method is not allowed here.'],
  conflict: [409, 'It conflicts with what is there.'],
  body_too_large: [413, 'The body is too large.'],
  unsupported_media_type: [415, 'The body must be JSON.'],
  too_many_attempts: [429, 'Too many attempts.'],
  credential_rejected: [422, 'The provider did not accept the credential.'],
  unavailable: [503, 'Writ cannot serve this now.'],
  internal: [500, 'Something went wrong inside Writ.'],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrorCode = keyof typeof TABLE;

/** A field of the input that is wrong: where, what is wrong, what would be right. */
export interface FieldProblem {
  /** Dotted path into the body. */
  readonly field: string;
  readonly problem: string;
  readonly found?: string;
  readonly nearest?: string;
}

/** Whose access token a refusal is about: one that is genuine, and was refused all the same. */
export interface TokenHolder {
  readonly client_id: string;
  readonly task_id: string;
  /** The token's id. */
  readonly jti: string;
  /** Of the client, where nothing but a freeze or the end of its task stands against the token. */
  readonly kind?: ClientKind;
}

/** What an error may carry besides its code. Everything but `cause` and `holder` is public. */
export interface ErrorExtras {
  readonly detail?: string;
  readonly fields?: readonly FieldProblem[];
  /** Seconds, for `Retry-After`. */
  readonly retry_after?: number;
  /** True where repeating is no use until a person has changed something: then there is no `Retry-After`. */
  readonly ask_human?: true;
  /** Further public members of the problem. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Told in headers alone: the error of the `DPoP` challenge (RFC 9449 section 7.1), and the nonce for the next request. */
  readonly dpop?: {
    readonly error: 'invalid_token' | 'invalid_dpop_proof' | 'use_dpop_nonce';
    readonly nonce?: string;
  };
  /** For the log, and for how the refusal is told. */
  readonly holder?: TokenHolder;
  readonly cause?: unknown;
}

/** The only error Writ throws on purpose. */
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
