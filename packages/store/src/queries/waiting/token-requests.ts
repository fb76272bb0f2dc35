/** Requests for tokens beyond the grants of a client, and what humans gave to tasks by them. Every moment is one of the database's clock. */
import type { Detail } from '@writ/core';
import { and, eq, inArray, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '../../database.ts';
import { approvals, tasks, token_requests } from '../../schema/index.ts';
import { listed, only } from '../page.ts';
import type { Approval, ApprovalKey } from './votes.ts';

export type TokenRequest = typeof token_requests.$inferSelect;

/** A request for a token as it is made; the rest of its row begins empty. */
export type NewTokenRequest = Pick<
  TokenRequest,
  'organization_id' | 'approval_id' | 'client_id' | 'task_id' | 'code_hashes' | 'aud' | 'jkt' | 'life' | 'asked'
>;

const keyed = ({ organization_id, id }: ApprovalKey): SQL | undefined =>
  and(eq(token_requests.organization_id, organization_id), eq(token_requests.approval_id, id));

/** How many seconds a client must leave between two polls, to begin with, how many more after one that came too early, and the most. */
const POLLS = { first: 5, more: 5, most: 60 };

/** Notes what a request for a token asks for, with the approval that it has become. */
export async function insertTokenRequest(tx: Tx, request: NewTokenRequest): Promise<TokenRequest> {
  return only(
    await tx
      .insert(token_requests)
      .values({ ...request, poll_seconds: POLLS.first })
      .returning(),
  );
}

/** Undefined when there is none. */
export async function getTokenRequest(db: Db, key: ApprovalKey): Promise<TokenRequest | undefined> {
  const [request] = await db.select().from(token_requests).where(keyed(key));
  return request;
}

/**
 * The open approval of the same request of a client for a token: one that waits, or can be used, and whose task has not ended. `digest` has all
 * that is asked, the purpose of the task too. Undefined where there is none.
 */
export async function findOpenTokenRequest(
  db: Db,
  { organization_id, client_id, digest }: Pick<Approval, 'organization_id' | 'client_id' | 'digest'>,
): Promise<{ readonly approval: Approval; readonly request: TokenRequest } | undefined> {
  const [found] = await db
    .select({ approval: approvals, request: token_requests })
    .from(approvals)
    .innerJoin(
      token_requests,
      and(eq(token_requests.organization_id, approvals.organization_id), eq(token_requests.approval_id, approvals.id)),
    )
    .innerJoin(tasks, and(eq(tasks.organization_id, approvals.organization_id), eq(tasks.id, approvals.task_id)))
    .where(
      and(
        eq(approvals.organization_id, organization_id),
        eq(approvals.client_id, client_id),
        eq(approvals.digest, digest),
        eq(approvals.kind, 'token'),
        isNull(tasks.ended_at),
        sql`(${approvals.state} = 'pending' and ${approvals.expires_at} > now()
          or ${approvals.state} = 'approved' and ${approvals.usable_until} > now())`,
      ),
    )
    .limit(1);
  return found;
}

/** How many deferral codes are good for one request at a time: of more the oldest is no longer good. */
const MOST_CODES = 5;

/** Adds a deferral code by which the same request can be asked about. */
export async function addDeferralCode(
  tx: Tx,
  { code_hash, ...key }: ApprovalKey & { code_hash: string },
): Promise<void> {
  const codes = token_requests.code_hashes;
  const newest = sql`${codes}[greatest(1, cardinality(${codes}) - ${sql.raw(String(MOST_CODES - 2))}):]`;
  await tx
    .update(token_requests)
    .set({ code_hashes: sql`array_append(${newest}, ${code_hash}::text)` })
    .where(keyed(key));
}

/**
 * Notes that a client asks what became of its request. Where it asks earlier than it was told to, it must leave more time from then on, and
 * `early` is true.
 */
export async function notePoll(
  db: Db,
  key: ApprovalKey,
): Promise<{ readonly early: boolean; readonly poll_seconds: number }> {
  const { polled_at, poll_seconds } = token_requests;
  const isDue = sql`(${polled_at} is null or ${polled_at} + make_interval(secs => ${poll_seconds}) <= now())`;
  const [due] = await db
    .update(token_requests)
    .set({ polled_at: sql`now()` })
    .where(and(keyed(key), isDue))
    .returning({ poll_seconds });
  if (due !== undefined) return { early: false, ...due };
  const longer = sql`least(${poll_seconds} + ${POLLS.more}::integer, ${POLLS.most}::integer)`;
  const [early] = await db
    .update(token_requests)
    .set({ polled_at: sql`now()`, poll_seconds: longer })
    .where(keyed(key))
    .returning({ poll_seconds });
  return { early: true, poll_seconds: early?.poll_seconds ?? POLLS.most };
}

/** Notes what the approver gave in place of what was asked. */
export async function giveDetails(
  tx: Tx,
  { given, ...key }: ApprovalKey & { given: readonly Detail[] },
): Promise<void> {
  await tx.update(token_requests).set({ given }).where(keyed(key));
}

/** Notes the token that was issued: for as long as that lives, its task has what was given. To be called once the approval was claimed. */
export async function grantToTask(
  tx: Tx,
  { jti, seconds, ...key }: ApprovalKey & { readonly jti: string; readonly seconds: number },
): Promise<void> {
  const granted_until = sql`now() + make_interval(secs => ${seconds})`;
  await tx
    .update(token_requests)
    .set({ jti, granted_until })
    .where(and(keyed(key), isNull(token_requests.jti)));
}

/** What a human gave to one task, until a moment (ms). `given`: what both it and `asked` cover; null where all was given. */
export type TaskGrant = Pick<TokenRequest, 'approval_id' | 'client_id' | 'jkt' | 'asked' | 'given'> & {
  readonly jti: string;
  readonly granted_until: number;
};

/** The condition that a row is a grant that nobody has ended; its time is for the caller to compare. */
const isGrant = and(isNotNull(token_requests.granted_until), isNull(token_requests.ended_at));

/** What humans gave to a task, whether its time is over or not. */
export async function listTaskGrants(
  db: Db,
  { organization_id, task_id }: Pick<TokenRequest, 'organization_id' | 'task_id'>,
): Promise<readonly TaskGrant[]> {
  const rows = await db
    .select()
    .from(token_requests)
    .where(and(eq(token_requests.organization_id, organization_id), eq(token_requests.task_id, task_id), isGrant));
  return rows.flatMap(({ jti, granted_until, ...row }) =>
    jti === null || granted_until === null ? [] : [{ ...row, jti, granted_until }],
  );
}

/** The clients with a task to which a human gave something of a connection, where nobody has ended that. `connection`: its slug. */
export async function clientsGiven(
  db: Db,
  { organization_id, connection }: { readonly organization_id: string; readonly connection: string },
): Promise<readonly string[]> {
  const rows = await db
    .selectDistinct({ client_id: token_requests.client_id })
    .from(token_requests)
    .where(
      and(
        eq(token_requests.organization_id, organization_id),
        sql`${token_requests.asked} @> ${JSON.stringify([{ connection }])}::jsonb`,
        isGrant,
        // A token may have expired, and a request by it still waits.
        sql`${token_requests.granted_until} > now() - interval '2 days'`,
      ),
    );
  return rows.map(({ client_id }) => client_id);
}

/** Ends what humans gave with tokens that are revoked now. */
export async function endTaskGrants(
  tx: Tx,
  { organization_id, jtis }: { readonly organization_id: string; readonly jtis: readonly string[] },
): Promise<void> {
  if (jtis.length === 0) return;
  await tx
    .update(token_requests)
    .set({ ended_at: sql`now()` })
    .where(
      and(eq(token_requests.organization_id, organization_id), inArray(token_requests.jti, listed(jtis)), isGrant),
    );
}
