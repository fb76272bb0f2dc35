/** A call that has to wait for its time: it is held, and Writ sends it itself then (model#hold). */

import { WritError } from '@writ/core';
import { type WaitFacts, Waiting } from '@writ/gateway';
import {
  appendIfCurrent,
  appendIn,
  claimApproval,
  countOwnHolds,
  findOpenHold,
  findSentHold,
  type Hold,
  isVaultKey,
  lockAsking,
  recordChanges,
  type Tx,
} from '@writ/store';
import type { Services } from '../context.ts';
import type { BrokerEvent } from '../event.ts';
import { holdChange, holdCreated, holdId, makeHold } from '../kept/hold.ts';
import { sealRequest } from '../kept/request.ts';
import type { RecordResult } from '../record/authorize.ts';
import { requestEvent } from '../record/request-event.ts';
import type { AskedCall } from './ask.ts';
import { shownOf } from './shown.ts';
import { toldHeld, toldSent } from './told.ts';

/** The most requests of one client that are held without a human's yes: the circuit breaker lets through no more of them in two minutes. */
const MOST = 20;
const RETRY_SECONDS = 60;

/** What holding gave: what its caller is told, or the epochs that have moved, or nothing where the approval could not be used. */
export type HeldCall = { readonly waiting: Waiting } | { readonly stale: RecordResult['stale'] } | undefined;

/** What there is for a request already: an open hold, or what Writ has sent of it within a day. */
export async function heldBefore(services: Services, asked: AskedCall): Promise<WaitFacts | undefined> {
  const { db } = services.store;
  const { act, request, digest } = asked;
  const key = { ...act, task_id: request.caller.task_id, digest };
  const open = await findOpenHold(db, key);
  if (open !== undefined) return toldHeld(services, open);
  const sent = await findSentHold(db, key);
  return sent === undefined ? undefined : toldSent(services, sent);
}

/** Ends a transaction that must leave nothing behind. */
class Undone extends Error {
  readonly result: HeldCall;

  constructor(result: HeldCall) {
    super('not held');
    this.result = result;
  }
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
  const row = { ...rowOf(asked), id, approval_id: approval_id ?? null, shown: JSON.parse(JSON.stringify(shown)) };
  try {
    const hold = await services.store.transaction((tx) => insertIn(services, tx, { asked, row, sealed }));
    services.live.forget([{ scope: 'hold', subject: hold.id }]);
    return { waiting: new Waiting(toldHeld(services, hold)) };
  } catch (error) {
    if (error instanceof Undone) return error.result;
    throw error;
  }
}

interface Insertion {
  readonly asked: AskedCall;
  readonly row: Parameters<typeof makeHold>[1];
  readonly sealed: Parameters<typeof makeHold>[2];
}

async function insertIn(services: Services, tx: Tx, { asked, row, sealed }: Insertion): Promise<Hold> {
  const { organization_id } = services;
  const { request, act, digest, call } = asked;
  const { client_id, task_id } = request.caller;
  const { approval_id } = row;
  const key = { organization_id, client_id, task_id, digest };
  if (call.isGone?.() === true) throw new Undone(undefined);
  if (approval_id !== null) {
    const claim = { ...key, id: approval_id, used_by: row.id };
    if ((await claimApproval(tx, claim)) === undefined) throw new Undone(undefined);
  } else await demandPlace(tx, asked);
  const hold = await makeHold(tx, row, sealed);
  if (hold === undefined) {
    const open = await findOpenHold(tx, { ...act, ...key });
    throw new Undone(open && { waiting: new Waiting(toldHeld(services, open)) });
  }
  const writing = { organization_id, now: services.now() };
  const by = { hold_id: hold.id, ...(approval_id !== null && { approval_id }) };
  const event = requestEvent({ ...request, by }, services.deriveKey('audit_digest'), 'held');
  const { stale } = await appendIfCurrent(tx, { ...writing, event, epochs: request.epochs });
  if (stale.length > 0) throw new Undone({ stale });
  const who = { actor: `client:${client_id}`, request_id: request.request_id };
  const created: BrokerEvent = { ...holdCreated(hold, request.connection.slug), ...who };
  if (approval_id !== null) await appendIn(tx, { ...writing, event: { ...created, kind: 'approval.used' } });
  await appendIn(tx, { ...writing, event: created });
  const changes = [holdChange(hold), ...(approval_id === null ? [] : [{ kind: 'approval', subject: approval_id }])];
  await recordChanges(tx, { ...writing, changes });
  if (!(await isVaultKey(tx, services)))
    throw new WritError('unavailable', { detail: 'The key-encryption key was replaced. Nothing is held.' });
  return hold;
}

/** Throws `WritError` (`rate_limited`) where as much of a client is held as may be: each keeps its bytes, and people look at them. */
async function demandPlace(tx: Tx, { act }: AskedCall): Promise<void> {
  await lockAsking(tx, act);
  if ((await countOwnHolds(tx, act)) < MOST) return;
  const detail = `As many requests of this client as may be held are held already: ${MOST}. Wait until one is sent, or take one back.`;
  throw new WritError('rate_limited', { detail, retry_after: RETRY_SECONDS });
}

function rowOf({ request, digest, parts, act }: AskedCall) {
  const { caller, connection, decision, resolved, request_id } = request;
  const { client_id, act_chain, task_id, jti } = caller;
  const reached = resolved.operations.flatMap(({ environments }) => environments);
  const grant_ids = [...new Set(decision.pairs.flatMap((pair) => pair.grant_ids))].join(' ');
  const is_protected = String(reached.some(({ kind }) => kind === 'protected'));
  return {
    ...{ client_id, act_chain, task_id, jti, connection_id: connection.id, request_id, digest },
    // Who may release it depends on these.
    parts: { ...parts, grant_ids, is_protected },
    ...{ minutes: decision.hold_minutes, ...act },
  };
}
