/** The grant type `client_credentials` (RFC 6749 section 4.4): a token within the client's grants, bound to a task. */
import { compactScope, type Detail, type JsonObject, makeId, WritError } from '@writ/core';
import {
  type AuditEvent,
  type Client,
  type EpochVector,
  type Grant,
  getTask,
  readEpochs,
  revokeTokens,
} from '@writ/store';
import { type AccessTokenClaims, fitsInline, mintAccessToken } from '@writ/tokens';
import type { Ctx } from '../context.ts';
import type { ClientFacts } from '../gateway/client-facts.ts';
import { DEFAULT_TTL } from '../grants/view.ts';
import {
  type AskedTask,
  noSuchTask,
  type Resource,
  readExpiresIn,
  readResource,
  readTask,
  refuseScope,
} from './asked.ts';
import { checkDetails, detailsOfGrants, overlaps, readDetails } from './details.ts';
import type { Form } from './form.ts';
import { OAuthError } from './oauth-error.ts';

/** The life of a token that asks for no other, seconds: CI jobs are short. */
const LIFE = { agent: 900, automation: 900, ci: 600 } as const;

/** How long after its last token a task ends, milliseconds. */
const TASK_AFTER = 24 * 3_600_000;

/** The most entries that are put into a token itself; more stay in the database, as too large ones do. */
const MOST_INLINE = 16;

/** What the endpoint answers (RFC 6749 section 5.1, RFC 9396 section 7). */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly authorization_details?: readonly Detail[];
  readonly task_id: string;
}

/** A token request of a client that has proved itself. */
export interface ClientRequest {
  readonly form: Form;
  readonly client: Client;
}

/** Issues a token. Throws `OAuthError`, or `WritError` (`unavailable`) when it could not be recorded. */
export async function clientCredentials(ctx: Ctx, request: ClientRequest): Promise<TokenResponse> {
  refuseScope(request.form);
  const resource = await readResource(ctx, request);
  const task = readTask(request);
  for (let attempt = 1; ; attempt += 1) {
    const facts = await ctx.live.clients.facts(request.client.client_id);
    const issued = await issue(ctx, { ...request, resource, task, facts });
    if (issued !== undefined) return issued;
    // Something of it was changed while it was recorded: once more, by what stands now.
    if (attempt === 3)
      throw new WritError('unavailable', { detail: 'What decides about this token keeps changing.', retry_after: 1 });
  }
}

interface Issuing extends ClientRequest {
  readonly resource: Resource;
  readonly task: AskedTask;
  readonly facts: ClientFacts;
}

async function issue(ctx: Ctx, issuing: Issuing): Promise<TokenResponse | undefined> {
  const { facts, resource, form } = issuing;
  const covered = resource.kind === 'gateway' ? await coverage(ctx, issuing) : { details: [], grants: [] };
  const life = lifeOf(issuing, { asked: readExpiresIn(form), grants: covered.grants });
  const now = ctx.now();
  const { task_id, begins_task, epochs } = await taskOf(ctx, issuing, facts.epochs);
  const key = ctx.live.keys.active();
  const iat = Math.floor(now / 1000);
  const claims = claimsOf(ctx, { ...issuing, details: covered.details, iat, exp: iat + life, task_id });
  const row = rowsOf(ctx, { issuing, claims, kid: key.kid, details: covered.details, begins_task });
  await ctx.live.tokens.write(row);
  const event = eventOf(ctx, { claims, kid: key.kid, details: covered.details, task: issuing.task });
  const { stale } = await ctx.audit.append(event, {
    epochs,
    instead: { ...event, kind: 'token.refused', result: 'stale' },
  });
  if (stale.length > 0) {
    ctx.live.forget(stale);
    await takeBack(ctx, claims.jti);
    return undefined;
  }
  return {
    access_token: mintAccessToken(claims, key),
    token_type: 'Bearer',
    expires_in: life,
    ...(resource.kind === 'gateway' ? { authorization_details: covered.details } : {}),
    task_id,
  };
}

/** A token that was written but will not be given out. */
async function takeBack(ctx: Ctx, jti: string): Promise<void> {
  const { organization_id, store } = ctx;
  await store.transaction((tx) => revokeTokens(tx, { organization_id, now: ctx.now(), selection: { jti } }));
}

interface Coverage {
  readonly details: readonly Detail[];
  /** Those that have to do with the details: what limits the token's life. */
  readonly grants: readonly Grant[];
}

async function coverage(ctx: Ctx, { form, resource, facts }: Issuing): Promise<Coverage> {
  const connection = resource.kind === 'gateway' ? resource.connection : undefined;
  const grants = facts.grants.filter(({ scope, expires_at }) => {
    const live = expires_at === null || ctx.now() < expires_at;
    return live && (connection === undefined || scope.connection === connection);
  });
  const text = form.get('authorization_details');
  if (text === undefined) {
    if (grants.length === 0)
      throw new OAuthError(
        'access_denied',
        'No grant allows this client anything here. Ask an administrator.',
        'no_grant',
      );
    return { details: detailsOfGrants(grants), grants };
  }
  const details = readDetails(text);
  await checkDetails(ctx, { details, grants, connection });
  return { details, grants: await concerned(ctx, { details, grants }) };
}

