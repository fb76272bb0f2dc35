import type { Db } from '../database.ts';
import { used_assertions } from '../schema/index.ts';

/** Uses up an assertion: true for the first to ask, on any broker, false for everybody after (RFC 7523 section 3). */
export async function useAssertion(db: Db, assertion: typeof used_assertions.$inferInsert): Promise<boolean> {
  const rows = await db
    .insert(used_assertions)
    .values(assertion)
    .onConflictDoNothing()
    .returning({ jti: used_assertions.jti });
  return rows.length === 1;
}
