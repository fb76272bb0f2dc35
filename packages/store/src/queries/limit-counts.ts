import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { limit_counts } from '../schema/index.ts';

/** One limit of a client, and the task of the call: a limit per task counts by it. */
export interface LimitPlace {
  readonly organization_id: string;
  readonly client_id: string;
  readonly task_id: string;
  /** What the limit means, as a digest. */
  readonly limit_key: string;
  readonly per: 'task' | 'hour' | 'day' | 'week';
}

/** What a call uses of a limit, of which at most `most` is let through in a period. */
export interface LimitUse extends LimitPlace {
  readonly adds: number;
  readonly most: number;
}

/** The beginning of each period by the database's own time, UTC; weeks begin on Monday. */
const BEGINS = {
  hour: sql`date_trunc('hour', now() at time zone 'UTC')`,
  day: sql`date_trunc('day', now() at time zone 'UTC')`,
  week: sql`date_trunc('week', now() at time zone 'UTC')`,
} as const;

const ENDS = {
  hour: sql`(${BEGINS.hour} + interval '1 hour') at time zone 'UTC'`,
  day: sql`(${BEGINS.day} + interval '1 day') at time zone 'UTC'`,
  week: sql`(${BEGINS.week} + interval '1 week') at time zone 'UTC'`,
} as const;

function periodOf({ per, task_id }: LimitPlace): SQL {
  return per === 'task' ? sql`${task_id}` : sql`to_char(${BEGINS[per]}, 'YYYY-MM-DD"T"HH24')`;
}

/**
 * Counts what a call uses, for the transaction that records that it is to be forwarded. Returns the first limit of which not enough is left:
 * then the caller must roll back. The rows are taken in the order of their keys, so that two calls never wait for each other; call this
 * before the log is written. A limit that is checked and counted in one statement holds on any number of brokers.
 */
export async function useLimits(tx: Tx, uses: readonly LimitUse[]): Promise<LimitUse | undefined> {
  const ordered = uses.toSorted((a, b) => (a.limit_key < b.limit_key ? -1 : 1));
  for (const use of ordered) if (use.adds > use.most || !(await count(tx, use))) return use;
  return undefined;
}

async function count(tx: Tx, use: LimitUse): Promise<boolean> {
  const { organization_id, client_id, limit_key, per, adds, most } = use;
  const key = { organization_id, client_id, limit_key, period: periodOf(use) };
  const rows = await tx
    .insert(limit_counts)
    .values({ ...key, used: adds, ends_at: per === 'task' ? null : ENDS[per] })
    .onConflictDoUpdate({
      target: [limit_counts.organization_id, limit_counts.client_id, limit_counts.limit_key, limit_counts.period],
      set: { used: sql`${limit_counts.used} + excluded.used` },
      setWhere: sql`${limit_counts.used} + excluded.used <= ${most}`,
    })
    .returning({ used: limit_counts.used });
  return rows.length > 0;
}

/** How much of a limit is used in its present period. */
export async function limitUsed(db: Db | Tx, place: LimitPlace): Promise<number> {
  const { organization_id, client_id, limit_key } = place;
  const [row] = await db
    .select({ used: limit_counts.used })
    .from(limit_counts)
    .where(
      and(
        eq(limit_counts.organization_id, organization_id),
        eq(limit_counts.client_id, client_id),
        eq(limit_counts.limit_key, limit_key),
        eq(limit_counts.period, periodOf(place)),
      ),
    );
  return row?.used ?? 0;
}