async function concerned(
  ctx: Ctx,
  { details, grants }: { readonly details: readonly Detail[]; readonly grants: readonly Grant[] },
): Promise<Grant[]> {
  const found: Grant[] = [];
  for (const grant of grants) {
    const state = await ctx.live.connections.get(grant.scope.connection);
    const theirs = details.filter((detail) => detail.connection === grant.scope.connection);
    if (state !== undefined && theirs.some((detail) => overlaps(state, { detail, scope: grant.scope })))
      found.push(grant);
  }
  return found;
}

/** At most what the shortest of the grants allows. */
function lifeOf(
  { client, resource }: Issuing,
  by: { readonly asked: number | undefined; readonly grants: readonly Grant[] },
): number {
  const limits = by.grants.map(({ max_ttl_seconds }) => max_ttl_seconds ?? DEFAULT_TTL);
  const most = Math.min(...(resource.kind === 'api' ? [DEFAULT_TTL] : limits));
  return Math.min(by.asked ?? LIFE[client.kind], most);
}

interface FoundTask {
  readonly task_id: string;
  readonly begins_task: boolean;
  readonly epochs: EpochVector;
}

async function taskOf(ctx: Ctx, { task, client }: Issuing, epochs: EpochVector): Promise<FoundTask> {
  if (task.begins) {
    const task_id = makeId('task', { now: ctx.now(), randomBytes: ctx.randomBytes });
    return { task_id, begins_task: true, epochs };
  }
  const { organization_id, store } = ctx;
  const own = await readEpochs(store.db, { organization_id, keys: [{ scope: 'task', subject: task.id }] });
  const found = await getTask(store.db, { organization_id, id: task.id });
  const live = found !== undefined && found.ended_at === null && found.ends_at > ctx.now();
  if (!live || found.client_id !== client.client_id) throw noSuchTask();
  await ctx.live.clients.refuseFrozenTask(task.id);
  return { task_id: task.id, begins_task: false, epochs: [...epochs, ...own] };
}

interface Claiming extends Issuing {
  readonly details: readonly Detail[];
  readonly iat: number;
  readonly exp: number;
  readonly task_id: string;
}

function isInline(details: readonly Detail[]): boolean {
  return details.length <= MOST_INLINE && fitsInline(details);
}

function claimsOf(ctx: Ctx, { client, resource, details, iat, exp, task_id }: Claiming): AccessTokenClaims {
  const { client_id } = client;
  const jti = makeId('token', { now: ctx.now(), randomBytes: ctx.randomBytes });
  const told =
    details.length === 0
      ? {}
      : isInline(details)
        ? { authorization_details: [...details] }
        : { authorization_details_id: jti };
  return {
    iss: ctx.config.publicUrl,
    sub: client_id,
    aud: resource.aud,
    client_id,
    iat,
    nbf: iat,
    exp,
    jti,
    task_id,
    ...told,
  };
}

interface Row {
  readonly issuing: Issuing;
  readonly claims: AccessTokenClaims;
  readonly kid: string;
  readonly details: readonly Detail[];
  readonly begins_task: boolean;
}

function rowsOf(ctx: Ctx, { issuing, claims, kid, details, begins_task }: Row) {
  const { organization_id } = ctx;
  const { jti, client_id, task_id, aud, iat, exp } = claims;
  const now = ctx.now();
  const purpose = issuing.task.begins ? issuing.task.purpose : null;
  const times = { issued_at: iat * 1000, expires_at: exp * 1000 };
  const kept = claims.authorization_details_id === undefined ? null : details;
  return {
    begins_task,
    task: {
      organization_id,
      id: task_id,
      client_id,
      purpose,
      created_at: now,
      last_token_at: now,
      ends_at: now + TASK_AFTER,
    },
    token: { organization_id, jti, client_id, task_id, kid, aud, ...times, details: kept, act_chain: [] },
  };
}

interface Issued {
  readonly claims: AccessTokenClaims;
  readonly kid: string;
  readonly details: readonly Detail[];
  readonly task: AskedTask;
}

function eventOf(ctx: Ctx, { claims, kid, details, task }: Issued): AuditEvent {
  const { jti, client_id, task_id, aud, exp } = claims;
  const allows = details.flatMap((detail) => compactScope(detail).map((line) => `${detail.connection}/${line}`));
  const data: JsonObject = {
    jti,
    kid,
    aud,
    expires_at: new Date(exp * 1000).toISOString(),
    allows: allows.slice(0, 100),
    allows_count: allows.length,
    ...(task.begins ? { purpose: task.purpose } : {}),
  };
  const actor = `client:${client_id}`;
  return { kind: 'token.issued', actor, client_id, task_id, result: 'issued', request_id: ctx.request_id, data };
}
