import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '../database.ts';
import { sign_in_failures } from '../schema/index.ts';

export type SignInFailures = typeof sign_in_failures.$inferSelect;

/** Counts a failed sign-in against each subject, from 1 again where the last was more than `window_ms` ago. */
export async function recordSignInFailure(
  db: Db,
  input: { organization_id: string; subjects: readonly string[]; now: number; window_ms: number },
): Promise<void> {
  const { organization_id, subjects, now, window_ms } = input;
  if (subjects.length === 0) return;
  const forgotten = new Date(now - window_ms).toISOString();
  await db
    .insert(sign_in_failures)
    // In one order everywhere: two sign-ins that fail at once must not wait for each other.
    .values([...new Set(subjects)].sort().map((subject) => ({ organization_id, subject, count: 1, last_at: now })))
    .onConflictDoUpdate({
      target: [sign_in_failures.organization_id, sign_in_failures.subject],
      set: {
        count: sql`case when ${sign_in_failures.last_at} < ${forgotten} then 1 else ${sign_in_failures.count} + 1 end`,
        last_at: now,
      },
    });
}

/** The failures counted against the subjects. */
export async function readSignInFailures(
  db: Db,
  input: { organization_id: string; subjects: readonly string[] },
): Promise<readonly SignInFailures[]> {
  const { organization_id, subjects } = input;
  return db
    .select()
    .from(sign_in_failures)
    .where(
      and(eq(sign_in_failures.organization_id, organization_id), inArray(sign_in_failures.subject, [...subjects])),
    );
}

/** Forgets the failures of a subject, after it has signed in. */
export async function clearSignInFailures(db: Db, input: { organization_id: string; subject: string }): Promise<void> {
  const { organization_id, subject } = input;
  await db
    .delete(sign_in_failures)
    .where(and(eq(sign_in_failures.organization_id, organization_id), eq(sign_in_failures.subject, subject)));
}
