import { type AuditHead, chainEntry, onceFor, WritError } from '@writ/core';
import type { Result, Statement } from '../database.ts';
import { type EpochKey, type EpochVector, type EventColumns, type PreparedEvent, storable } from './event.ts';
import { usesStatement } from './grant-uses.ts';
import { type PreparedToken, rowsOf } from './issued.ts';

/**
 * An event that waits for its batch, the token that it reports as issued, the grants whose use is noted with it, and the refusal to write
 * in the place of all that if one of its epochs is no longer the current one.
 */
export interface PendingEvent {
  readonly event: PreparedEvent;
  readonly issued?: PreparedToken;
  readonly used?: readonly string[];
  readonly epochs?: EpochVector;
  readonly instead?: () => PreparedEvent;
}

/** Where an event was recorded, and which: the event itself, or the one given for the case that its epochs are stale. */
export interface Appended extends AuditHead {
  readonly written: 'event' | 'instead';
  readonly stale: readonly EpochKey[];
}

/**
 * How a batch is recorded: its statements (none where there is nothing to write), where the log ends after them, and the answer that each
 * waiter gets once the batch is durable. The answer is an error for a waiter whose refusal cannot be written.
 */
export interface BatchRecord {
  readonly statements: readonly Statement[];
  readonly head: AuditHead;
  readonly outcomes: readonly (Appended | WritError)[];
}

/**
 * Locks the head: a transaction that writes events, epochs or changes holds this lock until commit, so there is one writer at a time among
 * all brokers. The server ends a transaction that stalls while it holds the lock.
 */
const LOCK = `select seq, hash, pg_current_xact_id()::text as xact,
  set_config('idle_in_transaction_session_timeout', '10s', true) as guard
  from audit_head where organization_id = $1 for update`;

const CHECK = `select e.scope, e.subject, e.epoch from json_to_recordset($2::text::json) as k(scope text, subject text)
  join epochs e on e.organization_id = $1 and e.scope = k.scope and e.subject = k.subject`;

/** The columns of an event from `at` on, in the order of the function's parameters. */
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

/** The function of the database that writes a batch (`drizzle/0016_record_audit_batch.sql`). */
const RECORD = `select record_audit_batch(${Array.from({ length: 12 + COLUMNS.length }, (_, index) => `$${index + 1}`).join(', ')}) as recorded`;

/** The first round: lock the head, then, in a statement of its own, read the epochs that matter. */
export function lockAndCheck(organizationId: string, batch: readonly PendingEvent[]): readonly Statement[] {
  const keys = new Map<string, EpochKey>();
  for (const { epochs } of batch) {
    for (const { scope, subject } of epochs ?? []) keys.set(`${scope}:${subject}`, { scope, subject });
  }
  const lock = { text: LOCK, params: [organizationId] };
  if (keys.size === 0) return [lock];
  return [lock, { text: CHECK, params: [organizationId, JSON.stringify([...keys.values()])] }];
}

/** Where the log ends, as the first round read it. */
export function headOf(locked: Result | undefined): AuditHead {
  const row = locked?.rows[0];
  if (!row) throw new TypeError('the organization has no audit head');
  return { seq: Number(row['seq']), hash: String(row['hash']) };
}

/** The second round, made from the results of the first. It writes only in the transaction of the first. */
export function recordLocked(
  organizationId: string,
  batch: readonly PendingEvent[],
  [locked, checked]: readonly Result[],
): BatchRecord {
  const before = headOf(locked);
  const xact = String(locked?.rows[0]?.['xact']);
  const current = new Map(checked?.rows.map((row) => [`${row['scope']}:${row['subject']}`, Number(row['epoch'])]));
  const stale = ({ epochs }: PendingEvent): readonly EpochKey[] => staleOf(epochs ?? [], current);
  return chained(batch, before, { stale, begin: [organizationId, xact], relied: null });
}

/** True where a batch takes two rounds in any case: it does more than the one statement of the only round. */
export function needsTwoRounds(batch: readonly PendingEvent[]): boolean {
  return batch.some(({ used }) => used !== undefined);
}

/**
 * The only round, used where this writer knows how the log ends. It assumes that every epoch is current. If the log ends otherwise or
 * an epoch has moved, it writes nothing, and `wasRecorded` is false of its result.
 */
export function recordAfter(organizationId: string, batch: readonly PendingEvent[], head: AuditHead): BatchRecord {
  return chained(batch, head, { stale: () => NONE, begin: [organizationId, null], relied: reliedOf(batch) });
}

