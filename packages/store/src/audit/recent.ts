import { and, desc, eq, getTableColumns, gte, inArray, or, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import type { Db } from '../database.ts';
import { audit_events, IS_REFUSED } from '../schema/index.ts';
import type { LoggedEvent } from './list.ts';

/** How many calls of one client are read at most. */
const MOST = 1_000;

/** What a client was allowed to rename of late. */
export interface RenamingEvents {
  /** The entries, newest first. */
  readonly events: readonly string[];
  /** True where there are more than are read. */
  readonly more: boolean;
}

/** The entries of the last 7 days, by the database's clock, of calls in which a client gave one of these a new name: `kind:id`, inert. */
export async function renamingEvents(
  db: Db,
  input: { readonly organization_id: string; readonly client_id: string; readonly targets: readonly string[] },
): Promise<RenamingEvents> {
  if (input.targets.length === 0) return { events: [], more: false };
  const named = input.targets.map((target) => sql`strpos(event, ${`"target":${JSON.stringify(target)}`}) > 0`);
  const rows = await db
    .select({ event: audit_events.event })
    .from(audit_events)
    .where(
      and(
        eq(audit_events.organization_id, input.organization_id),
        eq(audit_events.client_id, input.client_id),
        sql`strpos(event, '"renames":[{') > 0`,
        sql`${audit_events.at} > now() - interval '7 days'`,
        eq(audit_events.kind, 'request.allowed'),
        or(...named),
      ),
    )
    .orderBy(desc(audit_events.at))
    .limit(MOST + 1);
  return { events: rows.slice(0, MOST).map(({ event }) => event), more: rows.length > MOST };
}

/**
 * The newest entries of each of these kinds since a moment (ms), at most `limit` of each; in no order. `about`: only those whose data has
 * this text under this name.
 */
export async function recentOfKinds(
  db: Db,
  input: {
    readonly organization_id: string;
    readonly kinds: readonly string[];
    readonly since: number;
    readonly limit: number;
    readonly about?: readonly [name: string, text: string];
  },
): Promise<LoggedEvent[]> {
  const about = input.about?.map((text) => JSON.stringify(text)).join(':');
  const { organization_id: _, prev_hash: __, ...columns } = getTableColumns(audit_events);
  const ofKind = (kind: string) =>
    db
      .select(columns)
      .from(audit_events)
      .where(
        and(
          eq(audit_events.organization_id, input.organization_id),
          eq(audit_events.kind, kind),
          gte(audit_events.at, input.since),
          about === undefined ? undefined : sql`strpos(event, ${about}) > 0`,
        ),
      )
      .orderBy(desc(audit_events.seq))
      .limit(input.limit);
  const [first, second, ...others] = input.kinds.map(ofKind);
  if (first === undefined) return [];
  return await (second === undefined ? first : unionAll(first, second, ...others));
}

/** The newest refusals of a client's requests and token requests since a moment (ms), newest first. */
export async function recentRefusals(
  db: Db,
  input: {
    readonly organization_id: string;
    readonly client_id: string;
    readonly since: number;
    readonly limit: number;
  },
): Promise<readonly { readonly request_id: string; readonly event: string }[]> {
  const { organization_id, client_id, since, limit } = input;
  const rows = await db
    .select({ request_id: audit_events.request_id, event: audit_events.event })
    .from(audit_events)
    .where(
      and(
        eq(audit_events.organization_id, organization_id),
        eq(audit_events.client_id, client_id),
        IS_REFUSED,
        gte(audit_events.at, since),
      ),
    )
    .orderBy(desc(audit_events.at))
    .limit(limit);
  return rows.flatMap(({ request_id, event }) => (request_id === null ? [] : [{ request_id, event }]));
}

/** Kinds of entries that say how a call was decided. */
const DECIDED = ['request.allowed', 'request.waiting', 'request.refused'];

/** The last decided calls of a task, newest first, each with how it ended where that is recorded. */
export async function lastDecided(
  db: Db,
  input: { readonly organization_id: string; readonly task_id: string; readonly most: number },
): Promise<readonly { readonly decided: string; readonly ended: string | undefined }[]> {
  const { organization_id, task_id, most } = input;
  const columns = { event: audit_events.event, request_id: audit_events.request_id };
  const own = eq(audit_events.organization_id, organization_id);
  const decided = await db
    .select(columns)
    .from(audit_events)
    .where(and(own, eq(audit_events.task_id, task_id), inArray(audit_events.kind, DECIDED)))
    .orderBy(desc(audit_events.seq))
    .limit(most);
  const ids = decided.flatMap(({ request_id }) => request_id ?? []);
  if (ids.length === 0) return decided.map(({ event }) => ({ decided: event, ended: undefined }));
  // All entries of these requests, which are few: asked for by kind too, a database that knows little of the table reads all ends there are.
  const entries = await db
    .select({ ...columns, kind: audit_events.kind })
    .from(audit_events)
    .where(and(own, inArray(audit_events.request_id, ids)));
  const ended = entries.filter(({ kind }) => kind === 'request.ended');
  const ends = new Map(ended.map(({ request_id, event }) => [request_id, event]));
  return decided.map(({ event, request_id }) => ({ decided: event, ended: ends.get(request_id) }));
}
