import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import type { Tx } from '../database.ts';
import { one_time_links } from '../schema/index.ts';

export type Link = typeof one_time_links.$inferSelect;
export type NewLink = typeof one_time_links.$inferInsert;

/** Keeps a link's hash. A set-up token that is given at every start may have been kept before; it can then be used again. */
export async function insertLink(tx: Tx, link: NewLink): Promise<void> {
  const { created_at, expires_at } = link;
  await tx
    .insert(one_time_links)
    .values(link)
    .onConflictDoUpdate({
      target: [one_time_links.organization_id, one_time_links.token_hash],
      set: { created_at, expires_at, used_at: null },
      setWhere: sql`${one_time_links.kind} = 'setup' and ${one_time_links.kind} = ${link.kind}`,
    });
}

/** Uses up a link and returns it; undefined when there is none of that kind, it was used, or it has expired. */
export async function useLink(
  tx: Tx,
  input: { organization_id: string; kind: Link['kind']; token_hash: string; now: number },
): Promise<Link | undefined> {
  const { organization_id, kind, token_hash, now } = input;
  const [link] = await tx
    .update(one_time_links)
    .set({ used_at: now })
    .where(
      and(
        eq(one_time_links.organization_id, organization_id),
        eq(one_time_links.token_hash, token_hash),
        eq(one_time_links.kind, kind),
        isNull(one_time_links.used_at),
        gt(one_time_links.expires_at, now),
      ),
    )
    .returning();
  return link;
}

/** Uses up the open links of a kind, of one user or, without `user_id`, of everybody: for when a newer link takes their place. */
export async function closeLinks(
  tx: Tx,
  input: { organization_id: string; kind: Link['kind']; user_id?: string; now: number },
): Promise<void> {
  const { organization_id, kind, user_id, now } = input;
  await tx
    .update(one_time_links)
    .set({ used_at: now })
    .where(
      and(
        eq(one_time_links.organization_id, organization_id),
        eq(one_time_links.kind, kind),
        isNull(one_time_links.used_at),
        user_id === undefined ? undefined : eq(one_time_links.user_id, user_id),
      ),
    );
}
