/** The introspection endpoint's verb (RFC 7662): what a token is good for, told to its own client and to verifiers. */
import { type JsonObject, WritError } from '@writ/core';
import type { Client } from '@writ/store';
import { INACTIVE, introspectionResponse, type VerifiedAccessToken } from '@writ/tokens';
import { record } from '../audit/record.ts';
import type { Ctx, PublicActor } from '../context.ts';
import { answerClient, type ClientRequest, type OAuthReply, type OAuthRequest } from './client/endpoint.ts';
import { readPresented, standing, verifyPresented } from './client/presented-token.ts';

/** The scope of a client that may ask about the tokens of others (model#client-authentication). */
const INTROSPECT_SCOPE = 'writ:introspect';

/**
 * Answers what a token is good for now, or `{"active": false}`: the same for a token that is wrong, expired, revoked, frozen, and for
 * one that is none of the asker's business. Throws `WritError`: `rate_limited`, `unavailable`.
 */
export function introspectToken(ctx: Ctx<PublicActor>, request: OAuthRequest): Promise<OAuthReply<JsonObject>> {
  return answerClient(ctx, request, { refused: 'token.introspection_refused', answer });
}

async function answer(ctx: Ctx<PublicActor>, { form, client }: ClientRequest): Promise<JsonObject> {
  const token = await verifyPresented(ctx, readPresented(form));
  const body = token === undefined ? INACTIVE : await describe(ctx, token, client);
  const about = token === undefined ? {} : { jti: token.claims.jti, token_client_id: token.claims.client_id };
  await record(ctx, {
    kind: 'token.introspected',
    client_id: client.client_id,
    result: body['active'] === true ? 'active' : 'inactive',
    data: about,
  });
  return { ...body };
}

async function describe(ctx: Ctx, token: VerifiedAccessToken, client: Client): Promise<JsonObject> {
  const { claims } = token;
  const may_see_others = client.settings.scopes?.includes(INTROSPECT_SCOPE) === true;
  // Nothing is looked up for a caller that may not know: so a live token takes it no longer than a revoked one.
  if (!may_see_others && claims.client_id !== client.client_id) return INACTIVE;
  const [facts, frozen] = await Promise.all([standing(ctx, token), isStopped(ctx, client)]);
  const kept = claims.authorization_details_id === undefined ? undefined : facts?.authorization_details;
  return introspectionResponse(
    { claims, live: facts !== undefined && !frozen, ...(kept !== undefined && { details: kept }) },
    {
      client_id: client.client_id,
      may_see_others,
      // Verified to be one of Writ's own resources: a verifier in front of any of them may ask.
      audiences: [claims.aud],
    },
  );
}

/** A client that is frozen, or was disabled just now, learns nothing. */
async function isStopped(ctx: Ctx, { client_id }: Client): Promise<boolean> {
  try {
    await ctx.live.clients.facts(client_id);
    return false;
  } catch (error) {
    if (error instanceof WritError && (error.code === 'frozen' || error.code === 'invalid_token')) return true;
    throw error;
  }
}
