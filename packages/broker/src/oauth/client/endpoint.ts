/** The common part of the OAuth endpoints that clients call: rate, form, who asks, and how a refusal is recorded and answered. */
import { type AuditKind, inertLine, type JsonObject, WritError } from '@writ/core';
import { networkOf } from '@writ/gateway';
import type { Client } from '@writ/store';
import { ISSUER_PAUSE, type VerifiedSubjectToken } from '@writ/tokens';
import { record, recordStranger } from '../../audit/record.ts';
import type { Ctx, PublicActor } from '../../context.ts';
import { authenticateClient, type Presented } from './authenticate.ts';
import { type Form, readForm } from './form.ts';
import { describable, OAuthError, StillPending } from './oauth-error.ts';

/** A request to an OAuth endpoint, as it came. */
export interface OAuthRequest {
  /** The `Authorization` header. */
  readonly authorization?: string | undefined;
  /** The body, `application/x-www-form-urlencoded`. */
  readonly form: string;
  /** Every `DPoP` header; the token endpoint alone reads them. */
  readonly proofs?: readonly string[];
  /** True where the credential, or the socket, has been good before. */
  readonly familiar?: boolean;
  /** How long the client would wait for a human, in milliseconds (RFC 7240, `Prefer: wait`). */
  readonly wait_ms?: number;
  /** Given when the client has gone. */
  readonly gone?: AbortSignal;
  /** Called when the client has proved who it is, and before it waits. */
  readonly proved?: (client_id: string) => void;
}

/** An answer, ready to be written; without a body only the headers. */
export interface OAuthReply<Body extends JsonObject | undefined = JsonObject | undefined> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
  /** True where the client has proved who it is and is refused nothing: it waits. */
  readonly waits?: boolean;
}

/** A request of a client that has proved itself. */
export interface ClientRequest {
  readonly form: Form;
  readonly client: Client;
  /** The token of another issuer by which it proved itself. */
  readonly workload?: VerifiedSubjectToken;
  /** True where only an access token of the client tells that it asks. */
  readonly by_token?: boolean;
}

/** The part of an endpoint that differs from the others. */
export interface Endpoint<Body extends JsonObject | undefined> {
  /** The kind of the audit event of a refusal. */
  readonly refused: AuditKind;
  /** Finds out which client asks; by default one that authenticates (model#client-authentication). */
  readonly prove?: (ctx: Ctx<PublicActor>, presented: Presented) => Promise<ClientRequest>;
  /** Answers the body of a 200, or nothing for an empty one. */
  readonly answer: (ctx: Ctx<PublicActor>, request: ClientRequest) => Promise<Body>;
}

const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' };

/**
 * Answers a client in OAuth's own shape. Throws `WritError`: `rate_limited`, and `unavailable` when something could not be recorded;
 * then nothing was done.
 */
export async function answerClient<Body extends JsonObject | undefined>(
  ctx: Ctx<PublicActor>,
  request: OAuthRequest,
  endpoint: Endpoint<Body>,
): Promise<OAuthReply<Body | JsonObject>> {
  const { familiar = false } = request;
  if (!familiar) await limitNetwork(ctx, endpoint.refused);
  let client_id: string | undefined;
  try {
    const form = readForm(request.form);
    const asked = await (endpoint.prove ?? proveClient)(ctx, { authorization: request.authorization, form });
    client_id = asked.client.client_id;
    // Many clients can share one address, behind a proxy or in one network: so only callers without proof are counted by address.
    if (!familiar) ctx.live.tokenRate.spend(networkKey(ctx), -1);
    limit(ctx, `client ${client_id}`);
    const body = await endpoint.answer(ctx, asked);
    return { status: 200, headers: NO_STORE, body };
  } catch (error) {
    const refusal = refusalOf(error);
    if (!(refusal instanceof StillPending)) await recordRefusal(ctx, { kind: endpoint.refused, refusal, client_id });
    return { ...replyOf(ctx, refusal, request), ...(refusal instanceof StillPending && { waits: true }) };
  }
}

/** A client that authenticates. Throws `OAuthError`. */
export async function proveClient(ctx: Ctx, presented: Presented): Promise<ClientRequest> {
  return { form: presented.form, client: await authenticateClient(ctx, presented) };
}

async function limitNetwork(ctx: Ctx, kind: AuditKind): Promise<void> {
  try {
    limit(ctx, networkKey(ctx));
  } catch (error) {
    await recordStranger(ctx, { kind, result: 'rate_limited', data: { reason: 'network' } });
    throw error;
  }
}

function networkKey({ address }: Ctx): string {
  return `network ${networkOf(address)}`;
}

function limit(ctx: Ctx, key: string): void {
  const wait = ctx.live.tokenRate.take(key);
  if (wait > 0) throw new WritError('rate_limited', { retry_after: wait });
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

interface RefusalRecord {
  readonly kind: AuditKind;
  readonly refusal: OAuthError;
  readonly client_id: string | undefined;
}

async function recordRefusal(ctx: Ctx, { kind, refusal, client_id }: RefusalRecord): Promise<void> {
  const data = { ...refusal.data, reason: refusal.reason, detail: inertLine(refusal.message, 500) };
  const happened = { kind, result: refusal.error, data };
  // A caller that has not proved to be a client can be anybody, and can come any number of times.
  if (client_id === undefined) await recordStranger(ctx, happened);
  else await record(ctx, { ...happened, client_id });
}

function replyOf(ctx: Ctx, refusal: OAuthError, { authorization }: OAuthRequest): OAuthReply<JsonObject> {
  const { error, status, message, data, members } = refusal;
  // A grant is missing: a person finds there which one would do (RFC 6749 section 5.2).
  const page = data['asked'] && { error_uri: `${ctx.config.publicUrl}/grants/new?request=${ctx.request_id}` };
  const challenge = status === 401 && authorization !== undefined ? { 'www-authenticate': 'Basic realm="writ"' } : {};
  const repeat = status === 503 ? { 'retry-after': String(ISSUER_PAUSE / 1000) } : {};
  return {
    status,
    headers: { ...NO_STORE, ...challenge, ...repeat },
    body: { error, error_description: describable(message), ...page, ...members },
  };
}
