import { and, asc, eq, exists, gt, isNull, or, type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { connections, effect_overrides, environments, released_members } from '../schema/index.ts';
import { only, type Page, type Paging, pageOf } from './page.ts';

export type Connection = typeof connections.$inferSelect;
export type NewConnection = Omit<typeof connections.$inferInsert, 'config_version'>;
export type EffectOverride = typeof effect_overrides.$inferSelect;

/** The members of a connection that can change. */
export type ConnectionChange = Partial<
  Pick<Connection, 'base_url' | 'origin' | 'settings' | 'identity' | 'verified_at' | 'credential_flagged_at'>
>;

const one = (input: { organization_id: string; id: string }): SQL | undefined =>
  and(
    eq(connections.organization_id, input.organization_id),
    eq(connections.id, input.id),
    isNull(connections.deleted_at),
  );

/** Adds a connection. Throws `conflict` (`connections_slug_key`) when one has, or ever had, the slug. */
export async function insertConnection(tx: Tx, connection: NewConnection): Promise<Connection> {
  // Nothing reads the version; the column may not be empty until it goes.
  const row = { ...connection, config_version: 1 };
  return only(await tx.insert(connections).values(row).returning());
}

/** Undefined when there is none, or it was deleted. */
export async function getConnection(
  db: Db,
  input: { organization_id: string; id: string },
): Promise<Connection | undefined> {
  const [connection] = await db.select().from(connections).where(one(input));
  return connection;
}

/** Undefined when there is none, or it was deleted. */
export async function findConnection(
  db: Db,
  input: { organization_id: string; slug: string },
): Promise<Connection | undefined> {
  const { organization_id, slug } = input;
  const [connection] = await db
    .select()
    .from(connections)
    .where(
      and(eq(connections.organization_id, organization_id), eq(connections.slug, slug), isNull(connections.deleted_at)),
    );
  return connection;
}

/** Lists connections by slug. */
export async function listConnections(db: Db, paging: Paging): Promise<Page<Connection>> {
  const { organization_id, after = '', limit } = paging;
  const rows = await db
    .select()
    .from(connections)
    .where(
      and(
        eq(connections.organization_id, organization_id),
        gt(connections.slug, after),
        isNull(connections.deleted_at),
      ),
    )
    .orderBy(asc(connections.slug))
    .limit(limit + 1);
  return pageOf(rows, limit, ({ slug }) => slug);
}

/** Lists, by slug, every connection, and of the deleted ones those that have environments: the names of both guard something, or did. */
export async function listAllConnections(db: Db, paging: Paging): Promise<Page<Connection>> {
  const { organization_id, after = '', limit } = paging;
  const named = (table: typeof environments | typeof released_members) =>
    exists(
      db
        .select({ one: sql`1` })
        .from(table)
        .where(and(eq(table.organization_id, connections.organization_id), eq(table.connection_id, connections.id))),
    );
  const rows = await db
    .select()
    .from(connections)
    .where(
      and(
        eq(connections.organization_id, organization_id),
        gt(connections.slug, after),
        or(isNull(connections.deleted_at), named(environments), named(released_members)),
      ),
    )
    .orderBy(asc(connections.slug))
    .limit(limit + 1);
  return pageOf(rows, limit, ({ slug }) => slug);
}

/** Changes a connection and returns it as it is then; undefined when there is none. */
export async function updateConnection(
  tx: Tx,
  input: { organization_id: string; id: string; set: ConnectionChange },
): Promise<Connection | undefined> {
  if (Object.keys(input.set).length === 0) return getConnection(tx, input);
  const [connection] = await tx.update(connections).set(input.set).where(one(input)).returning();
  return connection;
}

/** Marks a connection as deleted; its slug stays taken. Undefined when there is none. */
export async function deleteConnection(
  tx: Tx,
  input: { organization_id: string; id: string; now: number },
): Promise<Connection | undefined> {
  const set = { deleted_at: input.now };
  const [connection] = await tx.update(connections).set(set).where(one(input)).returning();
  return connection;
}

/** Gives an operation of a connection an effect, in place of the one given before. */
export async function putEffectOverride(tx: Tx, override: EffectOverride): Promise<void> {
  const { effect, note, created_by, created_at } = override;
  await tx
    .insert(effect_overrides)
    .values(override)
    .onConflictDoUpdate({
      target: [effect_overrides.organization_id, effect_overrides.connection_id, effect_overrides.operation],
      set: { effect, note, created_by, created_at },
    });
}

/** Every override of a connection: a provider has some hundreds of operations at most. */
export async function listEffectOverrides(
  db: Db,
  input: { organization_id: string; connection_id: string },
): Promise<readonly EffectOverride[]> {
  return db
    .select()
    .from(effect_overrides)
    .where(
      and(
        eq(effect_overrides.organization_id, input.organization_id),
        eq(effect_overrides.connection_id, input.connection_id),
      ),
    )
    .orderBy(asc(effect_overrides.operation))
    .limit(10_000);
}
