/** People's standing yeses: made, used and ended. Every moment is one of the database's clock (invariant 12). */
import { and, asc, desc, eq, inArray, isNull, lt, type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '../../database.ts';
import { allowances, tasks, users } from '../../schema/index.ts';
import { only, type Page, type Paging, pageOf } from '../page.ts';
import { saysYes } from '../users.ts';

export type Allowance = typeof allowances.$inferSelect;

/** An allowance as it is made. */
export type NewAllowance = Pick<
  Allowance,
  | ('organization_id' | 'id' | 'client_id' | 'task_id' | 'detail' | 'uses')
  | ('requesters' | 'protected' | 'sole_approver' | 'created_by' | 'assertion')
> & {
  /** Seconds. */
  readonly lasts: number;
};

interface AllowanceKey {
  readonly organization_id: string;
  readonly id: string;
}

const keyed = ({ organization_id, id }: AllowanceKey): SQL | undefined =>
  and(eq(allowances.organization_id, organization_id), eq(allowances.id, id));

/** Its task was not ended. */
const taskLives = sql`exists (select from ${tasks} where ${tasks.organization_id} = ${allowances.organization_id}
  and ${tasks.id} = ${allowances.task_id} and ${tasks.ended_at} is null)`;

/** Its maker can still sign in, in a role that says yes. */
const makerMay = sql`exists (select from ${users} where ${users.organization_id} = ${allowances.organization_id}
  and ${users.id} = ${allowances.created_by} and ${saysYes})`;

/** It can be used now: in every statement that says so or uses one. */
const isOpen = and(
  isNull(allowances.ended_at),
  sql`${allowances.expires_at} > now()`,
  sql`${allowances.used} < ${allowances.uses}`,
  taskLives,
  makerMay,
);

/** Makes an allowance, which lasts from now on. A check of the table refuses one of whoever asked (invariant 11). */
export async function insertAllowance(tx: Tx, { lasts, ...made }: NewAllowance): Promise<Allowance> {
  const times = { created_at: sql`now()`, expires_at: sql`now() + make_interval(secs => ${lasts})` };
  return only(
    await tx
      .insert(allowances)
      .values({ ...made, used: 0, ...times })
      .returning(),
  );
}

/** Undefined when there is none; one that has ended is returned. */
export async function getAllowance(db: Db, key: AllowanceKey): Promise<Allowance | undefined> {
  const [found] = await db.select().from(allowances).where(keyed(key));
  return found;
}

/** Whose: of a client, of a task, or both. */
export interface AllowanceFilter {
  readonly client_id?: string;
  readonly task_id?: string;
  /** True: those alone that can be used now. */
  readonly open?: boolean;
}

const filtered = (organization_id: string, { client_id, task_id, open = false }: AllowanceFilter): SQL | undefined =>
  and(
    eq(allowances.organization_id, organization_id),
    client_id === undefined ? undefined : eq(allowances.client_id, client_id),
    task_id === undefined ? undefined : eq(allowances.task_id, task_id),
    open ? isOpen : undefined,
  );

/** Lists allowances, newest first. */
export async function listAllowances(db: Db, paging: Paging & AllowanceFilter): Promise<Page<Allowance>> {
  const { organization_id, after, limit } = paging;
  const rows = await db
    .select()
    .from(allowances)
    .where(and(filtered(organization_id, paging), after === undefined ? undefined : lt(allowances.id, after)))
    .orderBy(desc(allowances.id))
    .limit(limit + 1);
  return pageOf(rows, limit, ({ id }) => id);
}

/** The most that can be used for one client and task at a time. */
export const MOST_ALLOWANCES = 50;

/** The allowances of a client that can be used now, those that end first before the others: at most as many as there may be of a task. */
export function openAllowances(
  db: Db,
  { organization_id, client_id, task_id }: { organization_id: string; client_id: string; task_id?: string | undefined },
): Promise<Allowance[]> {
  const whose = task_id === undefined ? { client_id } : { client_id, task_id };
  return db
    .select()
    .from(allowances)
    .where(filtered(organization_id, { ...whose, open: true }))
    .orderBy(asc(allowances.expires_at), asc(allowances.id))
    .limit(MOST_ALLOWANCES);
}

/** The use of an allowance by a call. */
export interface AllowanceUse extends AllowanceKey {
  readonly client_id: string;
  readonly task_id: string;
  /** How many operations it is to let pass. */
  readonly adds: number;
  /** The users who count as asking for this call, and whether it reaches a protected environment. */
  readonly requesters: readonly string[];
  readonly protected: boolean;
}

/**
 * Uses an allowance, and returns it as it is then; undefined where not enough of it is left, or it cannot be used any more. Checked and
 * counted in one statement, so that it holds on any number of brokers (invariant 11). To be called before the log is written.
 */
export async function useAllowance(tx: Tx, use: AllowanceUse): Promise<Allowance | undefined> {
  const { organization_id, adds, requesters } = use;
  const maker = tx.select({ id: allowances.created_by }).from(allowances).where(keyed(use));
  // A change of its maker's role, or their removal, waits for this or is seen by the next statement.
  await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.organization_id, organization_id), inArray(users.id, maker)))
    .for('share');
  const used = sql`${allowances.used} + ${adds}`;
  const isLast = sql`${used} >= ${allowances.uses}`;
  const asking = sql`select value from jsonb_array_elements_text(${JSON.stringify(requesters)}::jsonb)`;
  const [row] = await tx
    .update(allowances)
    .set({
      used,
      last_used_at: sql`now()`,
      ended_at: sql`case when ${isLast} then now() end`,
      ended_by: sql`case when ${isLast} then 'system' end`,
      ended_why: sql`case when ${isLast} then 'used_up' end`,
    })
    .where(
      and(
        keyed(use),
        eq(allowances.client_id, use.client_id),
        eq(allowances.task_id, use.task_id),
        isOpen,
        sql`${used} <= ${allowances.uses}`,
        use.protected ? sql`(${allowances.sole_approver} or ${allowances.created_by} not in (${asking}))` : undefined,
      ),
    )
    .returning();
  return row;
}

