import { type AuditHead, chainEntry, WritError } from '@writ/core';
import type { Result, Statement } from '../database.ts';
import type { EpochKey, EpochVector, EventColumns, PreparedEvent } from './event.ts';
import { issuedStatements, type PreparedToken } from './issued.ts';

/**
 * An event that waits for its batch, the token it tells of, and what to write in the place of both if one of its epochs is no
 * longer the current one.
 */
export interface Pending {
  readonly event: PreparedEvent;
  readonly issued?: PreparedToken;
  readonly epochs?: EpochVector;
  readonly instead?: () => PreparedEvent;
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
 * Locks the head: a transaction that writes events, epochs or changes holds this lock until commit, so there is one writer at a time among
 * all brokers. One that stalls while it holds it is thrown out by the server.
 */
const LOCK = `select seq, hash, pg_current_xact_id()::text as xact,
  set_config('idle_in_transaction_session_timeout', '10s', true) as guard
  from audit_head where organization_id = $1 for update`;

const CHECK = `select e.scope, e.subject, e.epoch from json_to_recordset($2::text::json) as k(scope text, subject text)
  join epochs e on e.organization_id = $1 and e.scope = k.scope and e.subject = k.subject`;

/**
 * Writes nothing unless it runs in the very transaction that locked the head, and the head is as it was then. Each column of all
 * rows is one text, split at line feeds, which no entry and no column has: the server reads that twice as fast as JSON.
 */
const WRITE = `with moved as (
    update audit_head set seq = $2, hash = $3
    where organization_id = $1 and seq = $4 and hash = $5 and pg_current_xact_id()::text = $6
    returning organization_id)
  insert into audit_events (organization_id, seq, event, hash, prev_hash, at, kind, actor, client_id, task_id, connection,
    operations, result, request_id)
  select moved.organization_id, $4 + r.number, r.event, r.hash, r.prev_hash, r.at::timestamp with time zone, r.kind, r.actor,
    r.client_id, r.task_id, r.connection, string_to_array(r.operations, E'\\x02'), r.result, r.request_id
  from moved cross join unnest(${Array.from({ length: 12 }, (_, index) => `string_to_array($${index + 7}::text, E'\\n', E'\\x01')`).join(', ')})
    with ordinality as r(event, hash, prev_hash, at, kind, actor, client_id, task_id, connection, operations, result,
      request_id, number)`;

/** The columns from `at` on, in the order of the statement. */
const COLUMNS = [
  'at',
  'kind',
  'actor',
  'client_id',
  'task_id',
  'connection',
  'operations',
  'result',
  'request_id',
] as const;

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

/**
 * The second round: the statements that record the batch, and what each waiter will be told once it is durable; an error for one
 * whose refusal cannot be written. No statement where there is nothing to record.
 */
export function recordBatch(
  organizationId: string,
  batch: readonly Pending[],
  [locked, checked]: readonly Result[],
): { readonly statements: readonly Statement[]; readonly outcomes: readonly (Appended | WritError)[] } {
  const before = headOf(locked);
  const current = epochsOf(checked);
  const rows = new Rows();
  const issued: PreparedToken[] = [];
  let head: AuditHead = before;
  const outcomes = batch.map((pending) => {
    const stale = pending.epochs ? staleOf(pending.epochs, current) : [];
    const event = stale.length > 0 ? refusalOf(pending) : pending.event;
    if (event instanceof WritError) return event;
    const entry = chainEntry(event.draft, head);
    rows.add(entry.text, entry.head.hash, head.hash, event.columns);
    head = entry.head;
    if (pending.issued && stale.length === 0) issued.push(pending.issued);
    return { ...head, written: stale.length > 0 ? 'instead' : 'event', stale } as const;
  });
  if (rows.count === 0) return { statements: [], outcomes };
  const params = [organizationId, head.seq, head.hash, before.seq, before.hash, before.xact, ...rows.texts()];
  const statements = [...issuedStatements(issued, before.xact), { text: WRITE, params, writes: rows.count }];
  return { statements, outcomes };
}

/** Prepared only now: it is seldom needed. */
function refusalOf({ instead }: Pending): PreparedEvent | WritError {
  try {
    if (instead) return instead();
    throw new TypeError('an event with epochs needs one to record instead');
  } catch (error) {
    return error instanceof WritError ? error : new WritError('internal', { cause: error });
  }
}

/** The rows of a batch, column by column. */
class Rows {
  count = 0;
  readonly #columns: string[][] = Array.from({ length: 3 + COLUMNS.length }, () => []);

  add(event: string, hash: string, prevHash: string, columns: EventColumns): void {
    this.count += 1;
    this.#columns[0]?.push(event);
    this.#columns[1]?.push(hash);
    this.#columns[2]?.push(prevHash);
    for (const [index, name] of COLUMNS.entries()) {
      const value = columns[name];
      this.#columns[index + 3]?.push(typeof value === 'string' ? value : (value?.join('\x02') ?? '\x01'));
    }
  }

  texts(): string[] {
    return this.#columns.map((values) => values.join('\n'));
  }
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
