/** What people are reminded of before it expires: each once, by whichever broker is there. Every moment is one of the database's clock. */
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Tx } from '../../database.ts';
import { approvals, holds } from '../../schema/index.ts';
import { type Hold, isKept } from './holds.ts';
import type { Approval } from './votes.ts';

/** How long before its end people are reminded. */
const BEFORE = sql`interval '1 hour'`;

interface Due {
  readonly organization_id: string;
  readonly limit: number;
}

/** Notes that people are reminded of requests for approval that wait and expire within an hour, at most `limit` of them; returns them. */
export async function remindOfApprovals(tx: Tx, { organization_id, limit }: Due): Promise<readonly Approval[]> {
  const due = tx
    .select({ id: approvals.id })
    .from(approvals)
    .where(
      and(
        eq(approvals.organization_id, organization_id),
        eq(approvals.state, 'pending'),
        isNull(approvals.reminded_at),
        sql`${approvals.expires_at} > now() and ${approvals.expires_at} <= now() + ${BEFORE}`,
      ),
    )
    .orderBy(approvals.id)
    .limit(limit)
    .for('update', { skipLocked: true });
  return await tx
    .update(approvals)
    .set({ reminded_at: sql`now()` })
    .where(and(eq(approvals.organization_id, organization_id), inArray(approvals.id, due)))
    .returning();
}

/** The same for holds that wait for a human's release: they are refused when their request is not kept any more. */
export async function remindOfHolds(tx: Tx, { organization_id, limit }: Due): Promise<readonly Hold[]> {
  const due = tx
    .select({ id: holds.id })
    .from(holds)
    .where(
      and(
        eq(holds.organization_id, organization_id),
        eq(holds.state, 'waiting'),
        eq(holds.waits_for_release, true),
        isNull(holds.reminded_at),
        isKept(sql`k.erase_at <= now() + ${BEFORE}`),
      ),
    )
    .orderBy(holds.id)
    .limit(limit)
    .for('update', { skipLocked: true });
  return await tx
    .update(holds)
    .set({ reminded_at: sql`now()` })
    .where(and(eq(holds.organization_id, organization_id), inArray(holds.id, due)))
    .returning();
}
