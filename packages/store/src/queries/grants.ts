import { and, asc, eq, exists, gt, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { clients, connections, grants } from '../schema/index.ts';
import { hasPart, only, type Page, type Paging, pageOf } from './page.ts';

export type Grant = typeof grants.$inferSelect;
export type NewGrant = typeof grants.$inferInsert;

/** The members of a grant that can change. */
export type GrantChange = Partial<
  Pick<Grant, 'name' | 'scope' | 'max_ttl_seconds' | 'expires_at' | 'note' | 'changed_by'>
>;

const one = (input: { organization_id: string; id: string }): SQL | undefined =>
  and(eq(grants.organization_id, input.organization_id), eq(grants.id, input.id), isNull(grants.revoked_at));

/** Adds a grant. */
export async function insertGrant(tx: Tx, grant: NewGrant): Promise<Grant> {
  return only(await tx.insert(grants).values(grant).returning());
}

/** Undefined when there is none, or it was revoked; an expired one is returned. */
export async function getGrant(db: Db, input: { organization_id: string; id: string }): Promise<Grant | undefined> {
  const [grant] = await db.select().from(grants).where(one(input));
  return grant;
}

/** Which grants to list; an absent member does not filter. */
export interface GrantFilter {
  readonly client_id?: string;
  readonly connection_id?: string;
  /** A connection's slug. */
  readonly connection?: string;
  /** A part of its name, its note, its operations, or of the id or name of its client, in any case. */
  readonly q?: string;
  /** Only those that let nothing through since (ms). */
  readonly unused_since?: number;
}

/** Lists grants that were not revoked by id, which is by age. */
export async function listGrants(db: Db, paging: Paging & GrantFilter): Promise<Page<Grant>> {
  const { organization_id, after = '', limit } = paging;
  const rows = await db
    .select()
    .from(grants)
    .where(
      and(
        eq(grants.organization_id, organization_id),
        gt(grants.id, after),
        isNull(grants.revoked_at),
        ...conditions(db, paging),
      ),
    )
    .orderBy(asc(grants.id))
    .limit(limit + 1);
  return pageOf(rows, limit, ({ id }) => id);
}

function* conditions(db: Db, { organization_id, ...filter }: GrantFilter & Pick<Paging, 'organization_id'>) {
  const { client_id, connection_id, connection, q, unused_since } = filter;
  if (client_id !== undefined) yield eq(grants.client_id, client_id);
  if (connection_id !== undefined) yield eq(grants.connection_id, connection_id);
  if (connection !== undefined) yield eq(sql`${grants.scope} ->> 'connection'`, connection);
  if (unused_since !== undefined) yield or(isNull(grants.last_used_at), lt(grants.last_used_at, unused_since));
  if (q === undefined) return;
  const ofClient = db
    .select({ one: sql`1` })
    .from(clients)
    .where(
      and(
        eq(clients.organization_id, organization_id),
        eq(clients.client_id, grants.client_id),
        hasPart(clients.name, q),
      ),
    );
  const texts = [grants.name, grants.note, grants.client_id, sql`(${grants.scope} ->> 'operations')`];
  yield or(...texts.map((text) => hasPart(text, q)), exists(ofClient));
}

/** The grants a client has now: neither revoked nor expired, on connections that were not deleted. At most 1000. */
export async function liveGrants(
  db: Db,
  input: { organization_id: string; client_id: string; now: number },
): Promise<readonly Grant[]> {
  const { organization_id, client_id, now } = input;
  const rows = await db
    .select({ grant: grants })
    .from(grants)
    .innerJoin(
      connections,
      and(eq(connections.organization_id, grants.organization_id), eq(connections.id, grants.connection_id)),
    )
    .where(
      and(
        eq(grants.organization_id, organization_id),
        eq(grants.client_id, client_id),
        isNull(grants.revoked_at),
        or(isNull(grants.expires_at), gt(grants.expires_at, now)),
        isNull(connections.deleted_at),
      ),
    )
    .orderBy(asc(grants.id))
    .limit(1000);
  return rows.map(({ grant }) => grant);
}

/** A grant that counts now, as far as it is asked what all of them come to. */
export type GrantInForce = Pick<
  Grant,
  'id' | 'client_id' | 'connection_id' | 'name' | 'scope' | 'expires_at' | 'created_at' | 'last_used_at'
>;

/** The grants that count now, of all clients that are not disabled or of one connection, by age: at most `limit`. */
export async function grantsInForce(
  db: Db,
  input: { organization_id: string; connection_id?: string; now: number; limit: number },
): Promise<readonly GrantInForce[]> {
  const { organization_id, connection_id, now, limit } = input;
  const { id, client_id, name, scope, expires_at, created_at, last_used_at } = grants;
  return await db
    .select({ id, client_id, connection_id: grants.connection_id, name, scope, expires_at, created_at, last_used_at })
    .from(grants)
    .innerJoin(
      clients,
      and(eq(clients.organization_id, grants.organization_id), eq(clients.client_id, grants.client_id)),
    )
    .where(
      and(
        eq(grants.organization_id, organization_id),
        connection_id === undefined ? undefined : eq(grants.connection_id, connection_id),
        isNull(grants.revoked_at),
        or(isNull(grants.expires_at), gt(grants.expires_at, now)),
        isNull(clients.deleted_at),
        isNull(clients.disabled_at),
      ),
    )
    .orderBy(asc(grants.id))
    .limit(limit);
}

/** Changes a grant and returns it as it is then; undefined when there is none. With nothing to set it is only locked. */
export async function updateGrant(
  tx: Tx,
  input: { organization_id: string; id: string; now: number; set: GrantChange },
): Promise<Grant | undefined> {
  const isChanged = Object.keys(input.set).length > 0;
  const set = { ...input.set, updated_at: isChanged ? input.now : sql`${grants.updated_at}` };
  const [grant] = await tx.update(grants).set(set).where(one(input)).returning();
  return grant;
}

/** Revokes a grant and returns it; undefined when there was none to revoke. */
export async function revokeGrant(
  tx: Tx,
  input: { organization_id: string; id: string; now: number },
): Promise<Grant | undefined> {
  const set = { revoked_at: input.now, updated_at: input.now };
  const [grant] = await tx.update(grants).set(set).where(one(input)).returning();
  return grant;
}
