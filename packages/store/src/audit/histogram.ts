import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../database.ts';
import { audit_events } from '../schema/index.ts';
import { type AuditFilter, alternatives, rangeOf, readableFrom, within } from './filter.ts';

/** How many entries are counted at once. */
const MOST_COUNTED = 200_000;

const count = (which: SQL) => sql<number>`(count(*) filter (where ${which}))::integer`;
const isWaiting = sql`kind = 'request.waiting'`;

/** What is counted: calls by what became of them, and all events. */
const COUNTS = {
  all: count(sql`true`),
  allowed: count(sql`kind = 'request.allowed'`),
  refused: count(sql`kind = 'request.refused'`),
  asked: count(sql`${isWaiting} and result is distinct from 'held'`),
  held: count(sql`${isWaiting} and result = 'held'`),
};

/** How many events a part of a time has. */
export type AuditCount = Readonly<Record<keyof typeof COUNTS, number>>;

/** How many events there are in each of a number of equal parts of a time. */
export interface AuditCounts {
  /** By the number of the part, from 0; parts without events are left out. */
  readonly parts: ReadonlyMap<number, AuditCount>;
  /** Where there is more than is counted at once: the moment (ms) from which on all is counted. */
  readonly counted_from?: number;
}

/** Counts the events of a filter in parts of `width` milliseconds, the first of which begins at `filter.from`. */
export async function countAuditEvents(
  db: Db,
  input: { organization_id: string; filter: AuditFilter & { readonly from: number }; width: number },
): Promise<AuditCounts> {
  const { organization_id, filter, width } = input;
  const whole = await rangeOf(db, { organization_id, filter });
  const readable = { organization_id, filter, range: whole, most: MOST_COUNTED, counts_all: true };
  const range = { ...whole, floor: await readableFrom(db, readable) };
  const begin = sql`${new Date(filter.from).toISOString()}::timestamptz`;
  const part = sql<number>`floor(extract(epoch from ${audit_events.at} - ${begin})::float8 * 1000 / ${width}::float8)::integer`;
  const parts = new Map<number, AuditCount>();
  for (const wanted of alternatives(filter)) {
    const rows = await db
      .select({ part: part.as('part'), ...COUNTS })
      .from(audit_events)
      .where(within(organization_id, range, wanted))
      .groupBy(sql`part`);
    for (const { part: at, ...counts } of rows) parts.set(at, sum(parts.get(at), counts));
  }
  const counted_from =
    range.floor > whole.floor ? await momentOf(db, { organization_id, seq: range.floor }) : undefined;
  return { parts, ...(counted_from !== undefined && { counted_from }) };
}

function sum(one: AuditCount | undefined, other: AuditCount): AuditCount {
  if (one === undefined) return other;
  const names = Object.keys(COUNTS) as (keyof AuditCount)[];
  return Object.fromEntries(names.map((name) => [name, one[name] + other[name]])) as AuditCount;
}

async function momentOf(
  db: Db,
  { organization_id, seq }: { organization_id: string; seq: number },
): Promise<number | undefined> {
  const [row] = await db
    .select({ at: audit_events.at })
    .from(audit_events)
    .where(and(eq(audit_events.organization_id, organization_id), eq(audit_events.seq, seq)));
  return row?.at;
}
