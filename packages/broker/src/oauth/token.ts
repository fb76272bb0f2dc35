/** The token endpoint's verb: by which grant type, and what is answered. */
import type { JsonObject } from '@writ/core';
import type { Ctx, PublicActor } from '../context.ts';
import { type GrantRequest, grantRequest, withNonce } from './bound-key.ts';
import { clientCredentials, type TokenResponse } from './client-credentials.ts';
import { answerClient, type OAuthReply, type OAuthRequest } from './endpoint.ts';
import type { Form } from './form.ts';
import { OAuthError } from './oauth-error.ts';

/** By grant type; what is not here is `unsupported_grant_type`. */
const GRANT_TYPES: Readonly<Record<string, (ctx: Ctx, request: GrantRequest) => Promise<TokenResponse>>> = {
  client_credentials: clientCredentials,
};

/** The grant types there are, for the metadata. */
export const GRANT_TYPE_NAMES: readonly string[] = Object.keys(GRANT_TYPES);

/**
 * Answers a token request in OAuth's own shape. Throws `WritError`: `rate_limited`, and `unavailable` when it could not be
 * recorded; then nothing was issued.
 */
export async function issueToken(ctx: Ctx<PublicActor>, request: OAuthRequest): Promise<OAuthReply<JsonObject>> {
  const reply = await answerClient(ctx, request, {
    refused: 'token.refused',
    answer: async (_, asked) => bodyOf(await grantTypeOf(asked.form)(ctx, grantRequest(ctx, asked, request))),
  });
  return withNonce(ctx, reply, request);
}

function grantTypeOf(form: Form) {
  const name = form.get('grant_type');
  if (name === undefined) throw new OAuthError('invalid_request', 'grant_type is missing.');
  const found = Object.hasOwn(GRANT_TYPES, name) ? GRANT_TYPES[name] : undefined;
  if (found === undefined)
    throw new OAuthError('unsupported_grant_type', `grant_type must be ${GRANT_TYPE_NAMES.join(' or ')}.`);
  return found;
}

function bodyOf({ authorization_details, ...rest }: TokenResponse): JsonObject {
  if (authorization_details === undefined) return { ...rest };
  return { ...rest, authorization_details: authorization_details.map((detail) => ({ ...detail }) as JsonObject) };
}
