/** A call that has to wait for its time: it is held, and Writ sends it itself then (model#hold). */

import { WritError } from '@writ/core';
import { type WaitFacts, Waiting } from '@writ/gateway';
import { claimApproval, countOwnHolds, findOpenHold, getApproval, type Hold, lockAsking, type Tx } from '@writ/store';
import type { Services } from '../context.ts';
import type { BrokerEvent } from '../event.ts';
import { holdChange, holdCreated, holdId, makeHold } from '../kept/hold.ts';
import { sealRequest } from '../kept/request.ts';
import type { RecordResult } from '../record/authorize.ts';
import { undoable } from '../undoable.ts';
import { type AskedCall, askingOf, keyOf, rowOf } from './ask.ts';
import { joinNow } from './join.ts';
import { recordWaiting } from './record-waiting.ts';
import { shownOf } from './shown.ts';
import { toldHeld, toldOpen } from './told.ts';

/** The most requests of one client that are held without a human's yes: the circuit breaker lets through no more of them in two minutes. */
const MOST = 20;
const RETRY_SECONDS = 60;

/** What holding gave: what its caller is told, or the epochs that have moved, or nothing where the approval could not be used. */
export type HeldCall = { readonly waiting: Waiting } | { readonly stale: RecordResult['stale'] } | undefined;

/** What its caller is told of the open hold that there is for a request already. */
export async function heldBefore(services: Services, asked: AskedCall): Promise<WaitFacts | undefined> {
  const { store, organization_id } = services;
  const open = await findOpenHold(store.db, keyOf(asked));
  if (open === undefined) return undefined;
  const { approval_id, minutes, waits_for_release } = open;
  if (approval_id === null || minutes > 0 || waits_for_release) return toldHeld(services, open);
  const approval = await getApproval(store.db, { organization_id, id: approval_id });
  // Writ is sending it: whoever waits for that gets the answer.
  return approval === undefined ? toldHeld(services, open) : toldOpen(services, approval, 'approval_pending');
}

/**
 * Holds a call. `approval_id`: the approval that it uses up. Throws `WritError` (`rate_limited`) where too much of its client is held that no
 * human has said yes to.
 */
export async function holdCall(
  services: Services,
  asked: AskedCall,
  approval_id: string | undefined,
): Promise<HeldCall> {
  const { call, token, request, described, digest, act } = asked;
  const { caller, connection } = request;
  const id = holdId(services);
  const waiting = { call, token, connection: connection.slug, client_kind: caller.client_kind };
  const sealed = await sealRequest(services, { id: approval_id ?? id, waiting });
  const shown = await shownOf(services, { request, described, approval: { ...act, id, digest } });
  const facts = { minutes: request.decision.hold_minutes, shown: JSON.parse(JSON.stringify(shown)) };
  const asking = await askingOf(services, asked);
  const row = { ...rowOf(asked), ...asking, ...facts, id, approval_id: approval_id ?? null };
  const held = await undoable<Hold, HeldCall>(services.store, (tx, undo) =>
    insertIn(services, { tx, undo }, { asked, row, sealed }),
  );
  if ('undone' in held) return held.undone;
  services.live.forget([{ scope: 'hold', subject: id }]);
  return { waiting: new Waiting(toldHeld(services, held.done)) };
}

interface Insertion {
  readonly asked: AskedCall;
  readonly row: Parameters<typeof makeHold>[1];
  readonly sealed: Parameters<typeof makeHold>[2];
}

async function insertIn(
  services: Services,
  { tx, undo }: { readonly tx: Tx; readonly undo: (held: HeldCall) => Error },
  { asked, row, sealed }: Insertion,
): Promise<Hold> {
  const { request, call } = asked;
  const { approval_id } = row;
  const key = keyOf(asked);
  if (call.isGone?.() === true) throw undo(undefined);
  if (approval_id !== null) {
    const claim = { ...key, id: approval_id, used_by: row.id };
    await joinNow(tx, claim);
    if ((await claimApproval(tx, claim)) === undefined) throw undo(undefined);
  } else await demandPlace(tx, asked);
  const hold = await makeHold(tx, row, sealed);
  if (hold === undefined) {
    const open = await findOpenHold(tx, key);
    throw undo(open && { waiting: new Waiting(toldHeld(services, open)) });
  }
  const by = { hold_id: hold.id, ...(approval_id !== null && { approval_id }) };
  const who = { actor: `client:${hold.client_id}`, request_id: request.request_id };
  const created: BrokerEvent = { ...holdCreated(hold, request.connection.slug), ...who };
  const stale = await recordWaiting(services, tx, {
    request: { ...request, by },
    code: 'held',
    happened: [...(approval_id === null ? [] : [{ ...created, kind: 'approval.used' } as const]), created],
    changes: [holdChange(hold), ...(approval_id === null ? [] : [{ kind: 'approval', subject: approval_id }])],
    otherwise: 'Nothing is held.',
  });
  if (stale.length > 0) throw undo({ stale });
  return hold;
}

/** Throws `WritError` (`rate_limited`) where as much of a client is held as may be: each keeps its bytes, and people look at them. */
async function demandPlace(tx: Tx, { act }: AskedCall): Promise<void> {
  await lockAsking(tx, act);
  if ((await countOwnHolds(tx, act)) < MOST) return;
  const detail = `As many requests of this client as may be held are held already: ${MOST}. Wait until one is sent, or take one back.`;
  throw new WritError('rate_limited', { detail, retry_after: RETRY_SECONDS });
}
