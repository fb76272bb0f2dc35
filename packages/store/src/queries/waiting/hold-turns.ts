/** Whose turn it is among the holds that wait, and what becomes of those that nobody is there for. Moments are the database's. */
import { and, asc, eq, ne, type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '../../database.ts';
import { audit_events, brokers, connections, freezes, holds, kept_bodies, tasks, tokens } from '../../schema/index.ts';
import { type Hold, isKept, isOpenHold, keptId } from './holds.ts';
import { atLeastFor } from './kept-bodies.ts';
import { withoutBody } from './votes.ts';

/** For how long after its moment a hold may still be sent without anybody's release: its window, and at least five minutes. */
const grace = sql`make_interval(mins => greatest(5, ${holds.minutes}))`;

/** Its time ran out so long ago that nobody has been there to stop it, or to send it. */
const isOverdue = sql`${holds.executes_at} + ${grace} < now()`;

const freezeThat = (inForce: SQL): SQL => sql`exists (select 1 from ${freezes} f
  where f.organization_id = ${holds.organization_id} and ${inForce}
  and (f.scope = 'all' or (f.scope = 'connection' and f.subject = ${holds.connection_id})
    or (f.scope = 'task' and f.subject = ${holds.task_id})
    or (f.scope = 'client' and (f.subject = ${holds.client_id} or jsonb_exists(${holds.act_chain}, f.subject)))))`;

/** Tells whether something that the hold concerns is frozen now. */
const isFrozen = freezeThat(sql`f.lifted_at is null`);

/** Tells whether it was frozen at any moment since the hold's time began to run: then that time did not count. */
const wasFrozen = freezeThat(
  sql`(f.lifted_at is null or f.lifted_at > coalesce(${holds.released_at}, ${holds.created_at}))`,
);

/**
 * Claims the hold that has been due longest, for one broker: no other gets it. What was frozen while it waited, or is overdue, is not
 * claimed (`parkHolds`).
 */
export async function claimDueHold(
  db: Db,
  { organization_id, broker_id }: { organization_id: string; broker_id: string },
): Promise<Hold | undefined> {
  const due = db
    .select({ id: holds.id })
    .from(holds)
    .where(
      and(
        eq(holds.organization_id, organization_id),
        eq(holds.state, 'waiting'),
        eq(holds.waits_for_release, false),
        sql`${holds.executes_at} <= now() and not (${isOverdue}) and not ${wasFrozen}`,
      ),
    )
    .orderBy(asc(holds.executes_at))
    .limit(1)
    .for('update', { skipLocked: true });
  const [hold] = await db
    .update(holds)
    .set({ state: 'claimed', claimed_at: sql`now()`, claimed_by: broker_id })
    .where(and(eq(holds.organization_id, organization_id), eq(holds.state, 'waiting'), sql`${holds.id} = (${due})`))
    .returning();
  return hold;
}

/** Tells whether any hold has not ended. */
export async function hasOpenHolds(db: Db, { organization_id }: { organization_id: string }): Promise<boolean> {
  const rows = await db
    .select({ id: holds.id })
    .from(holds)
    .where(and(eq(holds.organization_id, organization_id), isOpenHold))
    .limit(1);
  return rows.length > 0;
}

/** In how many milliseconds the next hold is due, 0 for one that is due now; undefined where none waits for its time. */
export async function nextHoldIn(
  db: Db,
  { organization_id }: { organization_id: string },
): Promise<number | undefined> {
  const [row] = await db
    .select({ ms: sql<string | null>`(extract(epoch from min(${holds.executes_at}) - now()) * 1000)::text` })
    .from(holds)
    .where(
      and(eq(holds.organization_id, organization_id), eq(holds.state, 'waiting'), eq(holds.waits_for_release, false)),
    );
  return row?.ms == null ? undefined : Math.max(0, Number(row.ms));
}

/** Lets holds wait for a human's release whose time did not simply run out: something was frozen meanwhile, or no broker was there. */
export async function parkHolds(tx: Tx, { organization_id }: { organization_id: string }): Promise<readonly Hold[]> {
  return await tx
    .update(holds)
    .set({ waits_for_release: true, reminded_at: null })
    .where(
      and(
        eq(holds.organization_id, organization_id),
        eq(holds.state, 'waiting'),
        eq(holds.waits_for_release, false),
        sql`(${isOverdue} or ${wasFrozen})`,
      ),
    )
    .returning();
}

/** Keeps the requests of holds that are frozen now: the time in which a human may release one begins when the freeze is lifted. */
export async function keepFrozen(
  tx: Tx,
  { organization_id, keep_seconds }: { organization_id: string; keep_seconds: number },
): Promise<void> {
  const frozen = sql`select ${keptId} from ${holds}
    where ${holds.organization_id} = ${organization_id} and ${holds.state} = 'waiting' and ${holds.waits_for_release}
    and ${isFrozen}`;
  await tx
    .update(kept_bodies)
    .set({ erase_at: atLeastFor(keep_seconds) })
    .where(
      and(
        eq(kept_bodies.organization_id, organization_id),
        eq(kept_bodies.part, 'request'),
        sql`${kept_bodies.id} in (${frozen})`,
      ),
    );
}

/** Refuses holds that have waited for a release for a day: their sealed bytes are gone. */
export async function expireHolds(tx: Tx, { organization_id }: { organization_id: string }): Promise<readonly Hold[]> {
  return await tx
    .update(holds)
    .set({ state: 'refused', ended_at: sql`now()`, code: 'approval_expired', shown: withoutBody(holds) })
    .where(
      and(
        eq(holds.organization_id, organization_id),
        eq(holds.state, 'waiting'),
        eq(holds.waits_for_release, true),
        sql`not ${isKept()}`,
      ),
    )
    .returning();
}

/** Somebody ended the task that it is for. A task whose day simply ran out stops nothing that waits. */
const taskEnded = sql`exists (select 1 from ${tasks} t where t.organization_id = ${holds.organization_id}
  and t.id = ${holds.task_id} and t.ended_at is not null)`;

/** Its token was revoked: by itself, or with its client, its key, or what it was exchanged for. */
const tokenRevoked = sql`exists (select 1 from ${tokens} t where t.organization_id = ${holds.organization_id}
  and t.jti = ${holds.jti} and t.revoked_at is not null)`;

/** Its connection was deleted. */
const connectionDeleted = sql`exists (select 1 from ${connections} c where c.organization_id = ${holds.organization_id}
  and c.id = ${holds.connection_id} and c.deleted_at is not null)`;

/**
 * Refuses holds that can never be sent, since their connection was deleted, their task ended or their token revoked: nobody should wait for them, or release them.
 * Nothing relies on it: each is decided anew at its time (invariant 12).
 */
export async function refuseStoppedHolds(
  tx: Tx,
  { organization_id }: { organization_id: string },
): Promise<readonly Hold[]> {
  return await tx
    .update(holds)
    .set({
      state: 'refused',
      ended_at: sql`now()`,
      code: sql`case when ${taskEnded} then 'task_ended' when ${tokenRevoked} then 'invalid_token' else 'connection_unknown' end`,
      detail: sql`case when ${taskEnded} then 'Its task was ended.' when ${tokenRevoked} then 'Its token was revoked.'
        else 'Its connection was deleted.' end`,
      shown: withoutBody(holds),
    })
    .where(
      and(
        eq(holds.organization_id, organization_id),
        eq(holds.state, 'waiting'),
        sql`(${taskEnded} or ${tokenRevoked} or ${connectionDeleted})`,
      ),
    )
    .returning();
}

/**
 * Locks the holds that brokers have claimed which are gone, of a bounded number: `silent_ms` without a sign of life. Only one broker gets
 * each.
 */
export async function takeAbandonedHolds(
  tx: Tx,
  { organization_id, broker_id, silent_ms }: { organization_id: string; broker_id: string; silent_ms: number },
): Promise<readonly Hold[]> {
  const silent = sql`make_interval(secs => ${silent_ms / 1000})`;
  return await tx
    .select()
    .from(holds)
    .where(
      and(
        eq(holds.organization_id, organization_id),
        eq(holds.state, 'claimed'),
        ne(holds.claimed_by, broker_id),
        sql`${holds.claimed_at} <= now() - ${silent}`,
        sql`not exists (select 1 from ${brokers} b where b.organization_id = ${holds.organization_id}
          and b.id = ${holds.claimed_by} and b.seen_at > now() - ${silent})`,
      ),
    )
    .limit(100)
    .for('update', { skipLocked: true });
}

/** The provider's status with which a request ended, by the log; undefined where none is recorded. */
export async function findOutcome(
  tx: Tx,
  { organization_id, request_id }: { organization_id: string; request_id: string },
): Promise<number | undefined> {
  const [row] = await tx
    .select({ status: sql<string | null>`(${audit_events.event}::json)->'data'->>'status'` })
    .from(audit_events)
    .where(
      and(
        eq(audit_events.organization_id, organization_id),
        eq(audit_events.request_id, request_id),
        eq(audit_events.kind, 'request.ended'),
      ),
    )
    .limit(1);
  return row?.status == null ? undefined : Number(row.status);
}
