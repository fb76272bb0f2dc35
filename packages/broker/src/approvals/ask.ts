/** How a human is asked about a request: once for the same request, and not more than people can look at. */
import { type Described, makeId, type PartName, WritError } from '@writ/core';
import type { DecidedCall, WaitFacts } from '@writ/gateway';
import {
  type Act,
  type Approval,
  cancelApproval,
  countAsks,
  type Db,
  endedOperations,
  expireApproval,
  findCoolingDenial,
  findOpenApproval,
  insertAsk,
  keepBody,
  lockAsking,
  type NewAsk,
  type Tx,
} from '@writ/store';
import type { VerifiedAccessToken } from '@writ/tokens';
import type { Services } from '../context.ts';
import { sealRequest } from '../kept/request.ts';
import type { RecordResult } from '../record/authorize.ts';
import type { DecidedRequest, KeptParts } from '../record/digest.ts';
import { grounds, requestersOf, whoMay } from '../requesters/who.ts';
import { undoable } from '../undoable.ts';
import { expiredEvent, requestedEvent } from './events.ts';
import { recordWaiting } from './record-waiting.ts';
import { shownOf } from './shown.ts';
import { toldAnew, toldDenied, toldEnded, toldNobody, toldOpen } from './told.ts';

/** The most requests for approval of one client that wait, and of these for the same act. */
const MOST = { all: 10, same: 2 };
const KEPT_SECONDS = 24 * 3600;
const RETRY_SECONDS = 60;

/** A call that a human is asked about, with all by which it is compared. */
export interface AskedCall {
  readonly call: DecidedCall;
  readonly token: VerifiedAccessToken;
  readonly request: DecidedRequest;
  readonly described: Described;
  readonly digest: string;
  readonly parts: KeptParts;
  readonly act: Act;
}

/** What was approved before, and is no longer what the request is. */
export interface Overtaken {
  readonly approval: Approval;
  readonly changed: readonly PartName[];
  /** True if it shows what is no longer so: then it ends with this. */
  readonly ends: boolean;
}

/** What asking gave. */
export type Asked =
  | { readonly facts: WaitFacts; readonly recorded: boolean }
  | { readonly stale: RecordResult['stale'] };

/**
 * Asks a human, unless the same was asked or denied before, or nobody could say yes. Throws `WritError` (`rate_limited`) where too much of
 * the client waits for an answer.
 */
export async function ask(services: Services, asked: AskedCall, overtaken: Overtaken | undefined): Promise<Asked> {
  const { store, organization_id } = services;
  const { request, act } = asked;
  const refused = await refusalOf(services, store.db, { act, overtaken });
  if (refused !== undefined) return { facts: refused, recorded: false };
  const asking = await askingOf(services, asked);
  const { approvers, nobody } = await whoMay(store.db, { ...asking, organization_id, kind: 'request' });
  if (approvers.length === 0) return { facts: toldNobody(nobody ?? 'nobody could approve it'), recorded: false };
  const id = makeId('approval', { now: services.now(), randomBytes: services.randomBytes });
  const shown = await shownOf(services, {
    request,
    described: asked.described,
    approval: { ...act, id, digest: asked.digest },
  });
  const waiting = { call: asked.call, connection: request.connection.slug, client_kind: request.caller.client_kind };
  const sealed = await sealRequest(services, { id, waiting: { ...waiting, token: asked.token } });
  const { hold_minutes } = request.decision;
  const made = { id, kind: 'request', hold_minutes, shown: JSON.parse(JSON.stringify(shown)) } as const;
  const row = { ...rowOf(asked), ...asking, ...made } satisfies NewAsk;
  return await insert(services, { asked, overtaken, row, sealed });
}

/** Who asks, and what it takes. */
export async function askingOf({ store, organization_id }: Services, { request }: AskedCall) {
  const { caller, decision } = request;
  const ground = grounds(request);
  const { grant_ids } = ground;
  const client_ids = [...new Set([caller.client_id, ...caller.act_chain])];
  return {
    ...ground,
    requesters: await requestersOf(store.db, { organization_id, client_ids, grant_ids }),
    quorum: decision.quorum ?? 1,
  };
}

/** The columns that a request has as an approval and as a hold. */
export function rowOf({ request, digest, parts, act }: AskedCall) {
  const { caller, connection, request_id } = request;
  const { act_chain, task_id, jti } = caller;
  return { act_chain, task_id, jti, connection_id: connection.id, request_id, digest, parts, ...act };
}

