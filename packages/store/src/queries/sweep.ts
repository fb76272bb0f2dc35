import { and, eq, exists, isNull, lt, or, sql } from 'drizzle-orm';
import type { Db } from '../database.ts';
import {
  breaker_counts,
  limit_counts,
  one_time_links,
  sessions,
  sign_in_failures,
  subject_token_uses,
  tasks,
  tokens,
  used_assertions,
} from '../schema/index.ts';
import { eraseKeptBodies } from './waiting/kept-bodies.ts';
import { oldestWaiting } from './waiting/oldest.ts';

/** What is swept up. Times in milliseconds. */
export interface SweepBounds {
  readonly organization_id: string;
  /** Rows that were of no use before this moment are removed. */
  readonly before: number;
  /** The same for used assertions and proofs, and for what the circuit breaker counted: many come, and nobody looks at them any more. */
  readonly used_before: number;
}

/**
 * Removes rows that have been of no use for long enough. Only housekeeping: every query that relies on an expiry checks it itself
 * (invariant 12).
 */
export async function sweepExpired(db: Db, { organization_id, before, used_before }: SweepBounds): Promise<void> {
  await db
    .delete(used_assertions)
    .where(and(eq(used_assertions.organization_id, organization_id), lt(used_assertions.expires_at, used_before)));
  await db
    .delete(breaker_counts)
    .where(and(eq(breaker_counts.organization_id, organization_id), lt(breaker_counts.at, used_before)));
  await eraseKeptBodies(db, { organization_id });
  await db.delete(limit_counts).where(and(eq(limit_counts.organization_id, organization_id), isOver(db, before)));
  for (const table of [subject_token_uses, sessions, one_time_links] as const) {
    await db.delete(table).where(and(eq(table.organization_id, organization_id), lt(table.expires_at, before)));
  }
  const bound = sql`least(${new Date(before).toISOString()}::timestamptz, ${oldestWaiting(organization_id)})`;
  await db.delete(tokens).where(and(eq(tokens.organization_id, organization_id), sql`${tokens.expires_at} < ${bound}`));
  await db
    .delete(sign_in_failures)
    .where(and(eq(sign_in_failures.organization_id, organization_id), lt(sign_in_failures.last_at, before)));
}

/** What was counted in a period that is past, or by a task that has ended. */
function isOver(db: Db, before: number) {
  const hasEnded = or(lt(tasks.ends_at, before), lt(tasks.ended_at, before));
  const ofThis = and(eq(tasks.organization_id, limit_counts.organization_id), eq(tasks.id, limit_counts.period));
  const ended = db.select({ one: sql`1` }).from(tasks).where(and(ofThis, hasEnded));
  return or(lt(limit_counts.ends_at, before), and(isNull(limit_counts.ends_at), exists(ended)));
}