const NONE: readonly EpochKey[] = [];

/** Whether the round that `recordAfter` made has written its batch. */
export function wasRecorded({ rows: [row] }: Result): boolean {
  return row?.['recorded'] === true;
}

/** How a batch is checked: which keys of a waiter have moved as far as is known, and what the database is to compare itself. */
interface Checks {
  readonly stale: (pending: PendingEvent) => readonly EpochKey[];
  /** The organization, and the transaction that holds the lock if there is one. */
  readonly begin: readonly [string, string | null];
  readonly relied: string | null;
}

function chained(batch: readonly PendingEvent[], before: AuditHead, { stale, begin, relied }: Checks): BatchRecord {
  const rows = new Rows();
  const issued: PreparedToken[] = [];
  const used = new Set<string>();
  let head = before;
  const outcomes = batch.map((pending) => {
    const moved = stale(pending);
    const event = moved.length > 0 ? refusalOf(pending) : pending.event;
    if (event instanceof WritError) return event;
    const entry = chainEntry(event.draft, head);
    rows.add(entry.text, entry.head.hash, head.hash, event.columns);
    head = entry.head;
    if (pending.issued && moved.length === 0) issued.push(pending.issued);
    if (moved.length === 0) for (const id of pending.used ?? []) used.add(id);
    return { ...head, written: moved.length > 0 ? 'instead' : 'event', stale: moved } as const;
  });
  if (rows.count === 0) return { statements: [], head, outcomes };
  const ends = [before.seq, before.hash, head.seq, head.hash];
  const params = [...begin, ...ends, relied, ...rowsOf(issued), ...rows.texts()];
  const recording = { text: RECORD, params };
  if (used.size === 0) return { statements: [recording], head, outcomes };
  const now = Math.max(...batch.map(({ event }) => Date.parse(event.columns.at)));
  const [organization_id] = begin;
  return { statements: [recording, usesStatement({ organization_id, ids: [...used], now })], head, outcomes };
}

/** Every epoch that the batch relies on, each listed once. */
function reliedOf(batch: readonly PendingEvent[]): string {
  const lines = new Set<string>();
  for (const { epochs } of batch) if (epochs !== undefined) for (const line of linesOf(epochs)) lines.add(line);
  return [...lines].join('\n');
}

/**
 * Epochs as the database reads them, a line each. Calls by one token rely on the very same list, so it is written once. Throws `WritError`
 * (`internal`) where a subject could be read as two.
 */
export const linesOf = onceFor((epochs: EpochVector): readonly string[] => {
  if (epochs.some(({ subject }) => storable(subject) !== subject))
    throw new WritError('internal', { detail: 'An event cannot rely on what has a name like this.' });
  return epochs.map(({ scope, subject, epoch }) => `${scope}\x02${subject}\x02${epoch}`);
});

/** The refusal is prepared only here, because it is seldom needed. */
function refusalOf({ instead }: PendingEvent): PreparedEvent | WritError {
  try {
    if (instead) return instead();
    throw new TypeError('an event with epochs needs one to record instead');
  } catch (error) {
    return error instanceof WritError ? error : new WritError('internal', { cause: error });
  }
}

/** The rows of a batch, column by column. A column is one text, split at line feeds: no value holds a line feed. */
class Rows {
  count = 0;
  readonly #columns: readonly string[][] = Array.from({ length: 3 + COLUMNS.length }, () => []);

  add(event: string, hash: string, prevHash: string, columns: EventColumns): void {
    this.count += 1;
    this.#columns[0]?.push(event);
    this.#columns[1]?.push(hash);
    this.#columns[2]?.push(prevHash);
    for (let index = 0; index < COLUMNS.length; index += 1) {
      const value = columns[COLUMNS[index] ?? 'at'];
      this.#columns[index + 3]?.push(typeof value === 'string' ? value : (value?.join('\x02') ?? '\x01'));
    }
  }

  texts(): string[] {
    return this.#columns.map((values) => values.join('\n'));
  }
}

/** A subject without a row is at epoch 0. */
function staleOf(vector: EpochVector, current: ReadonlyMap<string, number>): readonly EpochKey[] {
  return vector
    .filter(({ scope, subject, epoch }) => (current.get(`${scope}:${subject}`) ?? 0) !== epoch)
    .map(({ scope, subject }) => ({ scope, subject }));
}
