/**
 * The point of no return: the only file that makes an `Authorized`. A client's request gets one after its decision is durable
 * in the audit log; the broker's own question only for what the catalog holds to be a read.
 */
import { type Authorized, type Classified, type ErrorCode, makeId, WritError } from '@writ/core';
import { makeAuthorized } from '@writ/core/authorize';
import { ClientGone, DecidedAgainst, type DecidedCall, type GatewayConnection } from '@writ/gateway';
import { type EpochKey, noteGrantUses, type Tx } from '@writ/store';
import type { Services } from '../context.ts';
import type { BrokerEvent } from '../event.ts';
import { countedOf, countRefused, recordDestroying } from '../freeze/breaker.ts';
import { countLimits, demandLimits, LimitReached } from '../limits/count.ts';
import type { DecidedRequest } from './digest.ts';
import { rememberUses, usesToNote } from './grant-uses.ts';
import { goingOnEvent, requestEvent, staleEvent } from './request-event.ts';

/** What authorizing works with. */
export type AuthorizeContext = Services;

/** What recording gave. `stale`: epochs that moved meanwhile; then a refusal was recorded in its place. */
export interface RecordResult {
  /** Only for a call that may be sent, with no epoch stale. */
  readonly authorized?: Authorized;
  readonly stale: readonly EpochKey[];
}

/**
 * Records a decision, waits until it is durable, and returns the proof for `allow`. Throws `WritError`: `unavailable` when it could not be
 * recorded, `frozen` where the circuit breaker has stopped its task. Throws `DecidedAgainst` where a limit of a grant is used up, or would be
 * by what would wait for a human: then that refusal was recorded. `code` is what a call is refused with that waits for a human.
 */
export async function authorize(
  ctx: AuthorizeContext,
  request: DecidedRequest,
  code?: ErrorCode,
): Promise<RecordResult> {
  if (request.decision.result === 'wait') await demandRoom(ctx, request);
  return await withinLimits(ctx, request, () => authorizeDecided(ctx, request, code));
}

/** Records a call that Writ has sent itself already, so that no limit has anything to say of it. `code`: what its caller is told. */
export async function recordRepeated(
  ctx: AuthorizeContext,
  request: DecidedRequest,
  code: ErrorCode,
): Promise<RecordResult> {
  return await authorizeDecided(ctx, request, code);
}

/** Throws `DecidedAgainst` where a limit would refuse what waits for a human, once it were approved: that refusal is recorded then. */
export async function demandRoom(ctx: AuthorizeContext, request: DecidedRequest): Promise<void> {
  const { decision, caller } = request;
  await withinLimits(ctx, request, async () => {
    await demandLimits(ctx, { decision, task_id: caller.task_id });
    return { stale: [] };
  });
}

/** Where a limit refuses the call, nothing of it was recorded: that refusal is, and thrown as `DecidedAgainst`. */
async function withinLimits(
  ctx: AuthorizeContext,
  request: DecidedRequest,
  work: () => Promise<RecordResult>,
): Promise<RecordResult> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LimitReached)) throw error;
    await authorizeDecided(ctx, { ...request, decision: error.decision });
    throw new DecidedAgainst(error.decision);
  }
}

async function authorizeDecided(
  ctx: AuthorizeContext,
  request: DecidedRequest,
  code: ErrorCode | undefined = request.decision.code,
): Promise<RecordResult> {
  const event = requestEvent(request, ctx.deriveKey('audit_digest'), code);
  const isAllowed = request.decision.result === 'allow';
  const used = isAllowed ? usesToNote(ctx, request.decision) : [];
  const { seq, stale } = await recordDecision(ctx, { request, event, code, used });
  if (stale.length > 0 || !isAllowed) return { stale };
  rememberUses(ctx, used);
  return { authorized: authorizedOf(request, seq), stale };
}

function authorizedOf({ request_id, connection, resolved, environments }: DecidedRequest, seq: number): Authorized {
  return makeAuthorized({
    kind: 'request',
    connection_id: connection.id,
    origin: connection.origin,
    environments,
    request_id,
    audit_seq: seq,
    forward: resolved.classified.forward,
  });
}

