import { and, asc, eq, gt, isNull, or, type SQL } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { connections, grants } from '../schema/index.ts';
import { only, type Page, type Paging, pageOf } from './page.ts';

export type Grant = typeof grants.$inferSelect;
export type NewGrant = typeof grants.$inferInsert;

/** The members of a grant that can change. */
export type GrantChange = Partial<Pick<Grant, 'scope' | 'max_ttl_seconds' | 'expires_at' | 'note' | 'changed_by'>>;

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

/** Lists grants that were not revoked by id, which is by age. */
export async function listGrants(
  db: Db,
  paging: Paging & { client_id?: string; connection_id?: string },
): Promise<Page<Grant>> {
  const { organization_id, client_id, connection_id, after = '', limit } = paging;
  const rows = await db
    .select()
    .from(grants)
    .where(
      and(
        eq(grants.organization_id, organization_id),
        gt(grants.id, after),
        isNull(grants.revoked_at),
        client_id === undefined ? undefined : eq(grants.client_id, client_id),
        connection_id === undefined ? undefined : eq(grants.connection_id, connection_id),
      ),
    )
    .orderBy(asc(grants.id))
    .limit(limit + 1);
  return pageOf(rows, limit, ({ id }) => id);
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

/** Changes a grant and returns it as it is then; undefined when there is none. */
export async function updateGrant(
  tx: Tx,
  input: { organization_id: string; id: string; now: number; set: GrantChange },
): Promise<Grant | undefined> {
  const set = { ...input.set, updated_at: input.now };
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
