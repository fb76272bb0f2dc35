import type { AuditHead } from '@writ/core';
import { and, asc, desc, eq, getTableColumns, gt, inArray, lte } from 'drizzle-orm';
import type { Db } from '../database.ts';
import { audit_events, audit_head } from '../schema/index.ts';
import { type AuditFilter, alternatives, prunedUpTo, rangeOf, readableFrom, within } from './filter.ts';

/** How many entries that are not wanted one page may read. The page is then short, and its cursor continues after them. */
const MOST_READ = 50_000;

export interface AuditListing {
  readonly items: readonly { readonly seq: number; readonly hash: string; readonly event: string }[];
  /** The `before` of the next page; undefined at the end. */
  readonly next: number | undefined;
}

const listed = { seq: audit_events.seq, hash: audit_events.hash, event: audit_events.event };

/** Lists events, newest first, those before `before`. A page may be shorter than `limit`, even empty, and still have a `next`. */
export async function listAuditEvents(
  db: Db,
  input: { organization_id: string; filter?: AuditFilter; before?: number; limit: number },
): Promise<AuditListing> {
  const { organization_id, filter = {}, before, limit } = input;
  const whole = await rangeOf(db, { organization_id, filter, before });
  const floor = await readableFrom(db, { organization_id, filter, range: whole, most: MOST_READ });
  const found: AuditListing['items'][number][] = [];
  for (const wanted of alternatives(filter)) {
    const rows = await db
      .select(listed)
      .from(audit_events)
      .where(within(organization_id, { ...whole, floor }, wanted))
      .orderBy(desc(audit_events.seq))
      .limit(limit);
    found.push(...rows);
  }
  const items = found.sort((one, other) => other.seq - one.seq).slice(0, limit);
  const last = items.at(-1)?.seq;
  const end = items.length === limit && last !== undefined ? last : floor;
  return { items, next: end > whole.floor ? end : undefined };
}

/** An entry with the columns by which the log can be filtered. */
export type LoggedEvent = Omit<typeof audit_events.$inferSelect, 'organization_id' | 'prev_hash'>;

/** Entries after `after` and up to `until`, of all kinds or of these, oldest first. */
export async function loggedAfter(
  db: Db,
  input: { organization_id: string; after: number; until: number; kinds?: readonly string[]; limit: number },
): Promise<LoggedEvent[]> {
  const { organization_id, after, until, kinds, limit } = input;
  const { organization_id: _, prev_hash: __, ...columns } = getTableColumns(audit_events);
  return await db
    .select(columns)
    .from(audit_events)
    .where(
      and(
        eq(audit_events.organization_id, organization_id),
        gt(audit_events.seq, after),
        lte(audit_events.seq, until),
        kinds === undefined ? undefined : inArray(audit_events.kind, [...kinds]),
      ),
    )
    .orderBy(asc(audit_events.seq))
    .limit(limit);
}

/** Where the log ends now. */
export async function auditHead(db: Db, input: { organization_id: string }): Promise<AuditHead> {
  const [head] = await db
    .select({ seq: audit_head.seq, hash: audit_head.hash })
    .from(audit_head)
    .where(eq(audit_head.organization_id, input.organization_id));
  if (!head) throw new TypeError(`there is no organization ${input.organization_id}`);
  return head;
}

/** How a batch of an export is read: at once, or in its turn. */
type ReadBatch = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Streams the exact text of each entry as a line of NDJSON, oldest first: those after `after`, up to `until` or, without it, up to
 * the end that the log had when the export began. Holds at most one batch in memory, each of which is read by `read`.
 */
export async function* exportAuditEvents(
  db: Db,
  input: { organization_id: string; after?: number; until?: number | undefined; batch?: number; read?: ReadBatch },
): AsyncGenerator<string, void, undefined> {
  const { organization_id, batch = 500, read = (work) => work() } = input;
  const head = await auditHead(db, { organization_id });
  const end = Math.min(head.seq, input.until ?? head.seq);
  for (let seq = Math.max(input.after ?? 0, await prunedUpTo(db, { organization_id })); seq < end; ) {
    const after = seq;
    const rows = await read(async () => await batchOf(db, { organization_id, after, end, batch }));
    for (const { event } of rows) yield event;
    seq = rows.at(-1)?.seq ?? end;
  }
}

function batchOf(
  db: Db,
  { organization_id, after, end, batch }: { organization_id: string; after: number; end: number; batch: number },
) {
  return db
    .select(listed)
    .from(audit_events)
    .where(
      and(eq(audit_events.organization_id, organization_id), gt(audit_events.seq, after), lte(audit_events.seq, end)),
    )
    .orderBy(asc(audit_events.seq))
    .limit(batch);
}
