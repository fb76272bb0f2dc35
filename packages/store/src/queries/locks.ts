import { eq } from 'drizzle-orm';
import type { Tx } from '../database.ts';
import { organizations } from '../schema/index.ts';

/** Locks the organization until the transaction ends: for rules about all of something (the last owner, the list of guardrails). */
export async function lockOrganization(tx: Tx, input: { organization_id: string }): Promise<void> {
  await tx
    .select({ id: organizations.organization_id })
    .from(organizations)
    .where(eq(organizations.organization_id, input.organization_id))
    .for('update');
}
