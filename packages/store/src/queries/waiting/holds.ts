/** Requests that wait for their time and that Writ then sends itself. Every moment is one of the database's clock. */
import { and, desc, eq, inArray, isNull, lt, type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '../../database.ts';
import { approvals, holds, type WaitingRequest } from '../../schema/index.ts';
import { lockVoters } from '../locks.ts';
import { type Page, type Paging, pageOfLarge } from '../page.ts';
import type { SameRequest } from './approvals.ts';
import { validReleases } from './releases.ts';
import { hasQuorum, withoutBody } from './votes.ts';

export type Hold = typeof holds.$inferSelect;

/** A hold as it is made; the rest of its row begins empty. */
export type NewHold = Pick<
  Hold,
  WaitingRequest | 'organization_id' | 'id' | 'approval_id' | 'connection_id' | 'minutes'
>;

/** One hold of an organization. */
export interface HoldKey {
  readonly organization_id: string;
  readonly id: string;
}

const keyed = ({ organization_id, id }: HoldKey) => and(eq(holds.organization_id, organization_id), eq(holds.id, id));
const now = sql`now()`;

/** It has not ended: as the index of open holds has it. */
export const isOpenHold = sql`${holds.state} = any (array['waiting', 'claimed'])`;

/** The id under which the request of a hold is kept. */
export const keptId = sql`coalesce(${holds.approval_id}, ${holds.id})`;

/** Its request is still kept. `and`: what else must hold of the kept body, which is `k`. */
export const isKept = (and = sql`true`): SQL => sql`exists (select 1 from kept_bodies k
  where k.organization_id = ${holds.organization_id} and k.id = ${keptId} and k.part = 'request' and k.erase_at > now() and ${and})`;

const ofRequest = ({ organization_id, client_id, task_id, digest }: SameRequest): SQL | undefined =>
  and(
    eq(holds.organization_id, organization_id),
    eq(holds.client_id, client_id),
    eq(holds.task_id, task_id),
    eq(holds.digest, digest),
  );

/** Makes a hold whose time runs from now; undefined where one for the same request is open already. */
export async function insertHold(tx: Tx, hold: NewHold): Promise<Hold | undefined> {
  const executes_at = sql`now() + make_interval(mins => ${hold.minutes})`;
  const begins = { state: 'waiting', waits_for_release: false, sole_approver: false, created_at: now } as const;
  const [row] = await tx
    .insert(holds)
    .values({ ...hold, ...begins, executes_at })
    .onConflictDoNothing()
    .returning();
  return row;
}

/** Undefined when there is none; one that has ended is returned. */
export async function getHold(db: Db | Tx, key: HoldKey): Promise<Hold | undefined> {
  const [hold] = await db.select().from(holds).where(keyed(key));
  return hold;
}

/** The hold that an approval was used for. */
export async function findHoldOfApproval(
  db: Db | Tx,
  { organization_id, approval_id }: { organization_id: string; approval_id: string },
): Promise<Hold | undefined> {
  const [hold] = await db
    .select()
    .from(holds)
    .where(and(eq(holds.organization_id, organization_id), eq(holds.approval_id, approval_id)));
  return hold;
}

/** The open hold of the same request of the same client and task. */
export async function findOpenHold(db: Db | Tx, request: SameRequest): Promise<Hold | undefined> {
  const [hold] = await db
    .select()
    .from(holds)
    .where(and(ofRequest(request), isOpenHold));
  return hold;
}

/** How many holds of a client are open that no human has said yes to. */
export async function countOwnHolds(
  db: Db | Tx,
  { organization_id, client_id }: Pick<Hold, 'organization_id' | 'client_id'>,
): Promise<number> {
  return await db.$count(
    holds,
    and(
      eq(holds.organization_id, organization_id),
      eq(holds.client_id, client_id),
      isNull(holds.approval_id),
      isOpenHold,
    ),
  );
}

/** Bytes that may have been sent before: the parts by which they are known, of one client, act chain and task. */
export type SentRequest = Pick<Hold, 'organization_id' | 'client_id' | 'task_id' | 'act_chain' | 'parts'>;

/** What Writ has sent of a request itself within a day, at a human's word. */
export async function findSentHold(db: Db, request: SentRequest): Promise<Hold | undefined> {
  const { organization_id, client_id, task_id, act_chain, parts } = request;
  const [hold] = await db
    .select()
    .from(holds)
    .where(
      and(
        eq(holds.organization_id, organization_id),
        eq(holds.client_id, client_id),
        eq(holds.task_id, task_id),
        sql`${holds.act_chain} = ${JSON.stringify(act_chain)}::jsonb`,
        sql`${holds.parts} @> ${JSON.stringify(parts)}::jsonb`,
        inArray(holds.state, ['executed', 'unknown']),
        sql`${holds.ended_at} > now() - interval '24 hours' and exists (select 1 from ${approvals}
          where ${approvals.organization_id} = ${holds.organization_id} and ${approvals.id} = ${holds.approval_id}
          and ${approvals.run} = 'now')`,
      ),
    )
    .orderBy(desc(holds.id))
    .limit(1);
  return hold;
}

/** Lists holds, newest first. `open`: only those that have not ended. A page ends early where the requests on it are large. */
export async function listHolds(
  db: Db,
  paging: Paging & { open?: boolean; client_id?: string; task_id?: string },
): Promise<Page<Hold>> {
  const { organization_id, open, client_id, task_id, after, limit } = paging;
  const sizes = await db
    .select({ id: holds.id, bytes: sql<number>`octet_length(${holds.shown}::text)` })
    .from(holds)
    .where(
      and(
        eq(holds.organization_id, organization_id),
        after === undefined ? undefined : lt(holds.id, after),
        client_id === undefined ? undefined : eq(holds.client_id, client_id),
        task_id === undefined ? undefined : eq(holds.task_id, task_id),
        open === true ? isOpenHold : undefined,
      ),
    )
    .orderBy(desc(holds.id))
    .limit(limit + 1);
  return await pageOfLarge(sizes, limit, (ids) =>
    db
      .select()
      .from(holds)
      .where(and(eq(holds.organization_id, organization_id), inArray(holds.id, ids)))
      .orderBy(desc(holds.id)),
  );
}

/** Uses an approval up for a hold, and returns it; undefined where it is not approved, or its time is over. */
export async function useForHold(
  tx: Tx,
  { organization_id, approval_id, hold_id }: { organization_id: string; approval_id: string; hold_id: string },
): Promise<typeof approvals.$inferSelect | undefined> {
  const [used] = await tx
    .update(approvals)
    .set({ state: 'used', used_at: now, used_by: hold_id })
    .where(
      and(
        eq(approvals.organization_id, organization_id),
        eq(approvals.id, approval_id),
        eq(approvals.state, 'approved'),
        sql`${approvals.usable_until} > now()`,
        hasQuorum,
      ),
    )
    .returning();
  // What was shown goes on with the hold.
  if (used !== undefined)
    await tx
      .update(approvals)
      .set({ shown: withoutBody(approvals) })
      .where(and(eq(approvals.organization_id, organization_id), eq(approvals.id, approval_id)));
  return used;
}

/** A hold that a broker has claimed. */
export type ClaimedHold = HoldKey & { readonly broker_id: string };

const claimed = (hold: ClaimedHold): SQL | undefined =>
  and(keyed(hold), eq(holds.state, 'claimed'), eq(holds.claimed_by, hold.broker_id));

/** Where a hold was approved, as many of those who said yes may still say it as it takes. */
const isApproved = sql`(${holds.approval_id} is null or exists (select 1 from ${approvals}
  where ${approvals.organization_id} = ${holds.organization_id} and ${approvals.id} = ${holds.approval_id} and ${hasQuorum}))`;

/** Where people released it, as many of them may still say yes as it takes. */
const isReleased = sql`(${holds.released_at} is null or ${validReleases()} >= ${holds.quorum})`;

/**
 * Marks a claimed hold as being sent, as a request: from here on it is never sent again. False where it is not this broker's any more, since
 * it was cancelled or taken for a dead broker's, and where those who said yes may not do so any more.
 */
export async function markSending(
  tx: Tx,
  { request_id, ...hold }: ClaimedHold & { request_id: string },
): Promise<boolean> {
  const { organization_id, id } = hold;
  await lockVoters(tx, {
    organization_id,
    approval_id: sql`(select ${holds.approval_id} from ${holds} where ${keyed({ organization_id, id })})`,
  });
  const rows = await tx
    .update(holds)
    .set({ executed_as: request_id })
    .where(and(claimed(hold), isNull(holds.executed_as), isApproved, isReleased))
    .returning({ id: holds.id });
  return rows.length === 1;
}

/**
 * Gives a claimed hold back, of which it is certain that it was not sent; false where it is not this broker's any more. `release`: it waits
 * for a human then.
 */
export async function giveBackHold(
  tx: Tx,
  { release, detail, ...hold }: ClaimedHold & { release: boolean; detail: string | null },
): Promise<boolean> {
  const rows = await tx
    .update(holds)
    .set({
      ...{ state: 'waiting', claimed_at: null, claimed_by: null, executed_as: null, detail },
      ...(release ? { waits_for_release: true } : {}),
    })
    .where(claimed(hold))
    .returning({ id: holds.id });
  return rows.length === 1;
}

/** How a claimed hold ends. */
export interface HoldEnd {
  readonly state: 'executed' | 'unknown' | 'refused';
  readonly status?: number;
  readonly code?: string;
  readonly detail?: string;
}

/** Ends a claimed hold and returns it; undefined where it is not this broker's any more. */
export async function endHold(tx: Tx, { end, ...hold }: ClaimedHold & { end: HoldEnd }): Promise<Hold | undefined> {
  const [row] = await tx
    .update(holds)
    .set({ ...end, ended_at: now, shown: withoutBody(holds) })
    .where(claimed(hold))
    .returning();
  return row;
}

/** Takes a hold back that is not being sent yet, and returns it; undefined where there was none to take back. */
export async function cancelHold(
  tx: Tx,
  { ended_by, ...key }: HoldKey & { ended_by: string },
): Promise<Hold | undefined> {
  const [row] = await tx
    .update(holds)
    .set({ state: 'cancelled', ended_at: now, ended_by, shown: withoutBody(holds) })
    .where(and(keyed(key), isOpenHold, isNull(holds.executed_as)))
    .returning();
  return row;
}
