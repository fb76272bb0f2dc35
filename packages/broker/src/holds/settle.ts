/** The records of what became of holds: those that this broker has tried, and those that nobody is there for any more. */
import { type AuditResult, defined, ERROR_CODES } from '@writ/core';
import {
  cancelApprovalsOf,
  endHold,
  eraseKeptBody,
  expireHolds,
  findOutcome,
  giveBackHold,
  type Hold,
  type HoldEnd,
  hasOpenHolds,
  keepBody,
  keepBodyLonger,
  keepFrozen,
  parkHolds,
  refuseStoppedHolds,
  type Tx,
  takeAbandonedHolds,
} from '@writ/store';
import { cancelledEvent } from '../approvals/events.ts';
import { change, type EventDraft } from '../audit/record.ts';
import type { Ctx, SystemActor } from '../context.ts';
import { ANSWER_KEPT, sealAnswer } from '../kept/answer.ts';
import { holdChange, holdEvent } from '../kept/hold.ts';
import { keptIdOf } from '../kept/request.ts';
import type { Attempted } from './execute.ts';

/** How long a broker may be silent before what it has claimed counts as abandoned, in milliseconds. */
const SILENT = 60_000;

/** For how long a hold waits for a human's release, in seconds. */
const RELEASABLE = 24 * 3600;

/** Records what came of an attempt, in one transaction with what is kept of it. Throws `WritError` (`unavailable`). */
export async function settleHold(ctx: Ctx<SystemActor>, hold: Hold, attempted: Attempted): Promise<void> {
  const { organization_id, live } = ctx;
  const claimed = { organization_id, id: hold.id, broker_id: live.underway.broker_id };
  if ('back' in attempted) {
    const { back, detail } = attempted;
    const release = back !== 'claim';
    await change(ctx, async (tx) => {
      const given = await giveBackHold(tx, { ...claimed, release, detail });
      if (!given || !release) return { result: undefined, happened: [], changes: [holdChange(hold)] };
      return { result: undefined, happened: await paused(tx, hold, detail), changes: [holdChange(hold)] };
    });
    return;
  }
  const { end, answered } = attempted;
  const id = keptIdOf(hold);
  const sealed = answered && (await sealAnswer(ctx, id, answered));
  const settled = await change(ctx, async (tx) => {
    const ended = await endHold(tx, { ...claimed, end });
    if (ended === undefined) return { result: false, happened: [] };
    if (sealed !== undefined) {
      await keepBody(tx, { organization_id, id, part: 'answer', sealed, keep_seconds: ANSWER_KEPT });
    }
    return { result: true, happened: await over(tx, ended), changes: [holdChange(hold)] };
  });
  if (!settled)
    ctx.log.warn('hold_not_ours', { reason: 'it was cancelled, or taken for one of a broker that is gone' });
}

/** Erases the request of a hold that has ended, and returns the event. */
async function over(tx: Tx, hold: Hold): Promise<EventDraft> {
  const { organization_id, state, status, code, detail, executed_as } = hold;
  await eraseKeptBody(tx, { organization_id, id: keptIdOf(hold), part: 'request' });
  const data = defined({
    executed_as: executed_as ?? undefined,
    status: status ?? undefined,
    detail: detail ?? undefined,
  });
  const kind = state === 'executed' ? 'hold.executed' : state === 'unknown' ? 'hold.unknown' : 'hold.refused';
  return holdEvent(kind, { hold, result: resultOf(state, code), data });
}

function resultOf(state: Hold['state'], code: string | null): AuditResult {
  if (state === 'executed') return 'answered';
  return ERROR_CODES.find((each) => each === code) ?? 'unknown';
}

/** Keeps the request of a hold that waits for a human, and returns the event. */
async function paused(tx: Tx, hold: Hold, detail: string): Promise<EventDraft> {
  const { organization_id } = hold;
  await keepBodyLonger(tx, { organization_id, id: keptIdOf(hold), part: 'request', keep_seconds: RELEASABLE });
  return holdEvent('hold.paused', { hold, data: { detail } });
}

