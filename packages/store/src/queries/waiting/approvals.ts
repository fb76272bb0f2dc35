/** How approvals are asked for and used up. Every moment is one of the database's clock (invariant 12). */
import { and, desc, eq, inArray, isNull, ne, type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '../../database.ts';
import { approval_votes, approvals, clients, type WaitingRequest } from '../../schema/index.ts';
import { lockVoters } from '../locks.ts';
import { only } from '../page.ts';
import { type Approval, type ApprovalKey, hasQuorum, withoutBody } from './votes.ts';

/** A request for approval as it is made; the rest of its row begins empty. */
export type NewAsk = Pick<
  typeof approvals.$inferInsert,
  WaitingRequest | ('organization_id' | 'id' | 'kind' | 'connection_id' | 'hold_minutes')
>;

/** For how long a request for approval waits for its answer: then it has expired. */
const LIFE = sql`interval '24 hours'`;

/** It waits, or can be used: as the index of open approvals has it. */
const isOpen = sql`${approvals.state} = any (array['pending', 'approved'])`;

/** Whose request: the same client, task and digest. */
export type SameRequest = Pick<Approval, 'organization_id' | 'client_id' | 'task_id' | 'digest'>;

const same = ({ organization_id, client_id, task_id, digest }: SameRequest): SQL | undefined =>
  and(
    eq(approvals.organization_id, organization_id),
    eq(approvals.client_id, client_id),
    eq(approvals.task_id, task_id),
    eq(approvals.digest, digest),
    isOpen,
  );

/** Its time is over. */
const isOver = sql`(case ${approvals.state} when 'pending' then ${approvals.expires_at} else ${approvals.usable_until} end <= now())`;

/** The open approval of the same request, waiting or approved; undefined where there is none, or its time is over. */
export async function findOpenApproval(db: Db, request: SameRequest): Promise<Approval | undefined> {
  const [open] = await db
    .select()
    .from(approvals)
    .where(and(same(request), sql`not ${isOver}`));
  return open;
}

/** Notes that the open approval of a request has expired, where its time is over; returns it. */
export async function expireApproval(tx: Tx, request: SameRequest): Promise<Approval | undefined> {
  const [expired] = await tx
    .update(approvals)
    .set({ state: 'expired', shown: withoutBody(approvals) })
    .where(and(same(request), isOver))
    .returning();
  return expired;
}

/** Notes of all approvals whose time is over that they have expired, at most `limit` of them; returns them. */
export async function expireApprovals(
  tx: Tx,
  { organization_id, limit }: { readonly organization_id: string; readonly limit: number },
): Promise<readonly Approval[]> {
  const due = tx
    .select({ id: approvals.id })
    .from(approvals)
    .where(and(eq(approvals.organization_id, organization_id), isOpen, isOver))
    .orderBy(approvals.id)
    .limit(limit)
    .for('update', { skipLocked: true });
  return tx
    .update(approvals)
    .set({ state: 'expired', shown: withoutBody(approvals) })
    .where(and(eq(approvals.organization_id, organization_id), inArray(approvals.id, due)))
    .returning();
}

/** Ends an open approval that shows what is no longer so. */
export async function cancelApproval(tx: Tx, { organization_id, id }: ApprovalKey): Promise<void> {
  await tx
    .update(approvals)
    .set({ state: 'cancelled', shown: withoutBody(approvals) })
    .where(and(eq(approvals.organization_id, organization_id), eq(approvals.id, id), isOpen));
}

/** Ends an approval that nobody has answered; false where it does not wait any more. */
export async function cancelPending(tx: Tx, { organization_id, id }: ApprovalKey): Promise<boolean> {
  const rows = await tx
    .update(approvals)
    .set({ state: 'cancelled', shown: withoutBody(approvals) })
    .where(and(eq(approvals.organization_id, organization_id), eq(approvals.id, id), eq(approvals.state, 'pending')))
    .returning({ id: approvals.id });
  return rows.length > 0;
}

/** Lets one request at a time of a client ask, until the transaction ends: what is counted of it stays so. */
export async function lockAsking(
  tx: Tx,
  { organization_id, client_id }: Pick<Approval, 'organization_id' | 'client_id'>,
): Promise<void> {
  await tx
    .select({ id: clients.client_id })
    .from(clients)
    .where(and(eq(clients.organization_id, organization_id), eq(clients.client_id, client_id)))
    .for('no key update');
}

/** What a client wants to ask: counted over all its tasks. */
export type Act = Pick<Approval, 'organization_id' | 'client_id' | 'subject' | 'operations'>;

const ofClient = ({ organization_id, client_id }: Act): SQL | undefined =>
  and(eq(approvals.organization_id, organization_id), eq(approvals.client_id, client_id));

/** The no that answers the same act by itself, for as long as it cools down; undefined where none does. */
export async function findCoolingDenial(db: Db, act: Act): Promise<Approval | undefined> {
  const [denied] = await db
    .select()
    .from(approvals)
    .where(
      and(
        ofClient(act),
        eq(approvals.subject, act.subject),
        eq(approvals.state, 'denied'),
        isNull(approvals.reopened_at),
        sql`${approvals.cool_until} > now()`,
      ),
    )
    .orderBy(desc(approvals.decided_at))
    .limit(1);
  return denied;
}

/** How many denials of an operation within an hour end asking for it. */
const DENIALS = 3;

/**
 * The operations of an act for which asking has ended: three requests for them were denied within an hour, whenever that was, and nobody
 * has lifted that since. Asking to send a request and asking for a token count apart.
 */
export async function endedOperations(
  db: Db,
  act: Act,
  kind: Approval['kind'] = 'request',
): Promise<readonly string[]> {
  const names = sql`jsonb_array_elements_text(${approvals.operations})`;
  const denials = db
    .select({ name: sql<string>`${names}`.as('name'), at: sql`${approvals.decided_at}`.as('at') })
    .from(approvals)
    .where(and(ofClient(act), eq(approvals.kind, kind), eq(approvals.state, 'denied'), isNull(approvals.reopened_at)))
    .as('denials');
  const spans = db
    .select({
      name: denials.name,
      at: denials.at,
      first: sql`lag(at, ${sql.raw(String(DENIALS - 1))}) over (partition by name order by at)`.as('first'),
    })
    .from(denials)
    .as('spans');
  const rows = await db
    .selectDistinct({ name: spans.name })
    .from(spans)
    .where(
      and(
        sql`first > at - interval '1 hour'`,
        sql`${spans.name} in (select value from jsonb_array_elements_text(${JSON.stringify(act.operations)}::jsonb))`,
      ),
    );
  return rows.map(({ name }) => name);
}

/** For how long a request for a token that its client took back keeps its place: else asking and taking back would tell people without end. */
const TAKEN_BACK = sql`interval '10 minutes'`;

/**
 * How many requests for approval of a client wait for their answer, and how many of them are for the same act. What the client took back just
 * now counts too.
 */
export async function countAsks(db: Db, act: Act): Promise<{ readonly all: number; readonly same: number }> {
  const [row] = await db
    .select({
      all: sql<string>`count(*)::text`,
      same: sql<string>`(count(*) filter (where ${approvals.subject} = ${act.subject}))::text`,
    })
    .from(approvals)
    .where(
      and(
        ofClient(act),
        sql`(${approvals.state} = 'pending' and ${approvals.expires_at} > now()
          or ${approvals.state} = 'cancelled' and ${approvals.kind} = 'token'
            and ${approvals.created_at} > now() - ${TAKEN_BACK})`,
      ),
    );
  return { all: Number(row?.all ?? 0), same: Number(row?.same ?? 0) };
}

/** Makes a request for approval, which lives 24 hours from now. */
export async function insertAsk(tx: Tx, ask: NewAsk): Promise<Approval> {
  const times = { created_at: sql`now()`, expires_at: sql`now() + ${LIFE}` };
  return only(
    await tx
      .insert(approvals)
      .values({ ...ask, ...times, sole_approver: false, state: 'pending' })
      .returning(),
  );
}

/** The newest approval that could be used now for the same operations of the same task and connection, had the request not changed. */
export async function findOtherApproval(
  db: Db,
  request: SameRequest & Pick<Approval, 'connection_id' | 'operations'>,
): Promise<Approval | undefined> {
  const { organization_id, client_id, task_id, digest, connection_id, operations } = request;
  const [other] = await db
    .select()
    .from(approvals)
    .where(
      and(
        eq(approvals.organization_id, organization_id),
        eq(approvals.client_id, client_id),
        eq(approvals.task_id, task_id),
        eq(approvals.kind, 'request'),
        sql`${approvals.connection_id} is not distinct from ${connection_id}`,
        sql`${approvals.operations} = ${JSON.stringify(operations)}::jsonb`,
        ne(approvals.digest, digest),
        eq(approvals.state, 'approved'),
        eq(approvals.run, 'client'),
        sql`${approvals.usable_until} > now()`,
      ),
    )
    .orderBy(desc(approvals.id))
    .limit(1);
  return other;
}

/**
 * Notes who counts as having asked by now. Where that is protected, the yes of such a one is taken away: it was given by one who has come to
 * ask since.
 */
export async function joinRequesters(
  tx: Tx,
  { requesters, ...key }: ApprovalKey & { readonly requesters: readonly string[] },
): Promise<void> {
  await tx
    .delete(approval_votes)
    .where(
      and(
        eq(approval_votes.organization_id, key.organization_id),
        eq(approval_votes.approval_id, key.id),
        inArray(approval_votes.user_id, [...requesters]),
        sql`${approval_votes.yes} and ${approval_votes.protected} and not ${approval_votes.sole_approver}`,
      ),
    );
  await tx
    .update(approvals)
    .set({ requesters: [...requesters] })
    .where(and(eq(approvals.organization_id, key.organization_id), eq(approvals.id, key.id)));
}

/** The use of an approval by its client. */
export interface ApprovalUse extends ApprovalKey {
  readonly client_id: string;
  readonly task_id: string;
  readonly digest: string;
  /** The id of the request that uses it. */
  readonly used_by: string;
}

/**
 * Uses up an approval that its client is to use, and returns it; undefined where it is not approved, was used, has expired, or has too few
 * valid votes. Of any number of uses at once one gets it (invariant 11).
 */
export async function claimApproval(tx: Tx, use: ApprovalUse): Promise<Approval | undefined> {
  const { organization_id, id } = use;
  await lockVoters(tx, { organization_id, approval_id: sql`${id}` });
  const [used] = await tx
    .update(approvals)
    .set({ state: 'used', used_at: sql`now()`, used_by: use.used_by, shown: withoutBody(approvals) })
    .where(
      and(
        eq(approvals.organization_id, organization_id),
        eq(approvals.id, id),
        eq(approvals.client_id, use.client_id),
        eq(approvals.task_id, use.task_id),
        eq(approvals.digest, use.digest),
        eq(approvals.state, 'approved'),
        eq(approvals.run, 'client'),
        sql`${approvals.usable_until} > now()`,
        hasQuorum,
      ),
    )
    .returning();
  return used;
}
