/** The queries for replacing the key-encryption key: all in one transaction. */
import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import {
  checkpoint_keys,
  clients,
  connections,
  credentials,
  kept_bodies,
  kept_keys,
  notifications,
  one_time_links,
  type Sealed,
  sessions,
  signing_keys,
  users,
  vault_keys,
} from '../schema/index.ts';

interface Of {
  readonly organization_id: string;
}

/** Everything that is sealed, each row with what it is sealed to. */
export interface SealedRows {
  readonly credentials: readonly SealedCredential[];
  readonly signing_keys: readonly SealedSigningKey[];
  readonly checkpoint_keys: readonly SealedSigningKey[];
  readonly kept_keys: readonly KeptKey[];
  readonly kept_bodies: readonly KeptBody[];
  readonly notifications: readonly SealedNotification[];
}

/** A root credential in use. */
export interface SealedCredential {
  readonly id: string;
  readonly connection_id: string;
  readonly connection: string;
  readonly kind: string;
  readonly environments: readonly string[] | null;
  readonly origin: string;
  readonly version: number;
  readonly created_at: number;
  readonly sealed: Sealed | null;
}

/** A private key that signs tokens or checkpoints. */
export interface SealedSigningKey {
  readonly kid: string;
  readonly sealed: Sealed | null;
}

/** The sealed bytes of a request that waits, or of an answer that is kept. */
export type KeptBody = typeof kept_bodies.$inferSelect;

/** The sealed URL and secret of a notification. */
export type SealedNotification = Pick<typeof notifications.$inferSelect, 'id' | 'sealed'>;

export type KeptKey = typeof kept_keys.$inferSelect;

/**
 * Reads everything that is sealed, after it has waited for all transactions that write something sealed or hashed; others cannot begin
 * until this one ends. Every such transaction checks `isVaultKey` at its end, so nothing is sealed with a key that was replaced
 * meanwhile.
 */
export async function lockSealed(tx: Tx, { organization_id }: Of): Promise<SealedRows> {
  const tables = [
    credentials,
    signing_keys,
    checkpoint_keys,
    kept_keys,
    kept_bodies,
    notifications,
    vault_keys,
    clients,
    users,
  ];
  for (const table of tables) await tx.execute(sql`lock table ${table} in share row exclusive mode`);
  const signing = await tx
    .select({ kid: signing_keys.kid, sealed: signing_keys.sealed_private })
    .from(signing_keys)
    .where(and(eq(signing_keys.organization_id, organization_id), isNotNull(signing_keys.sealed_private)));
  return {
    credentials: await listSealedCredentials(tx, { organization_id }),
    signing_keys: signing,
    checkpoint_keys: await tx
      .select({ kid: checkpoint_keys.kid, sealed: checkpoint_keys.sealed_private })
      .from(checkpoint_keys)
      .where(eq(checkpoint_keys.organization_id, organization_id)),
    kept_keys: await listKeptKeys(tx, { organization_id }),
    notifications: await tx
      .select({ id: notifications.id, sealed: notifications.sealed })
      .from(notifications)
      .where(and(eq(notifications.organization_id, organization_id), isNotNull(notifications.sealed))),
    kept_bodies: await tx.select().from(kept_bodies).where(eq(kept_bodies.organization_id, organization_id)),
  };
}

/** The root credentials in use, by connection. */
export async function listSealedCredentials(db: Db, { organization_id }: Of): Promise<readonly SealedCredential[]> {
  const rows = await db
    .select({ credential: credentials, slug: connections.slug })
    .from(credentials)
    .innerJoin(
      connections,
      and(eq(connections.organization_id, credentials.organization_id), eq(connections.id, credentials.connection_id)),
    )
    .where(and(eq(credentials.organization_id, organization_id), isNotNull(credentials.sealed)))
    .orderBy(connections.slug, credentials.version);
  return rows.map(({ credential, slug }) => ({ ...credential, connection: slug }));
}

/** The keys that outlived the key-encryption keys they were derived from. */
export async function listKeptKeys(db: Db, { organization_id }: Of): Promise<readonly KeptKey[]> {
  return db.select().from(kept_keys).where(eq(kept_keys.organization_id, organization_id));
}

