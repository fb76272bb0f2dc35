import { and, asc, eq, gt, isNull, or, type SQL } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { clients } from '../schema/index.ts';
import { hasPart, only, type Page, type Paging, pageOf } from './page.ts';

export type Client = typeof clients.$inferSelect;
export type NewClient = typeof clients.$inferInsert;

/** The members of a client that can change. */
export type ClientChange = Partial<
  Pick<Client, 'name' | 'owner_id' | 'auth' | 'secret_hash' | 'secret_holder_id' | 'settings' | 'disabled_at'>
>;

const one = (input: { organization_id: string; client_id: string }): SQL | undefined =>
  and(
    eq(clients.organization_id, input.organization_id),
    eq(clients.client_id, input.client_id),
    isNull(clients.deleted_at),
  );

/** Adds a client. Throws `conflict` (`clients_pkey`) when one has, or ever had, the id. */
export async function insertClient(tx: Tx, client: NewClient): Promise<Client> {
  return only(await tx.insert(clients).values(client).returning());
}

/** Undefined when there is none, or it was deleted; a disabled one has `disabled_at`. */
export async function getClient(
  db: Db,
  input: { organization_id: string; client_id: string },
): Promise<Client | undefined> {
  const [client] = await db.select().from(clients).where(one(input));
  return client;
}

/** A client, locked until the transaction ends; undefined when there is none, or it was deleted. */
export async function lockClient(
  tx: Tx,
  input: { organization_id: string; client_id: string },
): Promise<Client | undefined> {
  const [client] = await tx.select().from(clients).where(one(input)).for('no key update');
  return client;
}

/** Which clients to list. `q`: a part of the id or the name. */
interface ClientFilter {
  readonly owner_id?: string;
  readonly kind?: Client['kind'];
  readonly q?: string;
}

/** Lists clients by id. */
export async function listClients(db: Db, paging: Paging & ClientFilter): Promise<Page<Client>> {
  const { organization_id, owner_id, kind, q, after = '', limit } = paging;
  const rows = await db
    .select()
    .from(clients)
    .where(
      and(
        eq(clients.organization_id, organization_id),
        gt(clients.client_id, after),
        isNull(clients.deleted_at),
        owner_id === undefined ? undefined : eq(clients.owner_id, owner_id),
        kind === undefined ? undefined : eq(clients.kind, kind),
        q === undefined ? undefined : or(hasPart(clients.client_id, q), hasPart(clients.name, q)),
      ),
    )
    .orderBy(asc(clients.client_id))
    .limit(limit + 1);
  return pageOf(rows, limit, ({ client_id }) => client_id);
}

/** Changes a client and returns it as it is then; undefined when there is none. */
export async function updateClient(
  tx: Tx,
  input: { organization_id: string; client_id: string; set: ClientChange },
): Promise<Client | undefined> {
  const [client] = await tx.update(clients).set(input.set).where(one(input)).returning();
  return client;
}

/** Replaces the hash `before` by another hash of the same secret; false where `before` is no longer what is kept. */
export async function replaceSecretHash(
  tx: Tx,
  input: { organization_id: string; client_id: string; before: string; secret_hash: string },
): Promise<boolean> {
  const { before, secret_hash } = input;
  const rows = await tx
    .update(clients)
    .set({ secret_hash })
    .where(and(one(input), eq(clients.secret_hash, before)))
    .returning({ client_id: clients.client_id });
  return rows.length > 0;
}

/** Marks a client as deleted and forgets its secret; its id stays taken. Undefined when there is none. */
export async function deleteClient(
  tx: Tx,
  input: { organization_id: string; client_id: string; now: number },
): Promise<Client | undefined> {
  const set = { deleted_at: input.now, secret_hash: null };
  const [client] = await tx.update(clients).set(set).where(one(input)).returning();
  return client;
}
