import { eq } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { checkpoint_keys } from '../schema/index.ts';

export type CheckpointKey = typeof checkpoint_keys.$inferSelect;

/** The key that signs checkpoints; undefined before the first one. */
export async function findCheckpointKey(
  db: Db,
  input: { readonly organization_id: string },
): Promise<CheckpointKey | undefined> {
  const [key] = await db
    .select()
    .from(checkpoint_keys)
    .where(eq(checkpoint_keys.organization_id, input.organization_id));
  return key;
}

/** Keeps the key, unless there is one, and returns the one there is: with several brokers, that of the first. */
export async function insertCheckpointKey(tx: Tx, key: CheckpointKey): Promise<CheckpointKey> {
  await tx.insert(checkpoint_keys).values(key).onConflictDoNothing();
  return (await findCheckpointKey(tx, key)) ?? key;
}
