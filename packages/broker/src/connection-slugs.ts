import { type Db, getConnection } from '@writ/store';
import type { Ctx } from './context.ts';

/** The slugs of the connections that are named, by id; without those that were removed. `db`: a transaction, where what it wrote is to be seen. */
export async function slugsOf(
  { organization_id, store }: Pick<Ctx, 'organization_id' | 'store'>,
  naming: readonly { readonly connection_id: string | null }[],
  db: Db = store.db,
): Promise<ReadonlyMap<string, string>> {
  const slugs = new Map<string, string>();
  for (const id of new Set(naming.flatMap(({ connection_id }) => connection_id ?? []))) {
    const connection = await getConnection(db, { organization_id, id });
    if (connection !== undefined) slugs.set(id, connection.slug);
  }
  return slugs;
}
