/** What people see of approvals, and what they said. Every moment is one of the database's clock. */
import { and, desc, eq, getTableColumns, inArray, isNull, lt, type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '../../database.ts';
import { approval_votes, approvals, type holds, users } from '../../schema/index.ts';
import { type Page, type Paging, pageOfLarge } from '../page.ts';
import { canSignInAs, saysYes } from '../users.ts';

export type Approval = typeof approvals.$inferSelect;
export type Vote = typeof approval_votes.$inferSelect;

/** One approval of an organization. */
export interface ApprovalKey {
  readonly organization_id: string;
  readonly id: string;
}

const keyed = ({ organization_id, id }: ApprovalKey): SQL | undefined =>
  and(eq(approvals.organization_id, organization_id), eq(approvals.id, id));

/** What an approval is now: one whose time is over has expired, whether somebody has noted it or not (invariant 12). */
const state = sql<Approval['state']>`case
  when ${approvals.state} = 'pending' and ${approvals.expires_at} <= now() then 'expired'
  when ${approvals.state} = 'approved' and ${approvals.usable_until} <= now() then 'expired'
  else ${approvals.state} end`;

/** The condition that a user's yes counts: the user can still sign in, in a role that says yes to what was asked. */
const counts = sql<boolean>`(${approval_votes.yes} and (${canSignInAs(['owner', 'admin'])}
  or (${approvals.kind} = 'request' and ${saysYes})))`;

/** How many valid votes say yes to an approval, in a statement on `approvals`. */
const validVotes = sql<number>`(select count(*) from ${approval_votes} join ${users}
  on ${users.organization_id} = ${approval_votes.organization_id} and ${users.id} = ${approval_votes.user_id}
  where ${approval_votes.organization_id} = ${approvals.organization_id} and ${approval_votes.approval_id} = ${approvals.id}
  and ${counts})`;

/** What was shown, but for the body, which is kept no longer than it is needed. */
export const withoutBody = ({ shown }: Pick<typeof approvals | typeof holds, 'shown'>): SQL =>
  sql`jsonb_set(${shown}, '{request,body}', 'null')`;

/** The condition that as many valid votes say yes as it takes: for the statement that uses an approval, too. */
export const hasQuorum = sql`(${validVotes} >= ${approvals.quorum})`;

/** An approval, with `state` as it is now. */
const columns = { ...getTableColumns(approvals), state };

/** Undefined when there is none. */
export async function getApproval(db: Db, key: ApprovalKey): Promise<Approval | undefined> {
  const [approval] = await db.select(columns).from(approvals).where(keyed(key));
  return approval;
}

/** The same, locked until the transaction ends: nobody else votes on it, uses it or ends it meanwhile. */
export async function lockApproval(tx: Tx, key: ApprovalKey): Promise<Approval | undefined> {
  await tx.select({ id: approvals.id }).from(approvals).where(keyed(key)).for('update');
  return getApproval(tx, key);
}

/** Which approvals to list: those of all states and clients where nothing is said. */
export interface ApprovalFilter {
  readonly state?: Approval['state'];
  readonly client_id?: string;
  readonly task_id?: string;
}

/** Lists approvals, newest first. A page ends early where the requests on it are large. */
export async function listApprovals(db: Db, paging: Paging & ApprovalFilter): Promise<Page<Approval>> {
  const { organization_id, after, limit } = paging;
  const sizes = await db
    .select({ id: approvals.id, bytes: sql<number>`octet_length(${approvals.shown}::text)` })
    .from(approvals)
    .where(
      and(
        eq(approvals.organization_id, organization_id),
        after === undefined ? undefined : lt(approvals.id, after),
        paging.client_id === undefined ? undefined : eq(approvals.client_id, paging.client_id),
        paging.task_id === undefined ? undefined : eq(approvals.task_id, paging.task_id),
        paging.state === undefined ? undefined : sql`${state} = ${paging.state}`,
      ),
    )
    .orderBy(desc(approvals.id))
    .limit(limit + 1);
  return await pageOfLarge(sizes, limit, (ids) =>
    db
      .select(columns)
      .from(approvals)
      .where(and(eq(approvals.organization_id, organization_id), inArray(approvals.id, ids)))
      .orderBy(desc(approvals.id)),
  );
}

/** A vote, and whether it counts still. */
export interface CountedVote extends Vote {
  readonly counts: boolean;
}

/** The votes on some approvals, by id of the approval, oldest first. */
export async function listVotes(
  db: Db,
  { organization_id, ids }: { readonly organization_id: string; readonly ids: readonly string[] },
): Promise<readonly CountedVote[]> {
  if (ids.length === 0) return [];
  return db
    .select({ ...getTableColumns(approval_votes), counts: sql<boolean>`(not ${approval_votes.yes} or ${counts})` })
    .from(approval_votes)
    .innerJoin(
      users,
      and(eq(users.organization_id, approval_votes.organization_id), eq(users.id, approval_votes.user_id)),
    )
    .innerJoin(
      approvals,
      and(eq(approvals.organization_id, approval_votes.organization_id), eq(approvals.id, approval_votes.approval_id)),
    )
    .where(and(eq(approval_votes.organization_id, organization_id), inArray(approval_votes.approval_id, [...ids])))
    .orderBy(approval_votes.approval_id, approval_votes.at);
}

/** The names of some users, of deleted ones too, by id. */
export async function namesOfUsers(
  db: Db,
  { organization_id, ids }: { readonly organization_id: string; readonly ids: readonly string[] },
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: users.id, name: users.name })
    .from(users)
    .where(and(eq(users.organization_id, organization_id), inArray(users.id, [...ids])));
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** A person's word on an approval that the transaction has locked. */
export interface Said extends ApprovalKey {
  readonly user_id: string;
  readonly assertion: Vote['assertion'];
}

