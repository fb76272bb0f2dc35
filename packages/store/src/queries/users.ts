import { and, asc, eq, gt, inArray, isNotNull, isNull, type SQL } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { organizations, type Role, users } from '../schema/index.ts';
import { useLink } from './links.ts';
import { only, type Page, type Paging, pageOf } from './page.ts';

export type User = typeof users.$inferSelect;
export type NewUser = typeof users.$inferInsert;

const one = (input: { organization_id: string; id: string }): SQL | undefined =>
  and(eq(users.organization_id, input.organization_id), eq(users.id, input.id), isNull(users.deleted_at));

/** Adds a user; the email is kept in lower case. Throws `conflict` (`users_email_key`) when somebody has it. */
export async function insertUser(tx: Tx, user: NewUser): Promise<User> {
  const row = { ...user, email: user.email.toLowerCase() };
  return only(await tx.insert(users).values(row).returning());
}

/** Undefined when there is none, or it was deleted. */
export async function getUser(db: Db, input: { organization_id: string; id: string }): Promise<User | undefined> {
  const [user] = await db.select().from(users).where(one(input));
  return user;
}

/** A user, locked until the transaction ends; undefined when there is none, or it was deleted. */
export async function lockUser(tx: Tx, input: { organization_id: string; id: string }): Promise<User | undefined> {
  const [user] = await tx.select().from(users).where(one(input)).for('no key update');
  return user;
}

/** Finds a user by email, in upper or lower case; undefined when there is none, or it was deleted. */
export async function findUserByEmail(
  db: Db,
  input: { organization_id: string; email: string },
): Promise<User | undefined> {
  const { organization_id, email } = input;
  const [user] = await db
    .select()
    .from(users)
    .where(
      and(eq(users.organization_id, organization_id), eq(users.email, email.toLowerCase()), isNull(users.deleted_at)),
    );
  return user;
}

/** Lists users by id, which is by age. */
export async function listUsers(db: Db, paging: Paging): Promise<Page<User>> {
  const { organization_id, after = '', limit } = paging;
  const rows = await db
    .select()
    .from(users)
    .where(and(eq(users.organization_id, organization_id), gt(users.id, after), isNull(users.deleted_at)))
    .orderBy(asc(users.id))
    .limit(limit + 1);
  return pageOf(rows, limit, ({ id }) => id);
}

/** Changes a user and returns it as it is then; undefined when there is none. */
export async function updateUser(
  tx: Tx,
  input: { organization_id: string; id: string; set: Partial<Pick<User, 'name' | 'role' | 'password_hash'>> },
): Promise<User | undefined> {
  const [user] = await tx.update(users).set(input.set).where(one(input)).returning();
  return user;
}

/** Marks a user as deleted; its email may be used again. Undefined when there is none. */
export async function deleteUser(
  tx: Tx,
  input: { organization_id: string; id: string; now: number },
): Promise<User | undefined> {
  const [user] = await tx.update(users).set({ deleted_at: input.now }).where(one(input)).returning();
  return user;
}

/** The condition that a user can still sign in, in one of these roles: in a statement on `users`. */
export const canSignInAs = (roles: readonly Role[]): SQL | undefined =>
  and(inArray(users.role, [...roles]), isNull(users.deleted_at), isNotNull(users.password_hash));

/** The same in a role that says yes to requests. */
export const saysYes = canSignInAs(['owner', 'admin', 'approver']);

/**
 * Counts the users of a role that can sign in. Locks the organization first: where two requests each remove one of the last two owners,
 * the second sees what the first did.
 */
export async function countUsers(tx: Tx, input: { organization_id: string; role: Role }): Promise<number> {
  const { organization_id, role } = input;
  await lockOrganization(tx, organization_id);
  return tx.$count(users, and(eq(users.organization_id, organization_id), canSignInAs([role])));
}

/** Tells whether there was ever a user: then set-up is over for good. */
export async function isSetUp(db: Db, input: { organization_id: string }): Promise<boolean> {
  const rows = await db
    .select({ id: users.id })
    .from(users)
    .where(eq(users.organization_id, input.organization_id))
    .limit(1);
  return rows.length > 0;
}

/**
 * Uses up a set-up link and makes the first owner: both, or neither. Undefined when the link is not good or there already is an owner. Of
 * two such requests at once, even with different links, only one finds the organization empty, because of its lock.
 */
export async function createFirstOwner(
  tx: Tx,
  input: { user: Omit<NewUser, 'role'>; token_hash: string; now: number },
): Promise<User | undefined> {
  const { user, token_hash, now } = input;
  const { organization_id } = user;
  await lockOrganization(tx, organization_id);
  if (await isSetUp(tx, { organization_id })) return undefined;
  if (!(await useLink(tx, { organization_id, kind: 'setup', token_hash, now }))) return undefined;
  return insertUser(tx, { ...user, role: 'owner' });
}

async function lockOrganization(tx: Tx, organizationId: string): Promise<void> {
  await tx
    .select({ id: organizations.organization_id })
    .from(organizations)
    .where(eq(organizations.organization_id, organizationId))
    .for('update');
}
