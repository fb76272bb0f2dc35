/** Writes a refusal onto the raw response: status, headers, and a body in the provider's own shape. */
import type { ServerResponse } from 'node:http';
import { type ErrorCode, type Problem, statusOf, titleOf } from '@writ/core';
import {
  type Denial,
  GRAPHQL_RESPONSE,
  namesGraphqlResponse,
  type Provider,
  type RefusedRequest,
} from '@writ/providers';
import { type DpopError, dpopChallenge } from '@writ/tokens';
import type { GatewayLog } from '../log.ts';
import { SECURITY_HEADERS } from '../send/response-headers.ts';

/** A refusal ready to be written. */
export interface Refusal {
  readonly problem: Problem;
  readonly refused: RefusedRequest;
  /** The provider whose shape is used; absent if the connection is not known. */
  readonly provider?: Provider;
  /** The value of `WWW-Authenticate` (RFC 6750, RFC 9728); absent if the answer has none. */
  readonly challenge?: string;
  /** The value of the `DPoP-Nonce` header (RFC 9449 section 9). */
  readonly dpop_nonce?: string;
  /** Where a hold is followed, for a client that asked to be told of one as accepted (RFC 7240 section 4.1). */
  readonly accepted_at?: string;
}

const DETAIL_CODES: ReadonlySet<ErrorCode> = new Set([
  'operation_not_granted',
  'environment_not_granted',
  'resource_not_granted',
  'argument_not_granted',
  'approval_required',
]);

/** Returns the value of `WWW-Authenticate` (RFC 6750 section 3, RFC 9728 section 5.1), or undefined if the answer has none. */
export function challengeFor(facts: {
  readonly code: ErrorCode;
  readonly presented: boolean;
  readonly two_tokens: boolean;
  readonly scheme: 'Bearer' | 'DPoP';
  /** The error of a `DPoP` challenge; by default `invalid_token`. */
  readonly dpop_error?: DpopError | undefined;
  readonly metadata: string;
}): string | undefined {
  const metadata = `resource_metadata="${facts.metadata}"`;
  if (facts.code === 'invalid_token' && facts.scheme === 'DPoP') {
    return dpopChallenge({ error: facts.dpop_error ?? 'invalid_token', resource_metadata: facts.metadata });
  }
  if (facts.code === 'invalid_token') {
    return `Bearer ${facts.presented ? 'error="invalid_token", ' : ''}${metadata}`;
  }
  if (facts.two_tokens) return `${facts.scheme} error="invalid_request"`;
  if (!DETAIL_CODES.has(facts.code)) return undefined;
  return `${facts.scheme} error="insufficient_authorization_details", ${metadata}`;
}

/** Writes the refusal and ends the response; does nothing when the client has gone. */
export function deny(
  { response, log }: { readonly response: ServerResponse; readonly log: GatewayLog },
  refusal: Refusal,
): void {
  if (response.destroyed || response.writableEnded) return;
  const { problem } = refusal;
  const denial = shapeOf(refusal, log);
  const body = Buffer.from(denial.body, 'utf8');
  // `Retry-After` stands only where repeating can help: SDKs repeat because of this header alone.
  const after = problem.next.after_seconds;
  response.writeHead(refusal.accepted_at === undefined ? (denial.status ?? statusOf(problem.code)) : 202, [
    ...SECURITY_HEADERS,
    'writ-request',
    problem.request_id,
    'writ-code',
    problem.code,
    'content-type',
    denial.content_type,
    'content-length',
    String(body.length),
    ...(refusal.challenge === undefined ? [] : ['www-authenticate', refusal.challenge]),
    ...(refusal.dpop_nonce === undefined ? [] : ['dpop-nonce', refusal.dpop_nonce]),
    ...(refusal.accepted_at === undefined
      ? []
      : ['location', refusal.accepted_at, 'preference-applied', 'respond-async']),
    ...(after === undefined ? [] : ['retry-after', String(after)]),
  ]);
  response.end(body);
}

function shapeOf({ problem, refused, provider }: Refusal, log: GatewayLog): Denial {
  try {
    if (provider !== undefined) return provider.deny(problem, refused);
  } catch {
    log.error({ request_id: problem.request_id, provider: provider?.id }, 'the provider could not shape a refusal');
  }
  return plainDenial(problem, refused);
}

/**
 * The shape of a refusal if no provider gives one: problem details (RFC 9457) that other clients can read too. REST clients print
 * `message`; GraphQL clients print `errors[].message`, if the media type is one that they parse.
 */
function plainDenial(problem: Problem, { accept, content_type }: RefusedRequest): Denial {
  const { code, detail } = problem;
  const body = JSON.stringify({
    type: 'about:blank',
    title: titleOf(code),
    status: statusOf(code),
    ...problem,
    message: detail,
    errors: [{ message: detail, extensions: { code: code.toUpperCase(), writ: problem } }],
  });
  if (namesGraphqlResponse(accept)) return { content_type: GRAPHQL_RESPONSE, body };
  return {
    content_type: /^application\/json\b/i.test(content_type) ? 'application/json' : 'application/problem+json',
    body,
  };
}
