import { VERSION, WritError } from '@writ/core';
import { asc, sql } from 'drizzle-orm';
import { pgTable, text } from 'drizzle-orm/pg-core';
import type { Db, Tx } from '../database.ts';
import { MIGRATION_LOCK, readMigrations } from '../migrations.ts';
import { newerDatabase } from '../versions.ts';

/** What was applied. It belongs to no organization and is no part of the schema: `migrations.ts` makes it. */
const writ_migrations = pgTable('writ_migrations', { name: text().notNull(), version: text().notNull() });

/** The error of a database that a newer minor version has migrated since it was opened: undefined where none has. */
export async function newerVersion(
  db: Db,
  { place, version = VERSION }: { readonly place: string; readonly version?: string },
): Promise<WritError | undefined> {
  const rows = await db.selectDistinct({ version: writ_migrations.version }).from(writ_migrations);
  return newerDatabase(
    rows.map((row) => row.version),
    { place, version },
  );
}

/**
 * Keeps the database from being migrated until the transaction ends, for work on all that there is: every table, everything sealed.
 * Throws as `refuseAdded`.
 */
export async function holdMigrations(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(${sql.raw(String(MIGRATION_LOCK))})`);
  const rows = await tx.select({ name: writ_migrations.name }).from(writ_migrations).orderBy(asc(writ_migrations.name));
  refuseAdded(rows.map(({ name }) => name));
}

/**
 * Throws `WritError` (`conflict`) where a later release of this minor version has added to a database what this release does not know.
 * Writ may be used so, but nothing may be done that is about all that there is: what was added would be left out.
 */
export function refuseAdded(migrations: readonly string[]): void {
  const known = new Set(readMigrations().map(({ name }) => name));
  const added = migrations.filter((name) => !known.has(name));
  if (added.length === 0) return;
  throw new WritError('conflict', {
    detail: `A later release of Writ has added to this database what this one, ${VERSION}, does not know and would leave out (${added.join(', ')}). Do this with that release. Nothing was changed.`,
  });
}
