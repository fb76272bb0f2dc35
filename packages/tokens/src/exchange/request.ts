import { GRANT_TYPES, TOKEN_TYPES } from './grant-types.ts';

/** The parameters of a token request that concern an exchange. Each stands at most once: the endpoint refuses repeated ones. */
export interface ExchangeParameters {
  readonly grant_type: string;
  readonly subject_token?: string;
  readonly subject_token_type?: string;
  readonly actor_token?: string;
  readonly actor_token_type?: string;
  readonly requested_token_type?: string;
  /** The subject token by its name in RFC 7523. */
  readonly assertion?: string;
}

/** The token to exchange: a CI or workload token under a trust policy, or one of Writ's own access tokens. */
export type ExchangeRequest =
  | {
      readonly ok: true;
      readonly kind: 'workload' | 'access_token';
      readonly token: string;
      readonly actor_token?: string;
    }
  | { readonly ok: false; readonly error: 'invalid_request'; readonly description: string };

/**
 * Reads a token-exchange (RFC 8693 section 2.1) or jwt-bearer (RFC 7523 section 2.1) request: both have the same result. An actor token
 * must be one of Writ's access tokens; it says who acts if client authentication does not.
 */
export function readExchange(parameters: ExchangeParameters): ExchangeRequest {
  if (parameters.grant_type === GRANT_TYPES.jwt_bearer) return readJwtBearer(parameters);
  const { subject_token, subject_token_type, requested_token_type } = parameters;
  if (!subject_token || !subject_token_type) return refused('subject_token and subject_token_type are needed');
  if (parameters.assertion !== undefined) return refused('assertion belongs to the jwt-bearer grant type');
  if (requested_token_type !== undefined && requested_token_type !== TOKEN_TYPES.access_token) {
    return refused('only access tokens are issued');
  }
  const kind = kindOf(subject_token_type);
  return kind === undefined
    ? refused('the subject_token_type is not supported')
    : withActor({ ok: true, kind, token: subject_token }, parameters);
}

function readJwtBearer(parameters: ExchangeParameters): ExchangeRequest {
  const { assertion, subject_token, actor_token } = parameters;
  if (!assertion) return refused('assertion is needed');
  if (subject_token !== undefined || actor_token !== undefined) {
    return refused('subject_token and actor_token belong to the token-exchange grant type');
  }
  return { ok: true, kind: 'workload', token: assertion };
}

/** Adds the actor token. By RFC 8693, `actor_token_type` is required with an actor token, and forbidden without one. */
function withActor(request: ExchangeRequest & { ok: true }, parameters: ExchangeParameters): ExchangeRequest {
  const { actor_token, actor_token_type } = parameters;
  if (actor_token === undefined) {
    return actor_token_type === undefined ? request : refused('actor_token_type comes with an actor_token');
  }
  if (actor_token_type !== TOKEN_TYPES.access_token) return refused('the actor_token_type is not supported');
  if (request.kind === 'workload') return refused('a workload token is exchanged without an actor_token');
  return { ...request, actor_token };
}

function kindOf(type: string): 'workload' | 'access_token' | undefined {
  if (type === TOKEN_TYPES.access_token) return 'access_token';
  return type === TOKEN_TYPES.jwt || type === TOKEN_TYPES.id_token ? 'workload' : undefined;
}

function refused(description: string): ExchangeRequest {
  return { ok: false, error: 'invalid_request', description };
}
