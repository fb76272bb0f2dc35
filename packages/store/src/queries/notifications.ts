import { and, asc, eq, gt, inArray, lt, sql } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { deliveries, notifications, notified } from '../schema/index.ts';
import { only, type Page, type Paging, pageOf } from './page.ts';

export type Notification = typeof notifications.$inferSelect;
export type Delivery = typeof deliveries.$inferSelect;
type Of = Pick<Notification, 'organization_id'>;

/** The most messages that wait for one receiver: of what comes after, only the log tells. */
const MOST_WAITING = 1_000;

/** Adds where people are told. Of what comes after `since_seq` nothing is missed, also where nobody was told of anything before. */
export async function insertNotification(
  tx: Tx,
  row: Omit<typeof notifications.$inferInsert, 'given_up'>,
): Promise<Notification> {
  await tx.insert(notified).values({ organization_id: row.organization_id, seq: row.since_seq }).onConflictDoNothing();
  return only(
    await tx
      .insert(notifications)
      .values({ ...row, given_up: 0 })
      .returning(),
  );
}

/** Lists where people are told, the oldest first. */
export async function listNotifications(db: Db, paging: Paging): Promise<Page<Notification>> {
  const { organization_id, after, limit } = paging;
  const rows = await db
    .select()
    .from(notifications)
    .where(
      and(
        eq(notifications.organization_id, organization_id),
        after === undefined ? undefined : gt(notifications.id, after),
      ),
    )
    .orderBy(asc(notifications.id))
    .limit(limit + 1);
  return pageOf(rows, limit, ({ id }) => id);
}

const one = ({ organization_id, id }: Of & Pick<Notification, 'id'>) =>
  and(eq(notifications.organization_id, organization_id), eq(notifications.id, id));

/** Reads one; undefined where there is none. */
export async function getNotification(db: Db, input: Of & { id: string }): Promise<Notification | undefined> {
  const [row] = await db.select().from(notifications).where(one(input));
  return row;
}

/** Changes one, and returns it; undefined where there is none. */
export async function updateNotification(
  tx: Tx,
  input: Of & { id: string; set: Partial<Pick<Notification, 'name' | 'events' | 'target' | 'sealed'>> },
): Promise<Notification | undefined> {
  const [row] = await tx
    .update(notifications)
    .set({ id: input.id, ...input.set })
    .where(one(input))
    .returning();
  return row;
}

/** Removes one with what waits for it, and returns it; undefined where there is none. */
export async function deleteNotification(tx: Tx, input: Of & { id: string }): Promise<Notification | undefined> {
  const { organization_id, id } = input;
  await tx.delete(deliveries).where(and(eq(deliveries.organization_id, organization_id), eq(deliveries.receiver, id)));
  const [row] = await tx.delete(notifications).where(one(input)).returning();
  return row;
}

/**
 * Up to which entry of the log it was looked who is to be told, locked until the transaction ends; undefined where that is `head` already,
 * and while another broker has it. The first time it is `head`: nobody is told of what was before.
 */
export async function takeNotified(
  tx: Tx,
  { organization_id, head }: Of & { head: number },
): Promise<number | undefined> {
  await tx.insert(notified).values({ organization_id, seq: head }).onConflictDoNothing();
  const [row] = await tx
    .select({ seq: notified.seq })
    .from(notified)
    // Nothing is locked where there is nothing new: a lock is a write, and this is asked every other second.
    .where(and(eq(notified.organization_id, organization_id), lt(notified.seq, head)))
    .for('update', { skipLocked: true });
  return row?.seq;
}

/** Notes up to where it was looked, and the messages that this gave. Those for which too many wait already are left out. */
export async function addDeliveries(
  tx: Tx,
  input: Of & { seq: number; messages: readonly Pick<Delivery, 'seq' | 'receiver'>[] },
): Promise<void> {
  const { organization_id, seq, messages } = input;
  await tx.update(notified).set({ seq }).where(eq(notified.organization_id, organization_id));
  const receivers = [...new Set(messages.map(({ receiver }) => receiver))];
  if (receivers.length === 0) return;
  const waiting = await tx
    .select({ receiver: deliveries.receiver, count: sql<number>`count(*)::int` })
    .from(deliveries)
    .where(and(eq(deliveries.organization_id, organization_id), inArray(deliveries.receiver, receivers)))
    .groupBy(deliveries.receiver);
  const room = new Map(receivers.map((receiver) => [receiver, MOST_WAITING]));
  for (const { receiver, count } of waiting) room.set(receiver, MOST_WAITING - count);
  const rows = messages.flatMap(({ seq: of, receiver }) => {
    const left = room.get(receiver) ?? 0;
    room.set(receiver, left - 1);
    const now = sql`now()`;
    return left > 0 ? [{ organization_id, seq: of, receiver, attempts: 0, created_at: now, next_at: now }] : [];
  });
  if (rows.length > 0) await tx.insert(deliveries).values(rows).onConflictDoNothing();
}

