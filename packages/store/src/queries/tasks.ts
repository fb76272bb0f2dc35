import { and, desc, eq, gt, isNull, lt, type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { approvals, holds, tasks, tokens } from '../schema/index.ts';
import { countedTo, only, type Page, type Paging, pageOf } from './page.ts';
import { listAllowances } from './waiting/allowances.ts';

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

/** How much a task holds and waits for. Nothing is counted beyond `MOST_COUNTED`. */
export interface TaskCounts {
  readonly tokens: { readonly issued: number; readonly live: number };
  readonly approvals: { readonly asked: number; readonly pending: number };
  readonly holds: { readonly made: number; readonly waiting: number };
  readonly allowances: { readonly open: number };
}

/** Up to where the rows of a task are counted. */
const MOST_COUNTED = 1000;

/** Counts what a task holds and waits for. `now` in milliseconds: what is live then. */
export async function countOfTask(
  db: Db,
  { organization_id, task_id, now }: { organization_id: string; task_id: string; now: number },
): Promise<TaskCounts> {
  const of = (table: typeof tokens | typeof approvals | typeof holds) =>
    and(eq(table.organization_id, organization_id), eq(table.task_id, task_id));
  const live = and(of(tokens), isNull(tokens.revoked_at), gt(tokens.expires_at, now));
  const pending = and(of(approvals), eq(approvals.state, 'pending'), sql`${approvals.expires_at} > now()`);
  const rows = await db
    .select({
      issued: countedTo(MOST_COUNTED, tokens, of(tokens)),
      live: countedTo(MOST_COUNTED, tokens, live),
      asked: countedTo(MOST_COUNTED, approvals, of(approvals)),
      pending: countedTo(MOST_COUNTED, approvals, pending),
      made: countedTo(MOST_COUNTED, holds, of(holds)),
      waiting: countedTo(MOST_COUNTED, holds, and(of(holds), eq(holds.state, 'waiting'))),
    })
    .from(sql`(values (1)) as one`);
  const { issued, live: valid, asked, pending: unanswered, made, waiting } = only(rows);
  const { items } = await listAllowances(db, { organization_id, task_id, open: true, limit: MOST_COUNTED });
  return {
    tokens: { issued, live: valid },
    approvals: { asked, pending: unanswered },
    holds: { made, waiting },
    allowances: { open: items.length },
  };
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
