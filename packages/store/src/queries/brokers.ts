import { and, asc, eq, gt, lt, ne, sql } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { audit_events, brokers } from '../schema/index.ts';

/** A broker that has given no sign of life for too long. */
export type SilentBroker = Pick<typeof brokers.$inferSelect, 'id' | 'settled_seq'>;

/** A broker's sign of life. `now` in milliseconds. */
export interface BrokerSign {
  readonly organization_id: string;
  readonly id: string;
  readonly now: number;
  readonly settled_seq: number;
}

/**
 * Keeps when a broker was seen last, and up to where everything it allowed has ended. A broker that was taken for dead meanwhile begins
 * anew.
 */
export async function keepBroker(db: Db, { organization_id, id, now, settled_seq }: BrokerSign): Promise<void> {
  const row = { organization_id, id, seen_at: now, settled_seq };
  await db
    .insert(brokers)
    .values(row)
    .onConflictDoUpdate({ target: [brokers.organization_id, brokers.id], set: { seen_at: now, settled_seq } });
}

/** Forgets a broker that ended in order. */
export async function deleteBroker(
  db: Db,
  { organization_id, id }: { organization_id: string; id: string },
): Promise<void> {
  await db.delete(brokers).where(and(eq(brokers.organization_id, organization_id), eq(brokers.id, id)));
}

/**
 * Takes one broker that was not seen since `seen_before` (ms) out of the list, for this transaction alone. Of several brokers that look
 * for it, one gets it. Undefined where there is none.
 */
export async function takeSilentBroker(
  tx: Tx,
  input: { readonly organization_id: string; readonly other_than: string; readonly seen_before: number },
): Promise<SilentBroker | undefined> {
  const { organization_id, other_than, seen_before } = input;
  const own = eq(brokers.organization_id, organization_id);
  const [found] = await tx
    .select({ id: brokers.id, settled_seq: brokers.settled_seq })
    .from(brokers)
    .where(and(own, ne(brokers.id, other_than), lt(brokers.seen_at, seen_before)))
    .limit(1)
    .for('update', { skipLocked: true });
  if (found !== undefined) await tx.delete(brokers).where(and(own, eq(brokers.id, found.id)));
  return found;
}

/** The record of a request that was allowed and of which no end is recorded. */
export type Unended = Pick<typeof audit_events.$inferSelect, 'seq' | 'client_id' | 'task_id' | 'connection'> & {
  readonly request_id: string;
  readonly event: string;
};

/** Lists requests that were allowed after `after` of the log and of which no end is recorded, oldest first, of every broker. */
export async function listUnended(
  db: Db,
  { organization_id, after, limit }: { organization_id: string; after: number; limit: number },
): Promise<readonly Unended[]> {
  const { seq, client_id, task_id, connection, request_id, event } = audit_events;
  const rows = await db
    .select({ seq, client_id, task_id, connection, request_id, event })
    .from(audit_events)
    .where(
      and(
        eq(audit_events.organization_id, organization_id),
        eq(audit_events.kind, 'request.allowed'),
        gt(audit_events.seq, after),
        sql`not exists (select 1 from ${audit_events} e where e.organization_id = ${audit_events.organization_id}
          and e.request_id = ${audit_events.request_id} and e.kind = 'request.ended')`,
      ),
    )
    .orderBy(asc(audit_events.seq))
    .limit(limit);
  return rows.flatMap((row) => (row.request_id === null ? [] : [{ ...row, request_id: row.request_id }]));
}