/** A message that was taken on: `is_last` where it is over 24 hours old. */
export type TakenDelivery = Delivery & { readonly is_last: boolean };

/** Takes due messages on: for `lease_ms` no other broker does. */
export async function takeDeliveries(
  db: Db,
  input: Of & { limit: number; lease_ms: number },
): Promise<readonly TakenDelivery[]> {
  const { organization_id, limit, lease_ms } = input;
  const due = db
    .select({ seq: deliveries.seq, receiver: deliveries.receiver })
    .from(deliveries)
    .where(and(eq(deliveries.organization_id, organization_id), sql`${deliveries.next_at} <= now()`))
    .orderBy(asc(deliveries.next_at), asc(deliveries.seq))
    .limit(limit)
    .for('update', { skipLocked: true })
    .as('due');
  const rows = await db
    .update(deliveries)
    .set({
      attempts: sql`${deliveries.attempts} + 1`,
      next_at: sql`now() + ${lease_ms}::double precision * interval '1 millisecond'`,
    })
    .from(due)
    .where(
      and(
        eq(deliveries.organization_id, organization_id),
        eq(deliveries.seq, due.seq),
        eq(deliveries.receiver, due.receiver),
      ),
    )
    .returning({
      organization_id: deliveries.organization_id,
      seq: deliveries.seq,
      receiver: deliveries.receiver,
      attempts: deliveries.attempts,
      created_at: deliveries.created_at,
      next_at: deliveries.next_at,
      is_last: sql<boolean>`${deliveries.created_at} < now() - interval '24 hours'`,
    });
  return rows;
}

const this_one = ({ organization_id, seq, receiver }: Pick<Delivery, 'organization_id' | 'seq' | 'receiver'>) =>
  and(eq(deliveries.organization_id, organization_id), eq(deliveries.seq, seq), eq(deliveries.receiver, receiver));

/** Notes that a message arrived. */
export async function endDelivery(
  db: Db,
  delivery: Pick<Delivery, 'organization_id' | 'seq' | 'receiver'>,
): Promise<void> {
  await db.delete(deliveries).where(this_one(delivery));
  await db
    .update(notifications)
    .set({ last_sent_at: sql`now()`, failing_since: null, last_error: null })
    .where(one({ organization_id: delivery.organization_id, id: delivery.receiver }));
}

/** Notes that a message did not arrive, and why. Nothing is sent to its receiver for `after_ms`. */
export async function postponeDelivery(
  db: Db,
  { after_ms, error, ...delivery }: Delivery & { after_ms: number; error: string },
): Promise<void> {
  await db
    .update(deliveries)
    .set({
      next_at: sql`greatest(${deliveries.next_at}, now() + ${after_ms}::double precision * interval '1 millisecond')`,
    })
    .where(and(eq(deliveries.organization_id, delivery.organization_id), eq(deliveries.receiver, delivery.receiver)));
  await db
    .update(notifications)
    .set({ failing_since: sql`coalesce(${notifications.failing_since}, now())`, last_error: error })
    .where(one({ organization_id: delivery.organization_id, id: delivery.receiver }));
}

/** Gives a message up, and says whether this broker was the one that did. */
export async function giveUpDelivery(tx: Tx, { error, ...delivery }: Delivery & { error: string }): Promise<boolean> {
  const gone = await tx.delete(deliveries).where(this_one(delivery)).returning({ seq: deliveries.seq });
  if (gone.length === 0) return false;
  await tx
    .update(notifications)
    .set({
      given_up: sql`${notifications.given_up} + 1`,
      failing_since: sql`coalesce(${notifications.failing_since}, now())`,
      last_error: error,
    })
    .where(one({ organization_id: delivery.organization_id, id: delivery.receiver }));
  return true;
}
