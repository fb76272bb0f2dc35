/** How much waits for people. Every moment is one of the database's clock. */
import { and, desc, eq, notExists, sql } from 'drizzle-orm';
import type { Db } from '../../database.ts';
import { approval_votes, approvals, holds } from '../../schema/index.ts';
import { countedTo, only } from '../page.ts';
import type { Approval } from './votes.ts';

/** A request that waits for a yes, as far as it says who may give it. */
export type WaitingApproval = Pick<
  Approval,
  'organization_id' | 'id' | 'kind' | 'client_id' | 'act_chain' | 'grant_ids' | 'requesters' | 'protected' | 'quorum'
>;

/** Requests that wait for a yes and that a user has not said yes to, newest first. */
export async function listUnanswered(
  db: Db,
  { organization_id, user_id, limit }: { organization_id: string; user_id: string; limit: number },
): Promise<readonly WaitingApproval[]> {
  const { kind, client_id, act_chain, grant_ids, requesters, protected: isProtected, quorum } = approvals;
  const said = db
    .select({ user_id: approval_votes.user_id })
    .from(approval_votes)
    .where(
      and(
        eq(approval_votes.organization_id, organization_id),
        eq(approval_votes.approval_id, approvals.id),
        eq(approval_votes.user_id, user_id),
      ),
    );
  return await db
    .select({
      ...{ organization_id: approvals.organization_id, id: approvals.id, kind, client_id, act_chain, grant_ids },
      ...{ requesters, protected: isProtected, quorum },
    })
    .from(approvals)
    .where(
      and(
        eq(approvals.organization_id, organization_id),
        eq(approvals.state, 'pending'),
        sql`${approvals.expires_at} > now()`,
        notExists(said),
      ),
    )
    .orderBy(desc(approvals.id))
    .limit(limit);
}

/** How many holds wait for their time or for a release, not counted beyond `most`. */
export async function countWaitingHolds(
  db: Db,
  { organization_id, most }: { readonly organization_id: string; readonly most: number },
): Promise<number> {
  const waiting = and(eq(holds.organization_id, organization_id), eq(holds.state, 'waiting'));
  return only(await db.select({ count: countedTo(most, holds, waiting) }).from(sql`(values (1)) as one`)).count;
}
