/** How approvals end with their task, and what is left of them and of holds: texts go after a while, the log keeps what matters. */
import { and, eq, inArray, type SQL, sql } from 'drizzle-orm';
import type { Tx } from '../../database.ts';
import { approval_votes, approvals, hold_votes, holds, token_requests } from '../../schema/index.ts';
import { type Approval, withoutBody } from './votes.ts';

/** Whose approvals end: a task's, a connection's, or those that a client asked for or is in the act chain of. */
export type CancelledOf = Pick<Approval, 'task_id'> | Pick<Approval, 'client_id'> | { readonly connection_id: string };

function isOf(of: CancelledOf): SQL {
  if ('task_id' in of) return eq(approvals.task_id, of.task_id);
  if ('connection_id' in of) return eq(approvals.connection_id, of.connection_id);
  return sql`(${approvals.client_id} = ${of.client_id} or jsonb_exists(${approvals.act_chain}, ${of.client_id}))`;
}

/** Ends all open approvals of a task, connection or client, since nobody could use them any more, and returns them as they were until then. */
export async function cancelApprovalsOf(
  tx: Tx,
  { organization_id, ...of }: Pick<Approval, 'organization_id'> & CancelledOf,
): Promise<readonly Approval[]> {
  const open = and(
    eq(approvals.organization_id, organization_id),
    isOf(of),
    inArray(approvals.state, ['pending', 'approved']),
  );
  const asked = await tx.select().from(approvals).where(open).for('update');
  if (asked.length > 0)
    await tx
      .update(approvals)
      .set({ state: 'cancelled', shown: withoutBody(approvals) })
      .where(open);
  return asked;
}

/** The most rows that are removed at once. */
const AT_ONCE = 1_000;

/** A no that still says something: it is one of three of its client within an hour for the same operation, which nobody has lifted. */
const stillCounts = sql`(a.state = 'denied' and a.reopened_at is null and exists (
  select 1 from jsonb_array_elements_text(a.operations) o (name) where (
    select count(*) from ${approvals} d where d.organization_id = a.organization_id and d.client_id = a.client_id
    and d.state = 'denied' and d.reopened_at is null and jsonb_exists(d.operations, o.name)
    and d.decided_at between a.decided_at - interval '1 hour' and a.decided_at + interval '1 hour') >= 3))`;

/**
 * Removes holds and requests for approval that ended so many days ago, with what people said of them, a bounded number at once; of a no
 * that still counts, what it was asked for. Nothing relies on it: what has ended is good for nothing (invariant 12).
 */
export async function sweepEnded(
  tx: Tx,
  { organization_id, days }: { readonly organization_id: string; readonly days: number },
): Promise<void> {
  const before = sql`now() - make_interval(days => ${days})`;
  await tx.execute(sql`delete from ${holds} where organization_id = ${organization_id} and id in (
    select h.id from ${holds} h where h.organization_id = ${organization_id} and h.ended_at < ${before} limit ${AT_ONCE})`);
  await tx.execute(sql`delete from ${hold_votes} where organization_id = ${organization_id} and not exists (
    select 1 from ${holds} h where h.organization_id = ${hold_votes}.organization_id and h.id = ${hold_votes}.hold_id)`);
  const over = sql`a.organization_id = ${organization_id}
    and a.state = any (array['used', 'denied', 'expired', 'cancelled'])
    and greatest(a.expires_at, a.decided_at, a.usable_until, a.used_at, (select t.granted_until from ${token_requests} t
      where t.organization_id = a.organization_id and t.approval_id = a.id)) < ${before}
    and not exists (select 1 from ${holds} h where h.organization_id = a.organization_id and h.approval_id = a.id)`;
  const ids = sql`select a.id from ${approvals} a where ${over} and not ${stillCounts} order by a.id limit ${AT_ONCE}`;
  await tx.execute(
    sql`delete from ${approval_votes} where organization_id = ${organization_id} and approval_id in (${ids})`,
  );
  await tx.execute(sql`delete from ${approvals} where organization_id = ${organization_id} and id in (${ids})`);
  const bare = sql`(select coalesce(jsonb_agg(jsonb_set(o, '{arguments}', '{}')), '[]')
    from jsonb_array_elements(a.shown -> 'operations') o)`;
  await tx.execute(sql`update ${approvals} a set shown = jsonb_set(a.shown, '{operations}', ${bare})
    where ${over} and a.kind = 'request' and ${stillCounts} and a.shown -> 'operations' is distinct from ${bare}`);
}
