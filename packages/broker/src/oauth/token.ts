/** The token endpoint's verb: who asks, by which grant type, and what is answered. */
import { inertLine, type JsonObject, WritError } from '@writ/core';
import { record } from '../audit/record.ts';
import type { Ctx, PublicActor } from '../context.ts';
import { authenticateClient } from './authenticate-client.ts';
import { type ClientRequest, clientCredentials, type TokenResponse } from './client-credentials.ts';
import { type Form, readForm } from './form.ts';
import { describable, OAuthError } from './oauth-error.ts';

/** A token request as it came. */
export interface TokenRequest {
  /** The `Authorization` header. */
  readonly authorization?: string | undefined;
  /** The body, `application/x-www-form-urlencoded`. */
  readonly form: string;
}

/** What is answered, ready to be written. `problem`: where it is not OAuth's to say. */
export interface TokenReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

/** By grant type; what is not here is `unsupported_grant_type`. */
const GRANT_TYPES: Readonly<Record<string, (ctx: Ctx, request: ClientRequest) => Promise<TokenResponse>>> = {
  client_credentials: clientCredentials,
};

/** The grant types there are, for the metadata. */
export const GRANT_TYPE_NAMES: readonly string[] = Object.keys(GRANT_TYPES);

const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' };

/**
 * Answers a token request in OAuth's own shape. Throws `WritError`: `rate_limited`, and `unavailable` when it could not be
 * recorded; then nothing was issued.
 */
export async function issueToken(ctx: Ctx<PublicActor>, request: TokenRequest): Promise<TokenReply> {
  limit(ctx, `address ${ctx.address}`);
  let client_id: string | undefined;
  try {
    const form = readForm(request.form);
    const client = await authenticateClient(ctx, { authorization: request.authorization, form });
    client_id = client.client_id;
    limit(ctx, `client ${client_id}`);
    const response = await grantTypeOf(form)(ctx, { form, client });
    return { status: 200, headers: NO_STORE, body: bodyOf(response) };
  } catch (error) {
    const refusal = refusalOf(error);
    await recordRefusal(ctx, { refusal, client_id });
    return replyOf(refusal, request);
  }
}

function limit(ctx: Ctx, key: string): void {
  const wait = ctx.live.tokenRate.take(key);
  if (wait > 0) throw new WritError('rate_limited', { retry_after: wait });
}

function grantTypeOf(form: Form) {
  const name = form.get('grant_type');
  if (name === undefined) throw new OAuthError('invalid_request', 'grant_type is missing.');
  const found = Object.hasOwn(GRANT_TYPES, name) ? GRANT_TYPES[name] : undefined;
  if (found === undefined)
    throw new OAuthError('unsupported_grant_type', `grant_type must be ${GRANT_TYPE_NAMES.join(' or ')}.`);
  return found;
}

/** OAuth's refusals, and those of Writ that have a place there; everything else is thrown on. */
function refusalOf(error: unknown): OAuthError {
  if (error instanceof OAuthError) return error;
  if (error instanceof WritError && error.code === 'frozen')
    return new OAuthError('access_denied', error.message, 'frozen');
  if (error instanceof WritError && error.code === 'task_ended')
    return new OAuthError('invalid_request', error.message, 'task_ended');
  if (error instanceof WritError && error.code === 'invalid_token')
    return new OAuthError('invalid_client', 'The client could not be authenticated.', 'disabled');
  throw error;
}

async function recordRefusal(
  ctx: Ctx,
  { refusal, client_id }: { readonly refusal: OAuthError; readonly client_id: string | undefined },
): Promise<void> {
  const data = { reason: refusal.reason, detail: inertLine(refusal.message, 500) };
  await record(ctx, {
    kind: 'token.refused',
    result: refusal.error,
    ...(client_id === undefined ? {} : { client_id }),
    data,
  });
}

function bodyOf({ authorization_details, ...rest }: TokenResponse): JsonObject {
  if (authorization_details === undefined) return { ...rest };
  return { ...rest, authorization_details: authorization_details.map((detail) => ({ ...detail }) as JsonObject) };
}

function replyOf({ error, status, message }: OAuthError, { authorization }: TokenRequest): TokenReply {
  const challenge = status === 401 && authorization !== undefined ? { 'www-authenticate': 'Basic realm="writ"' } : {};
  return { status, headers: { ...NO_STORE, ...challenge }, body: { error, error_description: describable(message) } };
}
