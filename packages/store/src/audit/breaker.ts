import { and, eq, gt, sql } from 'drizzle-orm';
import type { Tx } from '../database.ts';
import { breaker_counts, freezes } from '../schema/index.ts';
import { lockHead } from './in-transaction.ts';

/** A call that the circuit breaker counts. */
export type CountedCall = Omit<typeof breaker_counts.$inferInsert, 'at'>;

const SINCE = sql`clock_timestamp() - interval '1 minute'`;

/**
 * Counts a call, and returns how many operations of its kind there were within the last minute, this call's included: of its task, or of
 * its client with the same operations and targets in any task, whichever are more. Locks the head of the log until the transaction ends:
 * so calls are counted one after the other, on all brokers, and in the order of their records. To be called right before the record.
 */
export async function countCall(tx: Tx, call: CountedCall): Promise<number> {
  const { organization_id, kind, task_id, client_id, subject } = call;
  await lockHead(tx, organization_id);
  // The time of the statement: that of the transaction is from before it waited for the lock.
  await tx.insert(breaker_counts).values({ ...call, at: sql`clock_timestamp()` });
  const { organization_id: organization, kind: kindColumn, at } = breaker_counts;
  // What was counted before a person lifted its freeze was looked at.
  const lifted = sql`coalesce((select max(f.lifted_at) from ${freezes} f where f.organization_id = ${organization_id}
    and f.scope = 'task' and f.subject = ${task_id}), '-infinity')`;
  const recent = and(eq(organization, organization_id), eq(kindColumn, kind), gt(at, SINCE), gt(at, lifted));
  const total = { most: sql<string>`coalesce(sum(${breaker_counts.operations}), 0)::text` };
  const [task] = await tx
    .select(total)
    .from(breaker_counts)
    .where(and(recent, eq(breaker_counts.task_id, task_id)));
  const [act] = await tx
    .select(total)
    .from(breaker_counts)
    .where(and(recent, eq(breaker_counts.client_id, client_id), eq(breaker_counts.subject, subject)));
  return Math.max(Number(task?.most), Number(act?.most));
}
