import { and, eq, lte, sql } from 'drizzle-orm';
import type { Db, Tx } from '../../database.ts';
import { kept_bodies } from '../../schema/index.ts';
import type { KeptBody } from '../key-replacement.ts';

/** Whose bytes: the id of an approval or hold, and which part. */
export type KeptBodyKey = Pick<KeptBody, 'organization_id' | 'id' | 'part'>;

const keyed = ({ organization_id, id, part }: KeptBodyKey) =>
  and(eq(kept_bodies.organization_id, organization_id), eq(kept_bodies.id, id), eq(kept_bodies.part, part));

/** A moment this many seconds from now, by the database's clock. */
const inSeconds = (seconds: number) => sql`now() + make_interval(secs => ${seconds})`;

/** When bytes are to be erased that are kept for so many seconds from now at least. */
export const atLeastFor = (seconds: number) => sql`greatest(${kept_bodies.erase_at}, ${inSeconds(seconds)})`;

/** Keeps sealed bytes for so many seconds from now, by the database's clock; those that are there already are replaced. */
export async function keepBody(
  tx: Tx,
  { keep_seconds, ...row }: Omit<KeptBody, 'erase_at'> & { keep_seconds: number },
): Promise<void> {
  const { sealed } = row;
  const erase_at = inSeconds(keep_seconds);
  await tx
    .insert(kept_bodies)
    .values({ ...row, erase_at })
    .onConflictDoUpdate({
      target: [kept_bodies.organization_id, kept_bodies.id, kept_bodies.part],
      set: { sealed, erase_at },
    });
}

/** The sealed bytes; undefined where there are none, or their time is over. */
export async function getKeptBody(db: Db, key: KeptBodyKey): Promise<KeptBody | undefined> {
  const [row] = await db
    .select()
    .from(kept_bodies)
    .where(and(keyed(key), sql`${kept_bodies.erase_at} > now()`));
  return row;
}

/** Keeps what is there for so many seconds from now at least. */
export async function keepBodyLonger(tx: Tx, key: KeptBodyKey & { keep_seconds: number }): Promise<void> {
  await tx
    .update(kept_bodies)
    .set({ erase_at: atLeastFor(key.keep_seconds) })
    .where(keyed(key));
}

/** Erases bytes that were used up. */
export async function eraseKeptBody(tx: Tx, key: KeptBodyKey): Promise<void> {
  await tx.delete(kept_bodies).where(keyed(key));
}

/** Erases all bytes whose time is over. Nothing relies on it: `getKeptBody` does not give them (invariant 12). */
export async function eraseKeptBodies(db: Db, { organization_id }: Pick<KeptBody, 'organization_id'>): Promise<void> {
  await db
    .delete(kept_bodies)
    .where(and(eq(kept_bodies.organization_id, organization_id), lte(kept_bodies.erase_at, sql`now()`)));
}
