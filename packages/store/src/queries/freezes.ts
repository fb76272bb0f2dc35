import { and, desc, eq, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { freezes } from '../schema/index.ts';
import { only, type Page, type Paging, pageOf } from './page.ts';

export type Freeze = typeof freezes.$inferSelect;
export type NewFreeze = Omit<typeof freezes.$inferInsert, 'created_at'>;

/** What can be frozen, by its id; the organization's own for `all`. */
export type FreezeSubject = Pick<Freeze, 'scope' | 'subject'>;

/**
 * Notes a freeze, from now on by the database's clock. What stops requests under way is the epoch: bump it in the same transaction.
 */
export async function insertFreeze(tx: Tx, freeze: NewFreeze): Promise<Freeze> {
  return only(
    await tx
      .insert(freezes)
      .values({ ...freeze, created_at: sql`now()` })
      .returning(),
  );
}

/** The newest freeze in force on any of the subjects; undefined when none is frozen. */
export async function findFreeze(
  db: Db,
  input: { organization_id: string; subjects: readonly FreezeSubject[] },
): Promise<Freeze | undefined> {
  const { organization_id, subjects } = input;
  if (subjects.length === 0) return undefined;
  const [freeze] = await db
    .select()
    .from(freezes)
    .where(and(eq(freezes.organization_id, organization_id), isNull(freezes.lifted_at), onAny(subjects)))
    .orderBy(desc(freezes.id))
    .limit(1);
  return freeze;
}

function onAny(subjects: readonly FreezeSubject[]): SQL | undefined {
  return or(...subjects.map(({ scope, subject }) => and(eq(freezes.scope, scope), eq(freezes.subject, subject))));
}

/**
 * For how long any of the subjects was frozen from `since` (ms) until now, in whole milliseconds by the database's clock. Where several
 * freezes were in force at a time, that time counts once.
 */
export async function frozenBetween(
  db: Db,
  input: { organization_id: string; subjects: readonly FreezeSubject[]; since: number },
): Promise<number> {
  const { organization_id, subjects, since } = input;
  if (subjects.length === 0) return 0;
  const from = sql`${new Date(since).toISOString()}::timestamptz`;
  const span = sql`tstzrange(greatest(${freezes.created_at}, ${from}), coalesce(${freezes.lifted_at}, now()))`;
  const times = db
    .select({ spans: sql`range_agg(${span})`.as('spans') })
    .from(freezes)
    .where(
      and(
        eq(freezes.organization_id, organization_id),
        onAny(subjects),
        // A range that would begin after it ends is an error of the database.
        sql`greatest(${freezes.created_at}, ${from}) < coalesce(${freezes.lifted_at}, now())`,
      ),
    )
    .as('times');
  const [row] = await db
    .select({ ms: sql<string>`floor(coalesce(sum(extract(epoch from upper(span) - lower(span))), 0) * 1000)::text` })
    .from(sql`${times}, unnest(${times.spans}) as span`);
  return Number(row?.ms ?? 0);
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
  input: { organization_id: string; id: string; lifted_by: string },
): Promise<Freeze | undefined> {
  const { organization_id, id, lifted_by } = input;
  const [freeze] = await tx
    .update(freezes)
    .set({ lifted_at: sql`now()`, lifted_by })
    .where(and(eq(freezes.organization_id, organization_id), eq(freezes.id, id), isNull(freezes.lifted_at)))
    .returning();
  return freeze;
}
