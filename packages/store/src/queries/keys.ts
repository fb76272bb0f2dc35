import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Db, Driver, Tx } from '../database.ts';
import { translate } from '../errors.ts';
import { clients, type KeyState, signing_keys, vault_keys } from '../schema/index.ts';

export type SigningKey = typeof signing_keys.$inferSelect;
export type NewSigningKey = typeof signing_keys.$inferInsert;
export type VaultKey = typeof vault_keys.$inferSelect;

/** Keeps a signing key. Throws `conflict` (`signing_keys_active_key`) when it is to be active and another is. */
export async function insertSigningKey(tx: Tx, key: NewSigningKey): Promise<void> {
  await tx.insert(signing_keys).values(key);
}

/** The keys in any of the states, oldest first; at most 1000. */
export async function listSigningKeys(
  db: Db,
  input: { organization_id: string; states: readonly KeyState[] },
): Promise<readonly SigningKey[]> {
  const { organization_id, states } = input;
  return db
    .select()
    .from(signing_keys)
    .where(and(eq(signing_keys.organization_id, organization_id), inArray(signing_keys.state, [...states])))
    .orderBy(asc(signing_keys.created_at), asc(signing_keys.kid))
    .limit(1000);
}

/** Undefined when there is none. */
export async function getSigningKey(
  db: Db,
  input: { organization_id: string; kid: string },
): Promise<SigningKey | undefined> {
  const { organization_id, kid } = input;
  const [key] = await db
    .select()
    .from(signing_keys)
    .where(and(eq(signing_keys.organization_id, organization_id), eq(signing_keys.kid, kid)));
  return key;
}

/** The algorithms that clients have chosen for their tokens. */
export async function chosenSigningAlgorithms(db: Db, input: { organization_id: string }): Promise<readonly string[]> {
  const alg = sql<string>`${clients.settings}->>'access_token_signing_alg'`;
  const rows = await db
    .selectDistinct({ alg })
    .from(clients)
    .where(
      and(eq(clients.organization_id, input.organization_id), isNull(clients.deleted_at), sql`${alg} is not null`),
    );
  return rows.map((row) => row.alg);
}

/**
 * Moves a key from one of the states `from` to `to`, and returns it; undefined when it is in none of them. Make the old key
 * `retiring` before the new one `active`. `retired_at` (ms) says until when a retiring key is good. The private part of a retired or
 * compromised key is erased.
 */
export async function moveSigningKey(
  tx: Tx,
  input: {
    organization_id: string;
    kid: string;
    from: readonly KeyState[];
    to: KeyState;
    now: number;
    retired_at?: number;
  },
): Promise<SigningKey | undefined> {
  const { organization_id, kid, from, to, now, retired_at } = input;
  const [key] = await tx
    .update(signing_keys)
    .set({
      state: to,
      ...(to === 'active' && { activated_at: now }),
      ...(to === 'retiring' && retired_at !== undefined && { retired_at }),
      ...((to === 'retired' || to === 'compromised') && { retired_at: now, sealed_private: null }),
    })
    .where(
      and(
        eq(signing_keys.organization_id, organization_id),
        eq(signing_keys.kid, kid),
        inArray(signing_keys.state, [...from]),
      ),
    )
    .returning();
  return key;
}

/** The key-encryption key this database was sealed with; undefined while it holds nothing sealed. */
export async function currentVaultKey(db: Db, input: { organization_id: string }): Promise<VaultKey | undefined> {
  const [key] = await db
    .select()
    .from(vault_keys)
    .where(and(eq(vault_keys.organization_id, input.organization_id), isNull(vault_keys.replaced_at)));
  return key;
}

/** The id of the current key-encryption key of a database that may not be migrated yet: undefined where none is remembered. */
export async function sealedWith({ script }: Driver, organization_id: string): Promise<string | undefined> {
  return await script(async (run) => {
    const { rows: tables } = await run({
      text: `select 1 from pg_tables where (schemaname, tablename) = ('public', 'vault_keys')`,
    });
    if (tables.length === 0) return undefined;
    const text = 'select kek_id from vault_keys where organization_id = $1 and replaced_at is null';
    const { rows } = await run({ text, params: [organization_id] });
    return rows[0] && String(rows[0]['kek_id']);
  }).catch((error: unknown) => {
    throw translate(error);
  });
}

/** Tells whether a key-encryption key is the current one, or none is remembered yet. */
export async function isVaultKey(db: Db, input: { organization_id: string; kek_id: string }): Promise<boolean> {
  const current = await currentVaultKey(db, input);
  return current === undefined || current.kek_id === input.kek_id;
}

/** Remembers the key-encryption key, unless one is remembered, and returns the one that is: with several brokers, that of the first. */
export async function rememberVaultKey(
  tx: Tx,
  input: { organization_id: string; kek_id: string; now: number },
): Promise<VaultKey> {
  const { organization_id, kek_id, now } = input;
  await tx.insert(vault_keys).values({ organization_id, kek_id, created_at: now }).onConflictDoNothing();
  const key = await currentVaultKey(tx, { organization_id });
  if (!key) throw new TypeError(`the key ${kek_id} was replaced before and cannot be the current one`);
  return key;
}

/**
 * Remembers whether a copy of the key file is kept somewhere else, and returns the key; undefined when that key is not the current one.
 * `by`: who answered.
 */
export async function answerKeyCopy(
  tx: Tx,
  input: { organization_id: string; kek_id: string; copy_kept: boolean; by: string; now: number },
): Promise<VaultKey | undefined> {
  const { organization_id, kek_id, copy_kept, by, now } = input;
  const [key] = await tx
    .update(vault_keys)
    .set({ copy_kept, copy_answered_at: now, copy_answered_by: by })
    .where(
      and(
        eq(vault_keys.organization_id, organization_id),
        eq(vault_keys.kek_id, kek_id),
        isNull(vault_keys.replaced_at),
      ),
    )
    .returning();
  return key;
}
