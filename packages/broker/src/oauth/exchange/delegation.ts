/** One of Writ's own access tokens for a narrower one, asked by the client that is to act with it (RFC 8693; model#exchange). */
import { MAX_TOKEN_LIFE, WritError } from '@writ/core';
import { keepDetails } from '@writ/store';
import { type AccessTokenClaims, attenuate, parseResource, type VerifiedAccessToken } from '@writ/tokens';
import type { Ctx } from '../../context.ts';
import type { TokenFacts } from '../../live.ts';
import type { Presented } from '../client/authenticate.ts';
import type { GrantRequest } from '../client/bound-key.ts';
import { type ClientRequest, proveClient } from '../client/endpoint.ts';
import type { Form } from '../client/form.ts';
import { OAuthError } from '../client/oauth-error.ts';
import { verifyPresented } from '../client/presented-token.ts';
import { type AskedTask, readResource } from '../issue/asked.ts';
import { issueFor, type TokenResponse } from '../issue/issue.ts';
import { mayAct, type Origin } from '../issue/token-plan.ts';

/** The client that is to act. */
export interface ActorRequest {
  readonly presented: Presented;
  readonly actor_token: string | undefined;
}

/** Tells who is to act: the client that authenticates, or else the one whose unbound access token is shown. Throws `OAuthError`. */
export async function proveActor(ctx: Ctx, { presented, actor_token }: ActorRequest): Promise<ClientRequest> {
  const { authorization, form } = presented;
  const authenticates = authorization !== undefined || form.has('client_assertion') || form.has('client_secret');
  if (actor_token === undefined) return await proveClient(ctx, presented);
  const request = authenticates ? await proveClient(ctx, presented) : undefined;
  const { client } = await actorOf(ctx, actor_token);
  const said = request?.client.client_id ?? form.get('client_id') ?? client.client_id;
  if (said !== client.client_id) throw notAccepted('actor');
  return request ?? { form, client, by_token: true };
}

async function actorOf(ctx: Ctx, actor_token: string): Promise<TokenFacts> {
  const token = await verifyForGateway(ctx, actor_token);
  // A bound token proves nothing without the proof of its key, and the proof of this request is for the new token.
  if (token.claims.cnf !== undefined) throw notAccepted('actor_binding');
  return await factsOf(ctx, token);
}

/**
 * Issues a token for another, narrower: within it, its ancestors, and the grants they came from. Throws `OAuthError`, `WritError`
 * (`unavailable`).
 */
export async function delegate(
  ctx: Ctx,
  { request, token }: { readonly request: GrantRequest; readonly token: string },
): Promise<TokenResponse> {
  const subject = await verifyForGateway(ctx, token);
  const { claims } = subject;
  const form = withinAudience(ctx, request.form, claims);
  const resource = await readResource(ctx, { ...request, form });
  // A token for the gateway, the actor's or the subject's, never becomes one for the admin API.
  if (resource.kind !== 'gateway')
    throw new OAuthError('invalid_target', 'A token is exchanged for the gateway alone.');
  const jkt = await request.provenKey();
  return await issueFor(ctx, {
    ...request,
    form,
    resource,
    task: taskOf(form, claims),
    jkt,
    originOf: () => originOf(ctx, request, { subject, jkt }),
  });
}

async function originOf(
  ctx: Ctx,
  request: ClientRequest,
  { subject, jkt }: { readonly subject: VerifiedAccessToken; readonly jkt: string | undefined },
): Promise<Origin> {
  const { client, form } = request;
  const facts = await factsOf(ctx, subject);
  // A client that acts by a token of its own does so only while that token is good: checked again with every attempt to record this.
  const actor_token = form.get('actor_token');
  const actor = actor_token === undefined ? undefined : await actorOf(ctx, actor_token);
  if (!facts.delegable) throw notAccepted('not_delegable');
  // Two stolen tokens must not make one that is bound to nothing.
  const { cnf } = subject.claims;
  if (request.by_token === true && cnf !== undefined && cnf.jkt !== jkt) throw notAccepted('binding');
  const attenuated = attenuate({
    subject: { ...subject.claims, ...limitedTo(facts, client.client_id) },
    actor: client.client_id,
    issuer: ctx.config.publicUrl,
    now: ctx.now(),
    life: MAX_TOKEN_LIFE,
    ...(jkt !== undefined && { jkt }),
  });
  if (!attenuated.ok) throw notAccepted(attenuated.reason);
  const { jti, authorization_details, act_chain } = facts;
  const actors = [facts.client_id, ...act_chain];
  const { organization_id, store } = ctx;
  return {
    sub: attenuated.sub,
    claims: { act: attenuated.act, ...mayAct(client.settings) },
    exp: attenuated.exp,
    most_life: Number.POSITIVE_INFINITY,
    parent_jti: jti,
    act_chain: actors,
    grants: facts.grants,
    within: authorization_details,
    task_client_id: facts.task.client_id,
    epochs: [...facts.epochs, ...(actor?.epochs ?? [])],
    data: { parent_jti: jti, act_chain: actors },
    use: async () => {
      await keepDetails(store.db, { organization_id, jti, details: authorization_details });
      return {};
    },
  };
}

/** The clients that the client of the exchanged token lets act, by its setting as it stands now; the claim alone where there is none. */
function limitedTo({ client }: TokenFacts, actor: string): Pick<AccessTokenClaims, 'may_act'> {
  const [first, ...others] = client.settings.may_act ?? [];
  if (first === undefined) return {};
  return { may_act: { sub: [first, ...others].includes(actor) ? actor : first } };
}

/** The new token belongs to the same task: stopping that stops both. */
function taskOf(form: Form, { task_id }: AccessTokenClaims): AskedTask {
  if (form.has('task'))
    throw new OAuthError('invalid_request', 'The task is that of the exchanged token: leave task out.');
  if ((form.get('task_id') ?? task_id) !== task_id)
    throw new OAuthError('invalid_request', 'task_id is not that of the exchanged token.');
  return { begins: false, id: task_id };
}

/** A token that is good for one connection is not exchanged for one that is good for others. */
function withinAudience({ config }: Ctx, form: Form, { aud }: AccessTokenClaims): Form {
  if (aud === `${config.publicUrl}/gateway`) return form;
  if (parseResource(form.get('resource') ?? aud, config.publicUrl)?.aud !== aud)
    throw new OAuthError('invalid_target', 'The exchanged token is for one connection alone.');
  return new Map([...form, ['resource', aud]]);
}

async function verifyForGateway(ctx: Ctx, token: string): Promise<VerifiedAccessToken> {
  const verified = await verifyPresented(ctx, token);
  if (verified === undefined) throw notAccepted('invalid_token');
  if (verified.claims.aud === `${ctx.config.publicUrl}/api/v1`) throw notAccepted('aud');
  return verified;
}

async function factsOf(ctx: Ctx, token: VerifiedAccessToken): Promise<TokenFacts> {
  try {
    return await ctx.live.callers.facts(token, {});
  } catch (error) {
    // What is frozen is told as such, with the reason that was given for it.
    if (error instanceof WritError && ['invalid_token', 'task_ended'].includes(error.code))
      throw notAccepted(error.code);
    throw error;
  }
}

/** The one refusal of a token that is to be exchanged, or of an actor's (RFC 8693 section 2.2.2). */
function notAccepted(reason: string): OAuthError {
  return new OAuthError('invalid_request', 'The token to be exchanged was not accepted.', reason);
}
