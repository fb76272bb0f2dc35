/** A client asks for a token beyond its grants: a human is asked, once for the same request (model#token-request). */
import { compactScope, digestOf, inertLine, MAX_TOKEN_LIFE, makeId, WritError } from '@writ/core';
import {
  type Act,
  type Approval,
  addDeferralCode,
  appendIfCurrent,
  type Db,
  expireApproval,
  findOpenTokenRequest,
  getTask,
  insertAsk,
  insertTask,
  insertTokenRequest,
  lockAsking,
  recordChanges,
  type TokenRequest,
  type Tx,
} from '@writ/store';
import { hashDeferralCode, newDeferralCode } from '@writ/tokens';
import { whyNotAsked } from '../../approvals/ask.ts';
import { requestedEvent } from '../../approvals/events.ts';
import { shownTokenOf, type TokenReach, tokenReach } from '../../approvals/shown-token.ts';
import type { Ctx } from '../../context.ts';
import { frozenBy } from '../../freeze/frozen.ts';
import type { ConnectionState } from '../../live.ts';
import { requestersOf, whoMay } from '../../requesters/who.ts';
import { undoable } from '../../undoable.ts';
import { OAuthError } from '../client/oauth-error.ts';
import { demandDeployOnly, wantedLife } from '../issue/coverage.ts';
import { checkNames, isGranted } from '../issue/details.ts';
import { type FoundTask, taskOf } from '../issue/issue.ts';
import { TASK_AFTER } from '../issue/records.ts';
import type { Beyond, TokenPlan } from '../issue/token-plan.ts';
import { denied, endedFor, pendingFor } from './answers.ts';

/** A request for a token, with all by which it is compared and counted. */
interface Asked {
  readonly plan: TokenPlan;
  readonly beyond: Beyond;
  readonly states: readonly ConnectionState[];
  readonly reach: TokenReach;
  /** Seconds. */
  readonly life: number;
  readonly task: FoundTask;
  readonly act: Act;
  readonly digest: string;
}

/** An open request for a token. */
interface Open {
  readonly approval: Approval;
  readonly request: TokenRequest;
}

/**
 * Asks a human for what a client's grants do not cover, or gives another code for the same request that waits already. Always throws:
 * `OAuthError` with the code, or with why nobody is asked; `WritError`: `rate_limited`, `frozen`, `unavailable`.
 */
export async function askHuman(ctx: Ctx, plan: TokenPlan, beyond: Beyond): Promise<never> {
  const asked = await askedOf(ctx, plan, beyond);
  const { organization_id, store } = ctx;
  const { digest, act } = asked;
  const open =
    (await findOpenTokenRequest(store.db, { organization_id, client_id: act.client_id, digest })) ??
    (await insert(ctx, asked));
  const { id } = open.approval;
  const code = newDeferralCode(id, ctx.randomBytes);
  await store.transaction((tx) =>
    addDeferralCode(tx, { organization_id, id, code_hash: hashDeferralCode(code.expose()) }),
  );
  throw pendingFor(ctx, { ...open, code });
}

async function askedOf(ctx: Ctx, plan: TokenPlan, beyond: Beyond): Promise<Asked> {
  const { client, resource, facts, task, jkt } = plan;
  const { client_id } = client;
  const connection = resource.kind === 'gateway' ? resource.connection : undefined;
  const { details, grants } = beyond;
  const states = await checkNames(ctx, { client_id, details, grants, connection });
  const frozen = states.find(({ freeze }) => freeze !== undefined)?.freeze;
  if (frozen !== undefined) throw frozenBy(frozen);
  if (client.kind === 'ci') await demandDeployOnly(ctx, details);
  const guardrails = await ctx.live.clients.guardrails(facts.epochs);
  const pairs = details.flatMap((detail, at) => (states[at] === undefined ? [] : [{ detail, state: states[at] }]));
  const reach = ctx.live.budgets.judgeOn(client_id, () => tokenReach(pairs, guardrails));
  if (reach.denied)
    throw new OAuthError('access_denied', 'Guardrails deny all of that, whoever approves it.', 'guardrail_denied');
  const life = Math.min(wantedLife(plan), MAX_TOKEN_LIFE);
  const { organization_id } = ctx;
  const { operations, subject } = reach;
  const about = task.begins ? { purpose: task.purpose } : { id: task.id };
  const digest = digestOf({
    kind: 'token',
    details: asJson(details),
    aud: resource.aud,
    life,
    about,
    jkt: jkt ?? null,
  });
  const act = { organization_id, client_id, operations, subject };
  const epochs = states.map(({ id, epoch }) => ({ scope: 'connection', subject: id, epoch }) as const);
  const found = await taskOf(ctx, plan, [...facts.epochs, ...epochs]);
  return { plan, beyond, states, reach, life, task: found, act, digest };
}

