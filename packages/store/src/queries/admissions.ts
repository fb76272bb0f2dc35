import { and, asc, desc, eq, isNull, notInArray, type SQL } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { admissions, live_schemas } from '../schema/index.ts';

/** A live schema as it is kept. Times in milliseconds. */
export type LiveSchemaRow = typeof live_schemas.$inferSelect;
/** What an owner admitted, as it is kept. Times in milliseconds. */
export type AdmissionRow = typeof admissions.$inferSelect;

interface OfConnection {
  readonly organization_id: string;
  readonly connection_id: string;
}

/** How many schemas of a connection are kept: the newest, and a few to show what an admission was made from. */
const KEPT = 5;

const schemaOf = ({ organization_id, connection_id }: OfConnection): SQL | undefined =>
  and(eq(live_schemas.organization_id, organization_id), eq(live_schemas.connection_id, connection_id));

const admissionOf = ({ organization_id, connection_id }: OfConnection): SQL | undefined =>
  and(eq(admissions.organization_id, organization_id), eq(admissions.connection_id, connection_id));

/** Keeps a schema as the newest of its connection, and forgets the oldest. */
export async function keepLiveSchema(tx: Tx, row: LiveSchemaRow): Promise<void> {
  const { read_by, read_at } = row;
  await tx
    .insert(live_schemas)
    .values(row)
    .onConflictDoUpdate({
      target: [live_schemas.organization_id, live_schemas.connection_id, live_schemas.digest],
      set: { read_by, read_at },
    });
  const newest = await tx
    .select({ digest: live_schemas.digest })
    .from(live_schemas)
    .where(schemaOf(row))
    .orderBy(desc(live_schemas.read_at), asc(live_schemas.digest))
    .limit(KEPT);
  const kept = newest.map(({ digest }) => digest);
  await tx.delete(live_schemas).where(and(schemaOf(row), notInArray(live_schemas.digest, kept)));
}

/** The schema that a connection's provider was last found to have; undefined while it was never read. */
export async function newestLiveSchema(db: Db, of: OfConnection): Promise<LiveSchemaRow | undefined> {
  const [row] = await db
    .select()
    .from(live_schemas)
    .where(schemaOf(of))
    .orderBy(desc(live_schemas.read_at), asc(live_schemas.digest))
    .limit(1);
  return row;
}

/** Forgets the schemas of a connection: what was read before was another server's. */
export async function forgetLiveSchemas(tx: Tx, of: OfConnection): Promise<void> {
  await tx.delete(live_schemas).where(schemaOf(of));
}

/** Everything that owners admitted for a connection, also what does not count any more. */
export async function listAdmissions(db: Db, of: OfConnection): Promise<readonly AdmissionRow[]> {
  return db
    .select()
    .from(admissions)
    .where(admissionOf(of))
    .orderBy(asc(admissions.operation), asc(admissions.part))
    .limit(10_000);
}

/** Admits something, in place of what was admitted under its name before. */
export async function putAdmission(tx: Tx, row: AdmissionRow): Promise<void> {
  const { organization_id: _, connection_id: __, operation: ___, part: ____, ...set } = row;
  await tx
    .insert(admissions)
    .values(row)
    .onConflictDoUpdate({
      target: [admissions.organization_id, admissions.connection_id, admissions.operation, admissions.part],
      set,
    });
}

/** Takes an admission back; false when there is none. With an empty part, what was admitted to the operation's arguments goes too. */
export async function deleteAdmission(
  tx: Tx,
  { operation, part, ...of }: OfConnection & { readonly operation: string; readonly part: string },
): Promise<boolean> {
  const named = and(admissionOf(of), eq(admissions.operation, operation));
  const rows = await tx
    .delete(admissions)
    .where(part === '' ? named : and(named, eq(admissions.part, part)))
    .returning({ part: admissions.part });
  return rows.length > 0;
}

/** Marks an admission, or all of a connection, as counting for nothing. */
export async function setAdmissionsStale(
  tx: Tx,
  {
    now,
    only,
    ...of
  }: OfConnection & { readonly now: number; readonly only?: Pick<AdmissionRow, 'operation' | 'part'> },
): Promise<void> {
  const one = only && and(eq(admissions.operation, only.operation), eq(admissions.part, only.part));
  await tx
    .update(admissions)
    .set({ stale_since: now })
    .where(and(admissionOf(of), isNull(admissions.stale_since), one));
}
