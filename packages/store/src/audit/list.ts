import type { AuditHead } from '@writ/core';
import {
  and,
  arrayContains,
  asc,
  desc,
  eq,
  getTableColumns,
  gt,
  gte,
  inArray,
  lt,
  lte,
  max,
  type SQL,
} from 'drizzle-orm';
import type { Db } from '../database.ts';
import { audit_events, audit_head, audit_prunes } from '../schema/index.ts';
import { storable } from './event.ts';

/** How many rows one page may read when no index serves the filter. The page is then short, and its cursor continues after them. */
const WINDOW = 50_000;

/** Which events to list; an absent member does not filter. */
export interface AuditFilter {
  readonly kind?: string;
  readonly actor?: string;
  readonly client_id?: string;
  readonly task_id?: string;
  readonly connection?: string;
  readonly operation?: string;
  readonly result?: string;
  readonly request_id?: string;
  /** Milliseconds, both inclusive. */
  readonly from?: number;
  readonly to?: number;
}

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
  const { organization_id, filter = {}, limit } = input;
  const before = input.before ?? (await auditHead(db, { organization_id })).seq + 1;
  const pruned = await prunedUpTo(db, { organization_id });
  const floor = isIndexed(filter) ? pruned + 1 : Math.max(pruned + 1, before - WINDOW);
  const items = await db
    .select(listed)
    .from(audit_events)
    .where(
      and(
        eq(audit_events.organization_id, organization_id),
        lt(audit_events.seq, before),
        gte(audit_events.seq, floor),
        ...conditions(filter),
      ),
    )
    .orderBy(desc(audit_events.seq))
    .limit(limit);
  const last = items.at(-1)?.seq;
  if (items.length === limit && last !== undefined) return { items, next: last > pruned + 1 ? last : undefined };
  return { items, next: floor > pruned + 1 ? floor : undefined };
}

function isIndexed({ kind, client_id, task_id, request_id }: AuditFilter): boolean {
  return (kind ?? client_id ?? task_id ?? request_id) !== undefined;
}

function conditions({ operation, from, to, ...exact }: AuditFilter): SQL[] {
  const wanted: SQL[] = [];
  for (const name of ['kind', 'actor', 'client_id', 'task_id', 'connection', 'result', 'request_id'] as const) {
    const value = exact[name];
    if (value !== undefined) wanted.push(eq(audit_events[name], storable(value)));
  }
  if (operation !== undefined) wanted.push(arrayContains(audit_events.operations, [storable(operation)]));
  if (from !== undefined) wanted.push(gte(audit_events.at, from));
  if (to !== undefined) wanted.push(lte(audit_events.at, to));
  return wanted;
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

/** The last entry that was pruned; 0 while none was. Entries before it count as removed, also those that are still there. */
export async function prunedUpTo(db: Db, input: { readonly organization_id: string }): Promise<number> {
  const [row] = await db
    .select({ last: max(audit_prunes.last_seq) })
    .from(audit_prunes)
    .where(eq(audit_prunes.organization_id, input.organization_id));
  return Number(row?.last ?? 0);
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

/**
 * Streams the exact text of each entry as a line of NDJSON, oldest first: those after `after`, up to `until` or, without it, up to
 * the end that the log had when the export began. Holds at most one batch in memory.
 */
export async function* exportAuditEvents(
  db: Db,
  input: { organization_id: string; after?: number; until?: number | undefined; batch?: number },
): AsyncGenerator<string, void, undefined> {
  const { organization_id, batch = 500 } = input;
  const head = await auditHead(db, { organization_id });
  const end = Math.min(head.seq, input.until ?? head.seq);
  for (let seq = Math.max(input.after ?? 0, await prunedUpTo(db, { organization_id })); seq < end; ) {
    const rows = await db
      .select(listed)
      .from(audit_events)
      .where(
        and(eq(audit_events.organization_id, organization_id), gt(audit_events.seq, seq), lte(audit_events.seq, end)),
      )
      .orderBy(asc(audit_events.seq))
      .limit(batch);
    for (const { event } of rows) yield event;
    seq = rows.at(-1)?.seq ?? end;
  }
}