/** Says that whoever says yes to it now is one who asked: nobody else could. */
export async function markSole(tx: Tx, key: ApprovalKey): Promise<void> {
  await tx.update(approvals).set({ sole_approver: true }).where(keyed(key));
}

/** Notes a user's word in place of what the same one said before. A check of the table refuses the yes of one who asked (invariant 11). */
async function insertVote(tx: Tx, { yes, ...said }: Said & { readonly yes: boolean }): Promise<void> {
  const { organization_id, id, user_id, assertion } = said;
  const vote = tx
    .select({
      organization_id: approvals.organization_id,
      approval_id: approvals.id,
      user_id: sql`${user_id}::text`.as('user_id'),
      yes: sql`${yes}::boolean`.as('yes'),
      at: sql`now()`.as('at'),
      assertion: sql`${assertion}::text`.as('assertion'),
      requesters: approvals.requesters,
      protected: approvals.protected,
      sole_approver: approvals.sole_approver,
    })
    .from(approvals)
    .where(keyed({ organization_id, id }));
  await tx
    .insert(approval_votes)
    .select(vote)
    .onConflictDoUpdate({
      target: [approval_votes.organization_id, approval_votes.approval_id, approval_votes.user_id],
      set: { yes, assertion, at: sql`now()` },
    });
}

/** How an approval is to run: the first yes fixes it. */
export interface HowItRuns {
  readonly run: NonNullable<Approval['run']>;
  /** Seconds. */
  readonly usable_for: number;
}

/**
 * Notes a yes, and approves where that makes as many valid ones as it takes. Returns the approval as it is then; undefined where it does not
 * wait any more.
 */
export async function voteYes(tx: Tx, said: Said & HowItRuns): Promise<Approval | undefined> {
  await insertVote(tx, { ...said, yes: true });
  const { run, usable_for } = said;
  const waits = and(keyed(said), eq(approvals.state, 'pending'), sql`${approvals.expires_at} > now()`);
  const fixed = await tx
    .update(approvals)
    .set({
      run: sql`coalesce(${approvals.run}, ${run})`,
      usable_for: sql`coalesce(${approvals.usable_for}, ${usable_for}::integer)`,
    })
    .where(waits)
    .returning({ id: approvals.id });
  if (fixed.length === 0) return undefined;
  await tx
    .update(approvals)
    .set({
      state: 'approved',
      decided_at: sql`now()`,
      usable_until: sql`now() + make_interval(secs => ${approvals.usable_for})`,
    })
    .where(and(waits, hasQuorum));
  return getApproval(tx, said);
}

/** For how long a no answers the same request by itself. */
const COOL_DOWN = sql`interval '10 minutes'`;

/**
 * Notes a no, which is enough to deny what waits, or what was approved and not used yet. Returns the approval as it is then; undefined where
 * there is nothing to deny any more.
 */
export async function voteNo(tx: Tx, said: Said & { readonly reason: string | null }): Promise<Approval | undefined> {
  const denied = await tx
    .update(approvals)
    .set({
      state: 'denied',
      decided_at: sql`now()`,
      cool_until: sql`now() + ${COOL_DOWN}`,
      reason: said.reason,
      shown: withoutBody(approvals),
    })
    .where(and(keyed(said), sql`${state} in ('pending', 'approved')`))
    .returning({ id: approvals.id });
  if (denied.length === 0) return undefined;
  await insertVote(tx, { ...said, yes: false });
  return getApproval(tx, said);
}

/**
 * Lets a client ask again for any of some operations: what was denied of them counts no more. Returns the ids of what was denied.
 */
export async function reopenDenied(
  tx: Tx,
  input: {
    readonly organization_id: string;
    readonly client_id: string;
    readonly operations: readonly string[];
    readonly reopened_by: string;
  },
): Promise<readonly string[]> {
  const { organization_id, client_id, reopened_by } = input;
  const named = sql`exists (select 1 from jsonb_array_elements_text(${approvals.operations}) as o (name)
    where o.name in (select value from jsonb_array_elements_text(${JSON.stringify(input.operations)}::jsonb)))`;
  const rows = await tx
    .update(approvals)
    .set({ reopened_at: sql`now()`, reopened_by })
    .where(
      and(
        eq(approvals.organization_id, organization_id),
        eq(approvals.client_id, client_id),
        eq(approvals.state, 'denied'),
        isNull(approvals.reopened_at),
        named,
      ),
    )
    .returning({ id: approvals.id });
  return rows.map(({ id }) => id);
}
