import { and, eq, lt } from 'drizzle-orm';
import type { Db } from '../database.ts';
import {
  one_time_links,
  sessions,
  sign_in_failures,
  subject_token_uses,
  tokens,
  used_assertions,
} from '../schema/index.ts';

/**
 * Removes rows that have been of no use since before a moment (ms). Only housekeeping: every query that relies on an expiry checks
 * it itself (DESIGN 10.12).
 */
export async function sweepExpired(db: Db, input: { organization_id: string; before: number }): Promise<void> {
  const { organization_id, before } = input;
  for (const table of [used_assertions, subject_token_uses, sessions, one_time_links, tokens] as const) {
    await db.delete(table).where(and(eq(table.organization_id, organization_id), lt(table.expires_at, before)));
  }
  await db
    .delete(sign_in_failures)
    .where(and(eq(sign_in_failures.organization_id, organization_id), lt(sign_in_failures.last_at, before)));
}
