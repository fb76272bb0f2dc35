import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { Tx } from '../database.ts';
import { approval_votes, organizations, users } from '../schema/index.ts';

/** Locks the organization until the transaction ends: for rules about all of something (the last owner, the list of guardrails). */
export async function lockOrganization(tx: Tx, input: { organization_id: string }): Promise<void> {
  await tx
    .select({ id: organizations.organization_id })
    .from(organizations)
    .where(eq(organizations.organization_id, input.organization_id))
    .for('update');
}

/**
 * Locks those who voted on an approval until the transaction ends: a change of their role, or their removal, either waits for it, or is seen
 * by its next statement. To be called before `hasQuorum` is asked for something that is then sent.
 */
export async function lockVoters(
  tx: Tx,
  { organization_id, approval_id }: { readonly organization_id: string; readonly approval_id: SQL },
): Promise<void> {
  const voters = sql`select ${approval_votes.user_id} from ${approval_votes}
    where ${approval_votes.organization_id} = ${organization_id} and ${approval_votes.approval_id} = ${approval_id}`;
  await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.organization_id, organization_id), sql`${users.id} in (${voters})`))
    .orderBy(users.id)
    .for('share');
}