function asJson(value: object) {
  return JSON.parse(JSON.stringify(value));
}

async function insert(ctx: Ctx, asked: Asked): Promise<Open> {
  const { organization_id, store } = ctx;
  const { act, plan, digest, reach } = asked;
  await refuse(store.db, act);
  const client_ids = [act.client_id];
  const requesters = await requestersOf(store.db, { organization_id, client_ids, grant_ids: [] });
  const kind = 'token' as const;
  const asking = { organization_id, kind, requesters, grant_ids: [], protected: reach.protected, quorum: 1 };
  const { approvers, nobody } = await whoMay(store.db, asking);
  if (approvers.length === 0)
    throw new OAuthError('access_denied', `Nobody could approve it. ${nobody ?? ''}`.trim(), 'nobody_may');
  const id = makeId('approval', { now: ctx.now(), randomBytes: ctx.randomBytes });
  const { task_id } = asked.task;
  const row = {
    ...{ ...asking, id, act_chain: [], task_id, jti: '', request_id: ctx.request_id, digest, parts: {}, ...act },
    // Of several connections none is the request's own.
    connection_id: new Set(asked.states).size === 1 ? (asked.states[0]?.id ?? null) : null,
    hold_minutes: 0,
    shown: asJson(await shown(ctx, asked)),
  };
  const made = await undoable<Open, Open | 'stale'>(store, async (tx, undo) => {
    await lockAsking(tx, act);
    const open = await findOpenTokenRequest(tx, { organization_id, client_id: act.client_id, digest });
    if (open !== undefined) throw undo(open);
    await expireApproval(tx, row);
    await refuse(tx, act);
    if (asked.task.begins_task) await beginTask(ctx, tx, asked);
    const approval = await insertAsk(tx, row);
    const { resource, jkt = null } = plan;
    const { details } = asked.beyond;
    const part = { organization_id, approval_id: id, client_id: act.client_id, task_id, code_hashes: [] };
    const request = await insertTokenRequest(tx, { ...part, aud: resource.aud, jkt, life: asked.life, asked: details });
    const event = { ...requestedEvent(approval), actor: `client:${act.client_id}`, request_id: ctx.request_id };
    const writing = { organization_id, now: ctx.now() };
    const { stale } = await appendIfCurrent(tx, { ...writing, event, epochs: asked.task.epochs });
    if (stale.length > 0) throw undo('stale');
    await recordChanges(tx, { ...writing, changes: [{ kind: 'approval', subject: id }] });
    return { approval, request };
  });
  if ('done' in made) {
    ctx.live.forget([{ scope: 'approval', subject: id }]);
    return made.done;
  }
  if (made.undone !== 'stale') return made.undone;
  ctx.live.forget(asked.task.epochs);
  throw new WritError('unavailable', { detail: 'What decides about this token has just changed.', retry_after: 1 });
}

/** Throws where the same was denied just now, or too often, or too much of the client waits already. */
async function refuse(db: Db, act: Act): Promise<void> {
  const why = await whyNotAsked(db, { act, kind: 'token', room: 0 });
  if (why === undefined) return;
  throw 'denied' in why ? denied(why.denied) : endedFor(why.ended);
}

async function shown(ctx: Ctx, { plan, beyond, reach, life, task }: Asked) {
  const { client, resource, jkt } = plan;
  const { organization_id, store } = ctx;
  const { client_id } = client;
  const purpose = plan.task.begins
    ? plan.task.purpose
    : ((await getTask(store.db, { organization_id, id: task.task_id }))?.purpose ?? null);
  const lines: string[] = [];
  for (const detail of beyond.details) {
    const isCovered = await isGranted(ctx, { client_id, details: [detail], grants: beyond.grants });
    if (!isCovered) lines.push(...compactScope(detail).map((line) => inertLine(`${detail.connection}/${line}`, 300)));
  }
  return await shownTokenOf(ctx, {
    ...{ client_id, details: beyond.details, beyond: lines, aud: resource.aud, life, jkt },
    ...{ reaches: reach.reaches, reaches_more: reach.reaches_more },
    task: { id: task.task_id, purpose },
  });
}

/** The task is there from when a token is asked for: whoever ends or freezes it ends or freezes that too. */
async function beginTask(ctx: Ctx, tx: Tx, { plan, task, act }: Asked): Promise<void> {
  const { organization_id } = ctx;
  const now = ctx.now();
  const purpose = plan.task.begins ? plan.task.purpose : null;
  const times = { created_at: now, last_token_at: now, ends_at: now + TASK_AFTER };
  await insertTask(tx, { organization_id, id: task.task_id, client_id: act.client_id, purpose, ...times });
}
