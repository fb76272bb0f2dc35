import { and, asc, eq, gt, isNull, lt, or } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { passkeys, users } from '../schema/index.ts';
import { type Page, type Paging, pageOf } from './page.ts';
import type { User } from './users.ts';

export type Passkey = typeof passkeys.$inferSelect;

/** Adds a passkey. Throws `conflict` (`passkeys_credential_key`) for a credential that is there already. */
export async function insertPasskey(tx: Tx, passkey: Passkey): Promise<void> {
  await tx.insert(passkeys).values(passkey);
}

/** The passkey with a credential's id, and its user; undefined where there is none, or the user was deleted. */
export async function findPasskey(
  db: Db,
  { organization_id, credential_id }: { readonly organization_id: string; readonly credential_id: string },
): Promise<{ readonly passkey: Passkey; readonly user: User } | undefined> {
  const [found] = await db
    .select({ passkey: passkeys, user: users })
    .from(passkeys)
    .innerJoin(users, and(eq(users.organization_id, passkeys.organization_id), eq(users.id, passkeys.user_id)))
    .where(
      and(
        eq(passkeys.organization_id, organization_id),
        eq(passkeys.credential_id, credential_id),
        isNull(users.deleted_at),
      ),
    );
  return found;
}

/** Lists a user's passkeys by id, which is by age. */
export async function listPasskeys(db: Db, input: Paging & { readonly user_id: string }): Promise<Page<Passkey>> {
  const { organization_id, user_id, after = '', limit } = input;
  const rows = await db
    .select()
    .from(passkeys)
    .where(and(eq(passkeys.organization_id, organization_id), eq(passkeys.user_id, user_id), gt(passkeys.id, after)))
    .orderBy(asc(passkeys.id))
    .limit(limit + 1);
  return pageOf(rows, limit, ({ id }) => id);
}

/** One use of a passkey. `counter`: how often it was used by now, as the device counts. */
export interface PasskeyUse {
  readonly organization_id: string;
  readonly id: string;
  readonly counter: number;
  readonly backed_up: boolean;
  readonly now: number;
}

/**
 * Notes a use of a passkey; false where it was removed, or where its count did not go up: then another device counts too. A device that
 * does not count says 0 for ever.
 */
export async function countPasskeyUse(tx: Tx, use: PasskeyUse): Promise<boolean> {
  const { organization_id, id, counter, backed_up, now } = use;
  const goesUp = lt(passkeys.counter, counter);
  const rows = await tx
    .update(passkeys)
    .set({ counter, backed_up, last_used_at: now })
    .where(
      and(
        eq(passkeys.organization_id, organization_id),
        eq(passkeys.id, id),
        counter === 0 ? or(goesUp, eq(passkeys.counter, 0)) : goesUp,
      ),
    )
    .returning({ id: passkeys.id });
  return rows.length > 0;
}

/** Locks a passkey until the transaction ends; false where it was removed. */
export async function lockPasskey(
  tx: Tx,
  { organization_id, id }: { readonly organization_id: string; readonly id: string },
): Promise<boolean> {
  const rows = await tx
    .select({ id: passkeys.id })
    .from(passkeys)
    .where(and(eq(passkeys.organization_id, organization_id), eq(passkeys.id, id)))
    .for('no key update');
  return rows.length > 0;
}

/** Removes a passkey of a user, or all of them; returns how many. */
export async function deletePasskeys(
  tx: Tx,
  input: { readonly organization_id: string; readonly user_id: string; readonly id?: string },
): Promise<number> {
  const { organization_id, user_id, id } = input;
  const rows = await tx
    .delete(passkeys)
    .where(
      and(
        eq(passkeys.organization_id, organization_id),
        eq(passkeys.user_id, user_id),
        id === undefined ? undefined : eq(passkeys.id, id),
      ),
    )
    .returning({ id: passkeys.id });
  return rows.length;
}
