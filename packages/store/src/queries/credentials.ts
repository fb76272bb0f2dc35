import { and, asc, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { credentials } from '../schema/index.ts';

export type Credential = typeof credentials.$inferSelect;
export type NewCredential = typeof credentials.$inferInsert;

const live = (input: { organization_id: string; connection_id: string }): SQL | undefined =>
  and(
    eq(credentials.organization_id, input.organization_id),
    eq(credentials.connection_id, input.connection_id),
    isNull(credentials.replaced_at),
  );

/**
 * The version that the next credential of a connection gets. The credential is sealed to it, so it is asked for first; a race ends in
 * `conflict`.
 */
export async function nextCredentialVersion(
  db: Db,
  input: { organization_id: string; connection_id: string },
): Promise<number> {
  const [row] = await db
    .select({ last: sql<number | null>`max(${credentials.version})` })
    .from(credentials)
    .where(
      and(eq(credentials.organization_id, input.organization_id), eq(credentials.connection_id, input.connection_id)),
    );
  return (row?.last ?? 0) + 1;
}

/** Keeps a sealed credential. Throws `conflict` (`credentials_version_key`) when another took its version. */
export async function insertCredential(tx: Tx, credential: NewCredential): Promise<void> {
  await tx.insert(credentials).values(credential);
}

/** The credentials of a connection that are in use. */
export async function listCredentials(
  db: Db,
  input: { organization_id: string; connection_id: string },
): Promise<readonly Credential[]> {
  return db.select().from(credentials).where(live(input)).orderBy(asc(credentials.version)).limit(1000);
}

/**
 * Takes a connection's credentials out of use and erases what was sealed: all of them, or with `environments` only those bound to
 * exactly these (null: to none). The rows stay as history.
 */
export async function retireCredentials(
  tx: Tx,
  input: { organization_id: string; connection_id: string; environments?: readonly string[] | null; now: number },
): Promise<number> {
  const { environments, now } = input;
  const rows = await tx
    .update(credentials)
    .set({ replaced_at: now, sealed: null })
    .where(and(live(input), environments === undefined ? undefined : boundTo(environments)))
    .returning({ id: credentials.id });
  return rows.length;
}

/** Lets the credentials in use that are bound to an environment be bound to it under its new name. */
export async function renameInCredentials(
  tx: Tx,
  input: { organization_id: string; connection_id: string; from: string; to: string },
): Promise<void> {
  const { from, to } = input;
  for (const { id, environments } of await listCredentials(tx, input)) {
    if (environments === null || !environments.includes(from)) continue;
    const renamed = environments.map((slug) => (slug === from ? to : slug)).sort();
    const key = and(eq(credentials.organization_id, input.organization_id), eq(credentials.id, id));
    await tx.update(credentials).set({ environments: renamed }).where(key);
  }
}

/** Credentials that a name was taken from. `erased`: those among them that are out of use now. */
export interface Unbound {
  readonly unbound: number;
  readonly erased: number;
}

/**
 * Takes names that no environment has any more from the credentials in use. One that was bound to these alone goes out of use, and so does
 * one that would be bound to the same as another, which would otherwise decide by its age which of them is used.
 */
export async function unbindInCredentials(
  tx: Tx,
  input: { organization_id: string; connection_id: string; slugs: readonly string[]; now: number },
): Promise<Unbound> {
  const { organization_id, slugs, now } = input;
  const rows = await listCredentials(tx, input);
  const bound = rows.filter(({ environments }) => environments?.some((each) => slugs.includes(each)));
  const taken = new Set(rows.filter((row) => !bound.includes(row)).map(({ environments }) => setOf(environments)));
  let erased = 0;
  for (const { id, environments } of bound) {
    const rest = environments?.filter((each) => !slugs.includes(each)) ?? [];
    const isOver = rest.length === 0 || taken.has(setOf(rest));
    taken.add(setOf(rest));
    if (isOver) erased += 1;
    const key = and(eq(credentials.organization_id, organization_id), eq(credentials.id, id));
    await tx
      .update(credentials)
      .set(isOver ? { replaced_at: now, sealed: null } : { environments: rest })
      .where(key);
  }
  return { unbound: bound.length, erased };
}

const setOf = (environments: readonly string[] | null): string =>
  environments === null ? '' : JSON.stringify([...environments].sort());

function boundTo(environments: readonly string[] | null): SQL {
  if (environments === null) return isNull(credentials.environments);
  return sql`${credentials.environments} = ${JSON.stringify(environments)}::text::jsonb`;
}
