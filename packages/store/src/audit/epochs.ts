import { and, eq, or } from 'drizzle-orm';
import type { Db } from '../database.ts';
import { epochs } from '../schema/index.ts';
import type { EpochKey, EpochVector } from './event.ts';

/**
 * Reads the epochs of the keys, in their order; 0 for one that was never moved. Call it before the rows that the epochs guard are
 * read: otherwise a stop between the two readings would go unnoticed. At most 100 keys.
 */
export async function readEpochs(
  db: Db,
  input: { readonly organization_id: string; readonly keys: readonly EpochKey[] },
): Promise<EpochVector> {
  const { organization_id, keys } = input;
  if (keys.length === 0) return [];
  if (keys.length > 100) throw new TypeError('at most 100 epochs are read at once');
  const wanted = or(...keys.map(({ scope, subject }) => and(eq(epochs.scope, scope), eq(epochs.subject, subject))));
  const rows = await db
    .select()
    .from(epochs)
    .where(and(eq(epochs.organization_id, organization_id), wanted));
  return keys.map(({ scope, subject }) => ({
    scope,
    subject,
    epoch: rows.find((row) => row.scope === scope && row.subject === subject)?.epoch ?? 0,
  }));
}
