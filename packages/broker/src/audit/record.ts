import { inertLine, WritError } from '@writ/core';
import {
  appendIn,
  bumpEpochs,
  type Change,
  type EpochKey,
  isVaultKey,
  newerVersion,
  recordChanges,
  sessionIsOver,
  type Tx,
} from '@writ/store';
import { rejectionReason } from '@writ/tokens';
import type { Actor, AdminActor, Ctx, Services } from '../context.ts';
import type { BrokerEvent } from '../event.ts';

/** A verb's part of its event. Who did it, when and in which request are added. */
export type EventDraft = Omit<BrokerEvent, 'actor' | 'request_id'>;

/** What a change gives besides its result: what happened, which requests it stops or narrows, and what brokers must read again. */
export interface Changed<T> {
  readonly result: T;
  readonly happened: EventDraft | readonly EventDraft[];
  /** A request that relied on these is refused from the commit on (invariant 8). */
  readonly epochs?: readonly EpochKey[];
  readonly changes?: readonly Change[];
}

/**
 * Runs a change and its audit event in one transaction (invariant 2): both are durable when it returns, or neither.
 * Inside, only `tx` may be used; passwords are hashed and providers asked before.
 */
export async function change<T>(ctx: Ctx, work: (tx: Tx) => Promise<Changed<T>>): Promise<T> {
  let moved: Parameters<Ctx['live']['forget']>[0] = [];
  const result = await ctx.store.transaction(async (tx) => {
    await refuseSignedOut(tx, ctx);
    const { result, happened, epochs = [], changes = [] } = await work(tx);
    const writing = { organization_id: ctx.organization_id, now: ctx.now() };
    // The log's lock comes last, so that every verb takes its locks in the same order.
    await bumpEpochs(tx, { ...writing, keys: epochs });
    await recordChanges(tx, { ...writing, changes });
    for (const one of [happened].flat()) await appendIn(tx, { ...writing, event: eventOf(ctx, one) });
    await refuseOver(tx, ctx);
    moved = [...epochs, ...changes.map(({ kind, subject }) => ({ scope: kind, subject }))];
    return result;
  });
  // The change feed brings it too, but later: with the answer, the change is in force on this broker.
  ctx.live.forget(moved);
  return result;
}

/**
 * Throws `unauthenticated` where the session that asks was ended since it was asked, or its user has another role: to check an assertion takes
 * long, and who ends a session means that nothing is done with it any more (invariant 12).
 */
export async function refuseSignedOut(tx: Tx, { actor, organization_id }: Ctx): Promise<void> {
  if (actor.kind !== 'user') return;
  const { session_id: id, role } = actor;
  if (await sessionIsOver(tx, { organization_id, id, role })) throw new WritError('unauthenticated');
}

/**
 * Throws where this broker is about to stop: nothing more may be sealed or hashed with a replaced key, nor written into a database that
 * a newer version has migrated.
 */
async function refuseOver(tx: Tx, ctx: Ctx): Promise<void> {
  const why = !(await isVaultKey(tx, ctx))
    ? 'The key-encryption key was replaced.'
    : (await newerVersion(tx, ctx.store)) && 'The database belongs to a newer version of Writ now.';
  if (why) throw new WritError('unavailable', { detail: `${why} Nothing was changed.` });
}

/** Records something that changed nothing, durably: an attempt that failed, an answer that was given. */
export async function record(ctx: Ctx, happened: EventDraft): Promise<void> {
  await ctx.audit.append(eventOf(ctx, happened));
}

/** Records the refusal of a stranger: by itself, or counted with others of its network and minute. */
export async function recordStranger(ctx: Ctx, happened: EventDraft): Promise<void> {
  await ctx.live.refusals.count(ctx.address, eventOf(ctx, happened));
}

/** A request to the admin API that was refused before it was known who asks, or by a route that anybody may call. */
export interface ApiRefusal {
  readonly request_id: string;
  readonly address: string;
  /** The route's id. */
  readonly route: string;
  readonly error: unknown;
}

/** Counts a refused request where it was refused because of who asks, or for asking too often. Never throws: the request is refused anyway. */
export async function recordApiRefusal(services: Services, refused: ApiRefusal): Promise<void> {
  const { request_id, address, route, error } = refused;
  if (!(error instanceof WritError) || ![401, 403, 429].includes(error.status)) return;
  const { client_id, task_id, jti } = error.extras.holder ?? {};
  const reason = rejectionReason(error);
  const data = { route, ...(reason && { reason }), ...(jti && { jti }), address: inertLine(address, 100) };
  const known = client_id === undefined || task_id === undefined ? {} : { client_id, task_id };
  const event: BrokerEvent = {
    kind: 'api.refused',
    actor: 'anonymous',
    result: error.code,
    request_id,
    ...known,
    data,
  };
  await services.live.refusals.count(address, event).catch((fault: unknown) => {
    services.log.error('refusal_not_recorded', fault, { request_id });
  });
}

/** The event with who did it, in which request, and from where. */
function eventOf(ctx: Ctx, happened: EventDraft): BrokerEvent {
  const { address } = ctx;
  const data = { ...happened.data, ...(address !== '' && { address: inertLine(address, 100) }) };
  return {
    ...happened,
    ...(Object.keys(data).length > 0 && { data }),
    actor: actorName(ctx.actor),
    request_id: ctx.request_id,
  };
}

/** How the log names an actor: `user:<id>`, `client:<id>`, `system` or `anonymous`. */
export function actorName(actor: Actor): string {
  if (actor.kind === 'user') return `user:${actor.user_id}`;
  if (actor.kind === 'automation' || actor.kind === 'token') return `client:${actor.client_id}`;
  return actor.kind === 'system' ? 'system' : 'anonymous';
}

/** The id of the user who makes a thing; for a client, that of its owner. */
export function actorId(actor: AdminActor): string {
  return actor.kind === 'user' ? actor.user_id : actor.owner_id;
}
