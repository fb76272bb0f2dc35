import { and, desc, eq, isNull, lt, or } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { freezes } from '../schema/index.ts';
import { only, type Page, type Paging, pageOf } from './page.ts';

export type Freeze = typeof freezes.$inferSelect;
export type NewFreeze = typeof freezes.$inferInsert;

/** What can be frozen, by its id; the organization's own for `all`. */
export type FreezeSubject = Pick<Freeze, 'scope' | 'subject'>;

/** Notes a freeze. What stops requests under way is the epoch: bump it in the same transaction. */
export async function insertFreeze(tx: Tx, freeze: NewFreeze): Promise<Freeze> {
  return only(await tx.insert(freezes).values(freeze).returning());
}

/** The newest freeze in force on any of the subjects; undefined when none is frozen. */
export async function findFreeze(
  db: Db,
  input: { organization_id: string; subjects: readonly FreezeSubject[] },
): Promise<Freeze | undefined> {
  const { organization_id, subjects } = input;
  if (subjects.length === 0) return undefined;
  const any = or(...subjects.map(({ scope, subject }) => and(eq(freezes.scope, scope), eq(freezes.subject, subject))));
  const [freeze] = await db
    .select()
    .from(freezes)
    .where(and(eq(freezes.organization_id, organization_id), isNull(freezes.lifted_at), any))
    .orderBy(desc(freezes.id))
    .limit(1);
  return freeze;
}

/** Lists the freezes in force, newest first. */
export async function listFreezes(db: Db, paging: Paging): Promise<Page<Freeze>> {
  const { organization_id, after, limit } = paging;
  const rows = await db
    .select()
    .from(freezes)
    .where(
      and(
        eq(freezes.organization_id, organization_id),
        isNull(freezes.lifted_at),
        after === undefined ? undefined : lt(freezes.id, after),
      ),
    )
    .orderBy(desc(freezes.id))
    .limit(limit + 1);
  return pageOf(rows, limit, ({ id }) => id);
}

/** Lifts a freeze in force and returns it; undefined when there was none to lift. */
export async function liftFreeze(
  tx: Tx,
  input: { organization_id: string; id: string; now: number; lifted_by: string },
): Promise<Freeze | undefined> {
  const { organization_id, id, now, lifted_by } = input;
  const [freeze] = await tx
    .update(freezes)
    .set({ lifted_at: now, lifted_by })
    .where(and(eq(freezes.organization_id, organization_id), eq(freezes.id, id), isNull(freezes.lifted_at)))
    .returning();
  return freeze;
}
