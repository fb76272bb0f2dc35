import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../database.ts';
import { sessions, sign_in_failures } from '../schema/index.ts';

/** How fast attempts may come: `free` of them, then one each `base`, doubling up to `longest` (ms); forgotten after `memory` (ms). */
export interface Pace {
  readonly free: number;
  readonly base: number;
  readonly longest: number;
  readonly memory: number;
}

/**
 * Takes an attempt, if one may be made now. It counts as failed before it is made, in the same statement that checks, so that a thousand
 * requests at once are not a thousand guesses. Returns 0, or the milliseconds to wait.
 */
export async function takeAttempt(
  db: Db,
  input: { organization_id: string; subject: string; now: number; pace: Pace },
): Promise<number> {
  const { organization_id, subject, now, pace } = input;
  const at = sql`${new Date(now).toISOString()}::timestamptz`;
  const forgotten = sql`${sign_in_failures.last_at} <= ${at} - ${pace.memory} * interval '1 millisecond'`;
  const rows = await db
    .insert(sign_in_failures)
    .values({ organization_id, subject, count: 1, last_at: now })
    .onConflictDoUpdate({
      target: [sign_in_failures.organization_id, sign_in_failures.subject],
      set: {
        count: sql`case when ${forgotten} then 1 else ${sign_in_failures.count} + 1 end`,
        last_at: sql`greatest(${sign_in_failures.last_at}, ${at})`,
      },
      // Attempts that were made at the same time can arrive out of order, and the clocks of brokers differ: so no time is compared where
      // there is nothing to wait for.
      setWhere: sql`${forgotten} or ${sign_in_failures.count} < ${pace.free}
        or ${sign_in_failures.last_at} + ${waitOf(pace)} * interval '1 millisecond' <= ${at}`,
    })
    .returning({ count: sign_in_failures.count });
  return rows.length > 0 ? 0 : await timeLeft(db, input);
}

/** The wait after `count` failures, in SQL. */
function waitOf(pace: Pace): SQL {
  return sql`(case when ${sign_in_failures.count} < ${pace.free} then 0
    else least(${pace.longest}, ${pace.base} * power(2, least(${sign_in_failures.count} - ${pace.free}, 30))) end)`;
}

async function timeLeft(
  db: Db,
  input: { organization_id: string; subject: string; now: number; pace: Pace },
): Promise<number> {
  const [row] = await db
    .select({ last_at: sign_in_failures.last_at, wait: sql<number>`${waitOf(input.pace)}`.mapWith(Number) })
    .from(sign_in_failures)
    .where(
      and(eq(sign_in_failures.organization_id, input.organization_id), eq(sign_in_failures.subject, input.subject)),
    );
  return Math.max(1000, (row?.last_at ?? input.now) + (row?.wait ?? 0) - input.now);
}

/** Forgets the failures of a subject, after it has signed in. */
export async function clearSignInFailures(db: Db, input: { organization_id: string; subject: string }): Promise<void> {
  const { organization_id, subject } = input;
  await db
    .delete(sign_in_failures)
    .where(and(eq(sign_in_failures.organization_id, organization_id), eq(sign_in_failures.subject, subject)));
}

/** Tells whether a user has signed in from an address before. */
export async function hasSignedInFrom(
  db: Db,
  input: { organization_id: string; user_id: string; address: string },
): Promise<boolean> {
  const { organization_id, user_id, address } = input;
  const [row] = await db
    .select({ id: sessions.id })
    .from(sessions)
    .where(
      and(eq(sessions.organization_id, organization_id), eq(sessions.user_id, user_id), eq(sessions.address, address)),
    )
    .limit(1);
  return row !== undefined;
}
