import { type AuditHead, chainEntry } from '@writ/core';
import type { Result, Statement } from '../database.ts';
import type { EpochKey, EpochVector, PreparedEvent } from './event.ts';

/** An event that waits for its batch, and what to write in its place if one of its epochs is no longer the current one. */
export interface Pending {
  readonly event: PreparedEvent;
  readonly epochs?: EpochVector;
  readonly instead?: PreparedEvent;
}

/** Where an event was recorded, and whether it was the event itself or, its epochs being stale, what was given instead. */
export interface Appended extends AuditHead {
  readonly written: 'event' | 'instead';
  readonly stale: readonly EpochKey[];
}

/** The head as it was found, and the transaction that holds its lock. */
interface LockedHead extends AuditHead {
  readonly xact: string;
}

/**
 * Locks the head: whoever writes events, epochs or changes holds this lock until commit, so there is one writer at a time among all
 * brokers. One that stalls while it holds it is thrown out by the server.
 */
const LOCK = `select seq, hash, pg_current_xact_id()::text as xact,
  set_config('idle_in_transaction_session_timeout', '10s', true) as guard
  from audit_head where organization_id = $1 for update`;

const CHECK = `select e.scope, e.subject, e.epoch from json_to_recordset($2::text::json) as k(scope text, subject text)
  join epochs e on e.organization_id = $1 and e.scope = k.scope and e.subject = k.subject`;

/** Writes nothing unless it runs in the very transaction that locked the head, and the head is as it was then. */
const WRITE = `with moved as (
    update audit_head set seq = $2, hash = $3
    where organization_id = $1 and seq = $4 and hash = $5 and pg_current_xact_id()::text = $6
    returning organization_id)
  insert into audit_events (organization_id, seq, event, hash, prev_hash, at, kind, actor, client_id, task_id, connection,
    operations, result, request_id)
  select moved.organization_id, r.* from moved cross join json_to_recordset($7::text::json) as r(seq bigint, event text,
    hash text, prev_hash text, at timestamp with time zone, kind text, actor text, client_id text, task_id text,
    connection text, operations text[], result text, request_id text)`;

/** The first round: lock the head, then, in a statement of its own, read the epochs that matter. */
export function lockAndCheck(organizationId: string, batch: readonly Pending[]): readonly Statement[] {
  const keys = new Map<string, EpochKey>();
  for (const { epochs } of batch) {
    for (const { scope, subject } of epochs ?? []) keys.set(`${scope}:${subject}`, { scope, subject });
  }
  const lock = { text: LOCK, params: [organizationId] };
  if (keys.size === 0) return [lock];
  return [lock, { text: CHECK, params: [organizationId, JSON.stringify([...keys.values()])] }];
}

/** The second round: the statement that records the batch, and what each waiter will be told once it is durable. */
export function recordBatch(
  organizationId: string,
  batch: readonly Pending[],
  [locked, checked]: readonly Result[],
): { readonly statement: Statement; readonly appended: readonly Appended[] } {
  const before = headOf(locked);
  const current = epochsOf(checked);
  const rows: object[] = [];
  const appended: Appended[] = [];
  let head: AuditHead = before;
  for (const pending of batch) {
    const stale = staleOf(pending.epochs ?? [], current);
    const { draft, columns } = stale.length > 0 ? (pending.instead ?? pending.event) : pending.event;
    const entry = chainEntry(draft, head);
    rows.push({ ...columns, seq: entry.head.seq, event: entry.text, hash: entry.head.hash, prev_hash: head.hash });
    head = entry.head;
    appended.push({ ...head, written: stale.length > 0 ? 'instead' : 'event', stale });
  }
  const params = [organizationId, head.seq, head.hash, before.seq, before.hash, before.xact, JSON.stringify(rows)];
  return { statement: { text: WRITE, params, writes: rows.length }, appended };
}

function headOf(locked: Result | undefined): LockedHead {
  const row = locked?.rows[0];
  if (!row) throw new TypeError('the organization has no audit head');
  return { seq: Number(row['seq']), hash: String(row['hash']), xact: String(row['xact']) };
}

function epochsOf(checked: Result | undefined): ReadonlyMap<string, number> {
  return new Map(checked?.rows.map((row) => [`${row['scope']}:${row['subject']}`, Number(row['epoch'])]));
}

/** A subject without a row is at epoch 0. */
function staleOf(vector: EpochVector, current: ReadonlyMap<string, number>): readonly EpochKey[] {
  return vector
    .filter(({ scope, subject, epoch }) => (current.get(`${scope}:${subject}`) ?? 0) !== epoch)
    .map(({ scope, subject }) => ({ scope, subject }));
}