const OVERTAKEN = 'Something was frozen while it waited, or Writ was not running when its time was over.';

/**
 * Looks after holds that nobody else looks after: ends those that can never be sent, lets those wait for a human of which the time did not
 * simply run out, ends those that have waited for that too long, and settles what brokers had claimed that are gone.
 */
export async function tendHolds(ctx: Ctx<SystemActor>): Promise<void> {
  const { organization_id, store } = ctx;
  if (!(await hasOpenHolds(store.db, { organization_id }))) return;
  await change(ctx, async (tx) => {
    const happened: EventDraft[] = [];
    // First: what can never be sent waits for nobody's release.
    const stopped = await refuseStopped(tx, organization_id);
    const parked = await parkHolds(tx, { organization_id });
    await keepFrozen(tx, { organization_id, keep_seconds: RELEASABLE });
    for (const hold of parked) happened.push(await paused(tx, hold, OVERTAKEN));
    // After that: the requests of those that wait for a human from now on are kept longer.
    const expired = await expireHolds(tx, { organization_id });
    for (const hold of expired) happened.push(await over(tx, hold));
    const abandoned = await takeAbandonedHolds(tx, {
      organization_id,
      broker_id: ctx.live.underway.broker_id,
      silent_ms: ctx.store.kind === 'embedded' ? 0 : SILENT,
    });
    for (const hold of abandoned) happened.push(...(await settleAbandoned(tx, hold)));
    const changes = [...stopped.changes, ...[...parked, ...expired, ...abandoned].map(holdChange)];
    return { result: undefined, happened: [...stopped.happened, ...happened], changes };
  });
}

/** What the transaction that ends something that waits has to record of it, and to tell. */
interface Ended {
  readonly happened: EventDraft[];
  readonly changes: { readonly kind: string; readonly subject: string }[];
}

/**
 * Ends all that waits for what is gone, in the transaction that ends it: nobody is asked for it any more, and what is held is not sent. After
 * its tokens were revoked.
 */
export async function endWaiting(tx: Tx, of: Parameters<typeof cancelApprovalsOf>[1]): Promise<Ended> {
  const asked = await cancelApprovalsOf(tx, of);
  const held = await refuseStopped(tx, of.organization_id);
  return {
    happened: [...asked.map(cancelledEvent), ...held.happened],
    changes: [...asked.map(({ id }) => ({ kind: 'approval', subject: id })), ...held.changes],
  };
}

/**
 * Refuses the holds that can never be sent, since somebody ended their task, revoked their token or deleted their connection, in the
 * transaction of that.
 */
export async function refuseStopped(tx: Tx, organization_id: string): Promise<Ended> {
  const holds = await refuseStoppedHolds(tx, { organization_id });
  const happened: EventDraft[] = [];
  for (const hold of holds) happened.push(await over(tx, hold));
  return { happened, changes: holds.map(holdChange) };
}

/** Settles a hold whose broker is gone: it goes back only if it was never marked as being sent. */
async function settleAbandoned(tx: Tx, hold: Hold): Promise<EventDraft[]> {
  const { organization_id, id, claimed_by, executed_as } = hold;
  const claimed = { organization_id, id, broker_id: claimed_by ?? '' };
  if (executed_as === null) {
    await giveBackHold(tx, { ...claimed, release: false, detail: null });
    return [];
  }
  const ended = await endHold(tx, { ...claimed, end: await endOf(tx, { organization_id, request_id: executed_as }) });
  return ended === undefined ? [] : [await over(tx, ended)];
}

/** How a request ended that was sent for a hold, by its own record, which may be there although the hold's is not. */
async function endOf(
  tx: Tx,
  request: { readonly organization_id: string; readonly request_id: string },
): Promise<HoldEnd> {
  const status = await findOutcome(tx, request);
  const lost = 'Its answer was lost, since the broker that sent it is gone.';
  if (status === undefined) return { state: 'unknown', code: 'upstream_outcome_unknown', detail: lost };
  return { state: 'executed', status, detail: lost };
}