/**
 * Lets a call go on that had to wait: in one transaction `use` uses up what it waited for, false where there is nothing any more, and the
 * event is recorded on condition that the epochs are current. Without `authorized` nothing was used up and nothing recorded: an epoch is
 * stale, or there was nothing. The call counts against limits in the same transaction. Throws `WritError`: `unavailable` when it could not
 * be recorded, `frozen` where the circuit breaker has stopped its task; and `DecidedAgainst` where a limit is used up, as `authorize` does.
 * `after` runs in the same transaction, once the event is recorded.
 */
export async function authorizeUse(
  ctx: AuthorizeContext,
  request: DecidedRequest,
  use: (tx: Tx) => Promise<boolean>,
  after?: (tx: Tx) => Promise<void>,
): Promise<RecordResult> {
  const { request_id, caller, epochs, resolved } = request;
  const event = goingOnEvent(request, ctx.deriveKey('audit_digest'));
  const counted = countedOf(ctx, { ...caller, request_id, operations: resolved.operations });
  const used = usesToNote(ctx, request.decision);
  return await withinLimits(ctx, request, async () => {
    const useAll = async (tx: Tx): Promise<boolean> => {
      await countOf(ctx, request, used)(tx);
      return await use(tx);
    };
    const { seq, stale } = await recordDestroying(ctx, counted, { event, epochs, use: useAll, after });
    if (seq === 0) return { stale };
    rememberUses(ctx, used);
    return { authorized: authorizedOf(request, seq), stale };
  });
}

/**
 * Counts a call against limits, and notes which grants it used: first in its transaction, so that no call waits for the rows of a limit with
 * the log's lock in its hand.
 */
function countOf(
  ctx: AuthorizeContext,
  { decision, caller }: DecidedRequest,
  used: readonly string[],
): (tx: Tx) => Promise<boolean> {
  return async (tx) => {
    await countLimits(ctx, tx, { decision, task_id: caller.task_id });
    const { organization_id, now } = ctx;
    await noteGrantUses(tx, { organization_id, ids: used, now: now() });
    return true;
  };
}

/** A request whose client has gone uses nothing. */
export function refuseGone({ isGone }: DecidedCall): void {
  if (isGone?.() === true) throw new ClientGone();
}

interface Recording {
  readonly request: DecidedRequest;
  readonly event: BrokerEvent;
  readonly code: ErrorCode | undefined;
  /** The grants whose use is noted with it. */
  readonly used: readonly string[];
}

/** Records the decision: together with others, but for calls that limits or the circuit breaker count. */
async function recordDecision(ctx: AuthorizeContext, { request, event, code, used }: Recording) {
  const { caller, decision, epochs, resolved } = request;
  const refused = decision.result === 'allow' ? undefined : (code ?? 'operation_not_granted');
  const counted = countedOf(ctx, {
    ...caller,
    request_id: request.request_id,
    operations: resolved.operations,
    refused,
  });
  const destroying = counted?.kind === 'destroy' ? counted : undefined;
  const isCounted = refused === undefined && (destroying !== undefined || decision.limits !== undefined);
  const recorded = isCounted
    ? await recordDestroying(ctx, destroying, { event, epochs, use: countOf(ctx, request, used) })
    : undefined;
  if (recorded?.stale.length === 0) return recorded;
  const appended = await ctx.audit.append(event, { epochs, instead: () => staleEvent(event), used });
  const frozen = counted?.kind === 'escalate' ? await countRefused(ctx, counted) : undefined;
  if (frozen !== undefined) throw frozen;
  return appended;
}

/** One of the broker's own questions to a provider. */
export interface OwnQuestion {
  readonly connection: Pick<GatewayConnection, 'id' | 'origin'>;
  readonly classified: Classified;
  /** True of a question that the provider's folder lists as one that also reveals. */
  readonly reveals?: boolean;
}

/** Authorizes the broker's own question. Throws `WritError` (`internal`) for anything that by the catalog does more than it may. */
export function authorizeRead(
  { now, randomBytes }: Pick<Services, 'now' | 'randomBytes'>,
  { connection, classified, reveals = false }: OwnQuestion,
): Authorized {
  const { forward, operations } = classified;
  const worse = operations.find(({ effect }) => effect !== 'read' && !(reveals && effect === 'reveal'));
  if (worse !== undefined || operations.length === 0) {
    throw new WritError('internal', {
      cause: new Error(`a question of the broker's own is not a read: ${worse?.name}`),
    });
  }
  const { id: connection_id, origin } = connection;
  const request_id = makeId('request', { now: now(), randomBytes });
  return makeAuthorized({ kind: 'read', connection_id, origin, environments: [], request_id, forward });
}