/** What the same request has in common, however often it comes. */
export function keyOf({ act, request, digest }: AskedCall) {
  return { ...act, task_id: request.caller.task_id, digest };
}

/** Why nobody is asked, counted over all tasks of the client; undefined where somebody may be. */
async function refusalOf(
  services: Services,
  db: Db,
  { act, overtaken }: { readonly act: Act; readonly overtaken: Overtaken | undefined },
): Promise<WaitFacts | undefined> {
  const room = overtaken?.ends === true && overtaken.approval.state === 'pending' ? 1 : 0;
  const why = await whyNotAsked(db, { act, kind: 'request', room });
  if (why === undefined) return undefined;
  return 'denied' in why ? toldDenied(services, why.denied) : toldEnded(why.ended);
}

/** Why nobody is asked about an act: it was denied just now, or its operations too often. */
type NotAsked = { readonly denied: Approval } | { readonly ended: readonly string[] };

/**
 * Why nobody is asked, counted over all tasks of the client; undefined where somebody may be. `room`: how many that wait will end with this one.
 * Throws `WritError` (`rate_limited`) where too many wait.
 */
export async function whyNotAsked(
  db: Db,
  { act, kind, room }: { readonly act: Act; readonly kind: Approval['kind']; readonly room: number },
): Promise<NotAsked | undefined> {
  const denied = await findCoolingDenial(db, act);
  if (denied !== undefined) return { denied };
  const ended = await endedOperations(db, act, kind);
  if (ended.length > 0) return { ended };
  const { all, same } = await countAsks(db, act);
  if (all - room < MOST.all && same - room < MOST.same) return undefined;
  const which = all - room < MOST.all ? `${same} of this very act` : `${all} of this client`;
  const detail = `As many requests for approval as may wait for an answer do so already: ${which}.`;
  throw new WritError('rate_limited', { detail, retry_after: RETRY_SECONDS });
}

interface Insertion {
  readonly asked: AskedCall;
  readonly overtaken: Overtaken | undefined;
  readonly row: NewAsk;
  readonly sealed: Awaited<ReturnType<typeof sealRequest>>;
}

async function insert(services: Services, insertion: Insertion): Promise<Asked> {
  const asked = await undoable<WaitFacts, Asked>(services.store, (tx, undo) =>
    insertIn(services, { tx, undo }, insertion),
  );
  if ('undone' in asked) return asked.undone;
  services.live.forget([{ scope: 'approval', subject: insertion.row.id }]);
  return { facts: asked.done, recorded: true };
}

async function insertIn(
  services: Services,
  { tx, undo }: { readonly tx: Tx; readonly undo: (asked: Asked) => Error },
  { asked, overtaken, row, sealed }: Insertion,
): Promise<WaitFacts> {
  const { organization_id } = services;
  const { act, request } = asked;
  await lockAsking(tx, act);
  const expired = await expireApproval(tx, row);
  if (overtaken?.ends === true) await cancelApproval(tx, { organization_id, id: overtaken.approval.id });
  const open = await findOpenApproval(tx, row);
  if (open !== undefined) throw undo({ facts: toldOpen(services, open, 'approval_pending'), recorded: false });
  const refused = await refusalOf(services, tx, { act, overtaken: undefined });
  if (refused !== undefined) throw undo({ facts: refused, recorded: false });
  const approval = await insertAsk(tx, row);
  await keepBody(tx, { organization_id, id: row.id, part: 'request', sealed, keep_seconds: KEPT_SECONDS });
  const facts =
    overtaken === undefined || overtaken.changed.length === 0
      ? toldOpen(services, approval, 'approval_required')
      : toldAnew(services, { asked: approval, before: overtaken.approval, changed: overtaken.changed });
  const who = { connection: request.connection.slug, request_id: request.request_id };
  const actor = `client:${act.client_id}`;
  const stale = await recordWaiting(services, tx, {
    request: { ...request, by: { approval_id: row.id } },
    code: facts.code,
    happened: [
      { ...requestedEvent(approval), ...who, actor },
      ...(expired === undefined ? [] : [{ ...expiredEvent(expired), actor: 'system' }]),
    ],
    changes: [{ kind: 'approval', subject: row.id }],
    otherwise: 'Nobody was asked.',
  });
  if (stale.length > 0) throw undo({ stale });
  return facts;
}
