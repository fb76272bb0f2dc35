import { and, desc, eq, gt, isNull, lt, type SQL } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { tasks } from '../schema/index.ts';
import { type Page, type Paging, pageOf } from './page.ts';

export type Task = typeof tasks.$inferSelect;
export type NewTask = typeof tasks.$inferInsert;

/** Undefined when there is none; one that has ended is returned. */
export async function getTask(db: Db, input: { organization_id: string; id: string }): Promise<Task | undefined> {
  const { organization_id, id } = input;
  const [task] = await db
    .select()
    .from(tasks)
    .where(and(eq(tasks.organization_id, organization_id), eq(tasks.id, id)));
  return task;
}

const live = (input: { organization_id: string; id: string; now: number }): SQL | undefined =>
  and(
    eq(tasks.organization_id, input.organization_id),
    eq(tasks.id, input.id),
    isNull(tasks.ended_at),
    gt(tasks.ends_at, input.now),
  );

/** Notes a token for a live task of the client and moves its end; undefined when there is no such task, or it has ended. */
export async function continueTask(
  db: Db,
  input: { organization_id: string; id: string; client_id: string; now: number; ends_at: number },
): Promise<Task | undefined> {
  const { client_id, now, ends_at } = input;
  const [task] = await db
    .update(tasks)
    .set({ last_token_at: now, ends_at })
    .where(and(live(input), eq(tasks.client_id, client_id)))
    .returning();
  return task;
}

/** Begins a task that has no token yet. */
export async function insertTask(tx: Tx, task: NewTask): Promise<void> {
  await tx.insert(tasks).values(task);
}

/** Keeps a task that nobody has ended until a moment at least. */
export async function keepTask(
  tx: Tx,
  { organization_id, id, until }: { organization_id: string; id: string; until: number },
): Promise<void> {
  await tx
    .update(tasks)
    .set({ ends_at: until })
    .where(
      and(
        eq(tasks.organization_id, organization_id),
        eq(tasks.id, id),
        isNull(tasks.ended_at),
        lt(tasks.ends_at, until),
      ),
    );
}

/** Ends a live task and returns it; undefined when there was none to end. */
export async function endTask(
  tx: Tx,
  input: { organization_id: string; id: string; now: number; ended_by: string },
): Promise<Task | undefined> {
  const { now, ended_by } = input;
  const [task] = await tx.update(tasks).set({ ended_at: now, ended_by }).where(live(input)).returning();
  return task;
}

/** Lists tasks, newest first. */
export async function listTasks(db: Db, paging: Paging & { client_id?: string }): Promise<Page<Task>> {
  const { organization_id, client_id, after, limit } = paging;
  const rows = await db
    .select()
    .from(tasks)
    .where(
      and(
        eq(tasks.organization_id, organization_id),
        after === undefined ? undefined : lt(tasks.id, after),
        client_id === undefined ? undefined : eq(tasks.client_id, client_id),
      ),
    )
    .orderBy(desc(tasks.id))
    .limit(limit + 1);
  return pageOf(rows, limit, ({ id }) => id);
}