/** A row's secret, sealed with the new key. */
export type Resealed =
  | { readonly table: 'credentials'; readonly id: string; readonly sealed: Sealed }
  | { readonly table: 'signing_keys'; readonly kid: string; readonly sealed: Sealed }
  | { readonly table: 'checkpoint_keys'; readonly kid: string; readonly sealed: Sealed }
  | { readonly table: 'kept_keys'; readonly kek_id: string; readonly purpose: string; readonly sealed: Sealed }
  | { readonly table: 'notifications'; readonly id: string; readonly sealed: Sealed | null }
  | ({ readonly table: 'kept_bodies' } & Pick<KeptBody, 'id' | 'part' | 'sealed'>);

/** Writes a secret that was sealed with the new key in the place of the old one. */
export async function reseal(tx: Tx, { organization_id, row }: Of & { readonly row: Resealed }): Promise<void> {
  const { sealed } = row;
  if (row.table === 'credentials') {
    const here = and(eq(credentials.organization_id, organization_id), eq(credentials.id, row.id));
    await tx.update(credentials).set({ sealed }).where(here);
  } else if (row.table === 'signing_keys') {
    const here = and(eq(signing_keys.organization_id, organization_id), eq(signing_keys.kid, row.kid));
    await tx.update(signing_keys).set({ sealed_private: sealed }).where(here);
  } else if (row.table === 'checkpoint_keys') {
    const here = and(eq(checkpoint_keys.organization_id, organization_id), eq(checkpoint_keys.kid, row.kid));
    await tx.update(checkpoint_keys).set({ sealed_private: sealed }).where(here);
  } else if (row.table === 'notifications') {
    const here = and(eq(notifications.organization_id, organization_id), eq(notifications.id, row.id));
    await tx.update(notifications).set({ sealed }).where(here);
  } else if (row.table === 'kept_bodies') {
    const of = and(eq(kept_bodies.id, row.id), eq(kept_bodies.part, row.part));
    await tx
      .update(kept_bodies)
      .set({ sealed })
      .where(and(eq(kept_bodies.organization_id, organization_id), of));
  } else {
    const of = and(eq(kept_keys.kek_id, row.kek_id), eq(kept_keys.purpose, row.purpose));
    await tx
      .update(kept_keys)
      .set({ sealed })
      .where(and(eq(kept_keys.organization_id, organization_id), of));
  }
}

/** A replacement of the current key: `kek_id` is the new one, `replaced` the one that was. */
export interface Replacement extends Of {
  readonly kek_id: string;
  readonly replaced: string;
  readonly now: number;
}

/**
 * Makes another key-encryption key the current one, when everything has been sealed with it. Hashes of secrets and passwords are marked
 * with the key that they were made by (`<kek_id>:<hash>`); sessions and one-time links end. Returns how many sessions did.
 */
export async function replaceVaultKey(
  tx: Tx,
  { organization_id, kek_id, replaced, now }: Replacement,
): Promise<number> {
  const mark = `${replaced}:`;
  await tx
    .update(clients)
    .set({ secret_hash: sql`${mark}::text || ${clients.secret_hash}` })
    .where(and(eq(clients.organization_id, organization_id), sql`${clients.secret_hash} not like '%:%'`));
  await tx
    .update(users)
    .set({ password_hash: sql`${mark}::text || ${users.password_hash}` })
    .where(and(eq(users.organization_id, organization_id), sql`${users.password_hash} not like '%:%'`));
  const open = and(eq(one_time_links.organization_id, organization_id), isNull(one_time_links.used_at));
  await tx.update(one_time_links).set({ used_at: now }).where(open);
  const ended = await tx
    .update(sessions)
    .set({ revoked_at: now })
    .where(and(eq(sessions.organization_id, organization_id), isNull(sessions.revoked_at)))
    .returning({ id: sessions.id });
  const current = and(eq(vault_keys.organization_id, organization_id), isNull(vault_keys.replaced_at));
  await tx.update(vault_keys).set({ replaced_at: now }).where(current);
  await tx.insert(vault_keys).values({ organization_id, kek_id, created_at: now });
  return ended.length;
}

/** Keeps keys that are needed longer than the key they were derived from. */
export async function keepKeys(tx: Tx, rows: readonly KeptKey[]): Promise<void> {
  await tx.insert(kept_keys).values([...rows]);
}
