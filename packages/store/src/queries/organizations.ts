import { GENESIS_HASH } from '@writ/core';
import type { Tx } from '../database.ts';
import { audit_head, audit_tree, organizations } from '../schema/index.ts';

/** Makes the organization and the beginning of its audit log, unless they are there. */
export async function ensureOrganization(tx: Tx, input: { organization_id: string; now: number }): Promise<void> {
  const { organization_id, now } = input;
  await tx.insert(organizations).values({ organization_id, created_at: now }).onConflictDoNothing();
  await tx
    .insert(audit_head)
    .values({ organization_id, seq: 0, hash: GENESIS_HASH, change_seq: 0 })
    .onConflictDoNothing();
  await tx.insert(audit_tree).values({ organization_id, size: 0, last_hash: GENESIS_HASH }).onConflictDoNothing();
}
