import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { approval_votes, clients, grants, type Role, user_ties, users } from '../schema/index.ts';
import { canSignInAs, type User } from './users.ts';

/** For how long who was made by another user counts as that one. */
const TIE = sql`interval '7 days'`;

/** How one user came to be in another's hand. */
export type TieKind = (typeof user_ties.$inferSelect)['kind'];

/** Remembers that a user invited another one, reset their password or gave them their role: now, by the database's clock. */
export async function tieUsers(
  tx: Tx,
  tie: {
    readonly organization_id: string;
    readonly by_id: string;
    readonly user_id: string;
    readonly kind: TieKind;
  },
): Promise<void> {
  const { organization_id, by_id, user_id, kind } = user_ties;
  await tx
    .insert(user_ties)
    .values({ ...tie, at: sql`now()` })
    .onConflictDoUpdate({ target: [organization_id, by_id, user_id, kind], set: { at: sql`now()` } });
}

/**
 * Who counts as each of these users, by their ids: themselves, whom they invited, reset or gave a role in the last 7 days, and whom those did, and so
 * on. In no order.
 */
export async function tiedOfEach(
  db: Db,
  { organization_id, user_ids }: { readonly organization_id: string; readonly user_ids: readonly string[] },
): Promise<ReadonlyMap<string, readonly string[]>> {
  const first = sql`select value as root, value as id from jsonb_array_elements_text(${JSON.stringify(user_ids)}::jsonb)`;
  const next = sql`select asking.root, ${user_ties.user_id} from ${user_ties} join asking on asking.id = ${user_ties.by_id}
    where ${user_ties.organization_id} = ${organization_id} and ${user_ties.at} > now() - ${TIE}`;
  const rows = await db
    .select({ root: sql<string>`root`, id: sql<string>`id` })
    .from(sql`(with recursive asking (root, id) as (${first} union ${next}) select root, id from asking) as tied`);
  const tied = new Map<string, string[]>();
  for (const { root, id } of rows) tied.set(root, [...(tied.get(root) ?? []), id]);
  return tied;
}

/** The people behind a client or a grant, by what stands for it: those of deleted ones too. */
export interface Behind {
  readonly id: string;
  readonly user_ids: readonly string[];
}

/** The owner, the creator and the last secret-holder of each client. */
export async function peopleOfClients(
  db: Db,
  { organization_id, client_ids }: { readonly organization_id: string; readonly client_ids: readonly string[] },
): Promise<Behind[]> {
  const rows = await db
    .select()
    .from(clients)
    .where(and(eq(clients.organization_id, organization_id), inArray(clients.client_id, [...client_ids])));
  return rows.map(({ client_id, owner_id, created_by, secret_holder_id }) => ({
    id: client_id,
    user_ids: [owner_id, created_by, ...(secret_holder_id === null ? [] : [secret_holder_id])],
  }));
}

/** Who made each grant, or changed what it allows; of what was given to a task, who said yes to it. */
export async function makersOfGrants(
  db: Db,
  { organization_id, grant_ids }: { readonly organization_id: string; readonly grant_ids: readonly string[] },
): Promise<Behind[]> {
  const rows = await db
    .select()
    .from(grants)
    .where(and(eq(grants.organization_id, organization_id), inArray(grants.id, [...grant_ids])));
  const givers = await db
    .select({ id: approval_votes.approval_id, user_id: approval_votes.user_id })
    .from(approval_votes)
    .where(
      and(
        eq(approval_votes.organization_id, organization_id),
        inArray(approval_votes.approval_id, [...grant_ids]),
        approval_votes.yes,
      ),
    );
  return [
    ...rows.map(({ id, created_by, changed_by }) => ({ id, user_ids: [created_by, ...(changed_by ?? [])] })),
    ...givers.map(({ id, user_id }) => ({ id, user_ids: [user_id] })),
  ];
}

/** The users of some roles who can sign in, by id. */
export function listActiveUsers(
  db: Db,
  { organization_id, roles }: { readonly organization_id: string; readonly roles: readonly Role[] },
): Promise<User[]> {
  return db
    .select()
    .from(users)
    .where(and(eq(users.organization_id, organization_id), canSignInAs(roles)))
    .orderBy(asc(users.id));
}
