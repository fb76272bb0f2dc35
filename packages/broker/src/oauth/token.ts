/** The token endpoint's verb. */
import type { Detail, JsonObject } from '@writ/core';
import { canWait, DEFERRAL, GRANT_TYPES as NAMES } from '@writ/tokens';
import type { Ctx, PublicActor } from '../context.ts';
import type { ClientFacts } from '../live.ts';
import type { Presented } from './client/authenticate.ts';
import { type GrantRequest, grantRequest, withNonce } from './client/bound-key.ts';
import {
  answerClient,
  type ClientRequest,
  type OAuthReply,
  type OAuthRequest,
  proveClient,
} from './client/endpoint.ts';
import type { Form } from './client/form.ts';
import { OAuthError } from './client/oauth-error.ts';
import { askHuman } from './deferred/ask.ts';
import { issueDeferred } from './deferred/poll.ts';
import { issueExchanged, proveExchange } from './exchange/exchange.ts';
import { readResource, readTask, refuseScope } from './issue/asked.ts';
import { issueFor, type TokenResponse } from './issue/issue.ts';
import { ownOrigin } from './issue/token-plan.ts';

/** A grant type: how the caller proves who it is, and which token it gets. */
interface GrantType {
  readonly prove: (ctx: Ctx, presented: Presented) => Promise<ClientRequest>;
  readonly issue: (ctx: Ctx, request: GrantRequest) => Promise<TokenResponse>;
}

const EXCHANGE: GrantType = { prove: proveExchange, issue: issueExchanged };

/** What is done for each grant type; all others are `unsupported_grant_type`. */
const GRANT_TYPES: Readonly<Record<string, GrantType>> = {
  [NAMES.client_credentials]: { prove: proveClient, issue: clientCredentials },
  [NAMES.token_exchange]: EXCHANGE,
  [NAMES.jwt_bearer]: EXCHANGE,
  [NAMES.deferred]: { prove: proveClient, issue: issueDeferred },
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
    // A caller that asks for an unknown grant type is told so only after it has proved itself.
    prove: (_, presented) => (find(presented.form)?.prove ?? proveClient)(ctx, presented),
    answer: async (_, asked) => bodyOf(await named(asked.form).issue(ctx, grantRequest(ctx, asked, request))),
  });
  return withNonce(ctx, reply, request);
}

/**
 * The grant type `client_credentials` (RFC 6749 section 4.4): a token within the client's grants, bound to a task; for what is beyond them a
 * human is asked, where the client has said that it can wait. Throws `OAuthError`, or
 * `WritError` (`unavailable`) when it could not be recorded.
 */
async function clientCredentials(ctx: Ctx, request: GrantRequest): Promise<TokenResponse> {
  refuseScope(request.form);
  const resource = await readResource(ctx, request);
  const task = readTask(request);
  const jkt = await request.provenKey();
  const order = { ...request, resource, task, jkt, originOf: async ({ client }: ClientFacts) => ownOrigin(client) };
  if (!canWait(request.form.get(DEFERRAL.mode))) return await issueFor(ctx, order);
  return await issueFor(ctx, { ...order, askFor: (plan, beyond) => askHuman(ctx, plan, beyond) });
}

function find(form: Form): GrantType | undefined {
  const name = form.get('grant_type') ?? '';
  return Object.hasOwn(GRANT_TYPES, name) ? GRANT_TYPES[name] : undefined;
}

function named(form: Form): GrantType {
  if (!form.has('grant_type')) throw new OAuthError('invalid_request', 'grant_type is missing.');
  const found = find(form);
  if (found === undefined)
    throw new OAuthError('unsupported_grant_type', `grant_type must be ${GRANT_TYPE_NAMES.join(' or ')}.`);
  return found;
}

function bodyOf({ authorization_details, ...rest }: TokenResponse): JsonObject {
  if (authorization_details === undefined) return rest;
  return { ...rest, authorization_details: authorization_details as readonly (Detail & JsonObject)[] };
}
