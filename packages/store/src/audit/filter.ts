/** Which events of the log are read: their conditions, and how far back one reading may go. */
import type { Effect } from '@writ/core';
import { and, desc, eq, gte, lt, lte, max, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../database.ts';
import { audit_events, audit_head, audit_prunes, RARE_EFFECTS, tellsOf } from '../schema/index.ts';
import { storable } from './event.ts';

/** Which events to read; an absent member does not filter. */
export interface AuditFilter {
  readonly kind?: string;
  readonly actor?: string;
  readonly client_id?: string;
  readonly task_id?: string;
  readonly connection?: string;
  readonly operation?: string;
  /** Of one of its operations. */
  readonly effect?: Effect;
  readonly result?: string;
  readonly request_id?: string;
  /** A part of the entry's text; A and a are the same. */
  readonly text?: string;
  /** Milliseconds, both inclusive. */
  readonly from?: number;
  readonly to?: number;
}

/** A part of the log: from `floor` (included) to `before` (excluded). */
export interface AuditRange {
  readonly floor: number;
  readonly before: number;
}

/** How much later or earlier an entry's moment may be than its place in the log says: clocks of brokers differ, and entries wait. */
const DISORDER = 30_000;

/** Names by which a filter compares a column. */
const COMPARED = ['kind', 'actor', 'client_id', 'task_id', 'connection', 'result', 'request_id'] as const;

/** Columns by which an index finds events, the one that leaves the fewest first. */
const INDEXED = ['request_id', 'task_id', 'client_id', 'kind'] as const;

const firstOperation = sql`(${audit_events.operations}[1])`;

/** The first operation of an event has this name: as the index has it, which knows nothing of events without any. */
const isFirst = (name: string): SQL => sql`${audit_events.operations} is not null and ${firstOperation} = ${name}`;
const hasSeveral = sql`cardinality(${audit_events.operations}) > 1`;

/** The conditions of a filter, but for its operation. */
function conditions({ effect, text, from, to, ...exact }: AuditFilter): SQL[] {
  const wanted: SQL[] = [];
  for (const name of COMPARED) {
    const value = exact[name];
    if (value !== undefined) wanted.push(eq(audit_events[name], storable(value)));
  }
  if (effect !== undefined) wanted.push(tellsOf(effect));
  if (from !== undefined) wanted.push(gte(audit_events.at, from));
  if (to !== undefined) wanted.push(lte(audit_events.at, to));
  if (text !== undefined) wanted.push(...containing(text));
  return wanted;
}

/** The entry holds a text: outside the hash of the entry before it, in which short texts are found by chance. */
function containing(text: string): SQL[] {
  const written = JSON.stringify(text).slice(1, -1);
  const wanted = written.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const lower = (entry: SQL): SQL => sql`strpos(lower(${entry} collate "C"), ${wanted}) > 0`;
  return [lower(sql`event`), lower(sql`replace(event, prev_hash, '')`)];
}

/**
 * The conditions of a filter, as one or two alternatives of which no event meets both. With an operation: it is the first of the event, which an
 * index finds; or one of the others of an event that has several.
 */
export function alternatives({ operation, ...filter }: AuditFilter): readonly SQL[][] {
  const others = conditions(filter);
  if (operation === undefined) return [others];
  const name = storable(operation);
  return [
    [...others, isFirst(name)],
    [
      ...others,
      hasSeveral,
      sql`${firstOperation} <> ${name}`,
      sql`${audit_events.operations} @> array[${name}]::text[]`,
    ],
  ];
}

const ofLog = (organization_id: string, { floor, before }: AuditRange): SQL | undefined =>
  and(eq(audit_events.organization_id, organization_id), lt(audit_events.seq, before), gte(audit_events.seq, floor));

/** The events of a part of the log that meet all conditions. */
export function within(organization_id: string, range: AuditRange, wanted: readonly SQL[]): SQL | undefined {
  return and(ofLog(organization_id, range), ...wanted);
}

/** The whole part of the log in which events of a filter can be: what is there, and was recorded in its time. */
export async function rangeOf(
  db: Db,
  { organization_id, filter, before }: { organization_id: string; filter: AuditFilter; before?: number | undefined },
): Promise<AuditRange> {
  const floor = (await prunedUpTo(db, { organization_id })) + 1;
  const whole = { floor, before: Math.max(floor, before ?? (await lastOf(db, organization_id)) + 1) };
  const { from, to } = filter;
  const first = (at: number) => firstAt(db, { organization_id, ...whole, at });
  return {
    floor: from === undefined ? floor : ((await first(from - DISORDER)) ?? floor),
    before: to === undefined ? whole.before : ((await first(to + DISORDER)) ?? whole.before),
  };
}

async function lastOf(db: Db, organization_id: string): Promise<number> {
  const [head] = await db
    .select({ seq: audit_head.seq })
    .from(audit_head)
    .where(eq(audit_head.organization_id, organization_id));
  return head?.seq ?? 0;
}

/**
 * The first entry of a part that is not of before a moment; found by halving, since entries are written in the order of their moments. Undefined
 * where an entry is missing on the way: then nothing can be left out.
 */
async function firstAt(
  db: Db,
  { organization_id, floor, before, at }: AuditRange & { readonly organization_id: string; readonly at: number },
): Promise<number | undefined> {
  const middle = sql`(floor + before) / 2`;
  const isEarlier = sql`e.at < ${new Date(at).toISOString()}::timestamptz`;
  const rows = await db.select({ floor: sql<string>`floor::text` }).from(
    sql`(with recursive halved (floor, before) as (
        select ${floor}::bigint, ${before}::bigint
        union all
        select case when ${isEarlier} then e.seq + 1 else floor end, case when ${isEarlier} then before else e.seq end
        from halved join ${audit_events} e on e.organization_id = ${organization_id} and e.seq = ${middle}
        where floor < before
      ) select floor from halved where floor >= before) as found`,
  );
  return rows[0] === undefined ? undefined : Number(rows[0].floor);
}

/** A part of the log that is to be read for a filter. */
interface Reading {
  readonly organization_id: string;
  readonly filter: AuditFilter;
  readonly range: AuditRange;
  /** How many entries at most are to be read that are not wanted; with `counts_all`, how many in all. */
  readonly most: number;
  readonly counts_all?: boolean;
}

/** Where one reading begins, so that it is bounded. What an index alone finds is else read from the beginning: nothing is read in vain. */
export async function readableFrom(db: Db, reading: Reading): Promise<number> {
  const { organization_id, filter, range, most, counts_all = false } = reading;
  const { from: _, to: __, ...named } = filter;
  const said = Object.values(named).filter((value) => value !== undefined).length;
  if (said === 0 && !counts_all) return range.floor;
  const found = foundBy(named);
  if (found === undefined) return Math.max(range.floor, range.before - most);
  const read = [...(found.several ? [hasSeveral] : []), ...(said > 1 || counts_all ? [found.by] : [])];
  const floors = await Promise.all(read.map((which) => afterNewest(db, { organization_id, range, which, most })));
  return Math.max(range.floor, ...floors);
}

/** The condition by which an index finds events of a filter. `several`: those of several operations must be looked through, too. */
function foundBy(filter: AuditFilter): { readonly by: SQL; readonly several?: boolean } | undefined {
  const column = INDEXED.find((name) => filter[name] !== undefined);
  const byColumn = column && { by: eq(audit_events[column], storable(filter[column] ?? '')) };
  if (column === 'request_id' || column === 'task_id') return byColumn;
  const { operation, effect } = filter;
  if (operation !== undefined) return { by: isFirst(storable(operation)), several: true };
  if (effect !== undefined && RARE_EFFECTS.includes(effect)) return { by: tellsOf(effect) };
  return byColumn;
}

/** The place of the oldest of the `most` newest entries of some sort; 0 where there are no more. */
async function afterNewest(
  db: Db,
  { organization_id, range, which, most }: { organization_id: string; range: AuditRange; which: SQL; most: number },
): Promise<number> {
  const [row] = await db
    .select({ seq: audit_events.seq })
    .from(audit_events)
    .where(within(organization_id, range, [which]))
    .orderBy(desc(audit_events.seq))
    .offset(most)
    .limit(1);
  return row === undefined ? 0 : row.seq + 1;
}

/** The last entry that was pruned; 0 while none was. Entries before it count as removed, also those that are still there. */
export async function prunedUpTo(db: Db, input: { readonly organization_id: string }): Promise<number> {
  const [row] = await db
    .select({ last: max(audit_prunes.last_seq) })
    .from(audit_prunes)
    .where(eq(audit_prunes.organization_id, input.organization_id));
  return Number(row?.last ?? 0);
}