/** Which allowances are ended, by whom, and why. */
export interface AllowanceEnd {
  readonly organization_id: string;
  readonly id?: string;
  readonly task_id?: string;
  readonly created_by?: string;
  readonly ended_by: string;
  readonly ended_why: 'deleted' | 'task_ended' | 'maker_left';
}

/** Ends allowances that have not ended, and returns them. */
export function endAllowances(tx: Tx, end: AllowanceEnd): Promise<Allowance[]> {
  const { organization_id, id, task_id, created_by, ended_by, ended_why } = end;
  if (id === undefined && task_id === undefined && created_by === undefined)
    throw new TypeError('it must be said which allowances end');
  return tx
    .update(allowances)
    .set({ ended_at: sql`now()`, ended_by, ended_why })
    .where(
      and(
        eq(allowances.organization_id, organization_id),
        isNull(allowances.ended_at),
        id === undefined ? undefined : eq(allowances.id, id),
        task_id === undefined ? undefined : eq(allowances.task_id, task_id),
        created_by === undefined ? undefined : eq(allowances.created_by, created_by),
      ),
    )
    .returning();
}

/** Notes of allowances whose time is over that they have ended, at most `limit` of them; returns them. */
export function expireAllowances(
  tx: Tx,
  { organization_id, limit }: { readonly organization_id: string; readonly limit: number },
): Promise<Allowance[]> {
  const ofOrganization = eq(allowances.organization_id, organization_id);
  const due = tx
    .select({ id: allowances.id })
    .from(allowances)
    .where(and(ofOrganization, isNull(allowances.ended_at), sql`${allowances.expires_at} <= now()`))
    .orderBy(allowances.id)
    .limit(limit)
    .for('update', { skipLocked: true });
  return tx
    .update(allowances)
    .set({ ended_at: sql`now()`, ended_by: 'system', ended_why: 'expired' })
    .where(and(ofOrganization, inArray(allowances.id, due)))
    .returning();
}
