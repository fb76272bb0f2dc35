import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sha256Hex, VERSION, WritError } from '@writ/core';
import type { Driver, Run } from './database.ts';
import { databaseError, translate } from './errors.ts';
import { FIRST_VERSION, minorOf, newerDatabase, versionOf } from './versions.ts';

/** One file of the `drizzle` folder. */
export interface Migration {
  readonly name: string;
  readonly text: string;
  readonly hash: string;
  /** The minor version it belongs to (docs/upgrade.md). */
  readonly version: string;
}

/** Any number that no other program's advisory lock is likely to have. */
export const MIGRATION_LOCK = 8_700_072_114;

const BOOKKEEPING = `create table if not exists writ_migrations (
  name text not null primary key, hash text not null, applied_at timestamp with time zone not null)`;

/**
 * Reads the migrations, in order. The folder is looked for above this file, so that it is found from source, from the build
 * and from an installed copy alike.
 */
export function readMigrations(): readonly Migration[] {
  const folder = findFolder(dirname(fileURLToPath(import.meta.url)));
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((name) => migrationOf(name, readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n')));
}

/** A migration of this name and text. */
export function migrationOf(name: string, text: string): Migration {
  return { name, text, hash: sha256Hex(text), version: versionOf(text) };
}

function findFolder(start: string): string {
  for (let at = start; at !== dirname(at); at = dirname(at)) {
    const folder = join(at, 'drizzle');
    if (existsSync(folder) && readdirSync(folder).some((file) => /^0001_.*\.sql$/.test(file))) return folder;
  }
  throw new WritError('unavailable', {
    detail: 'This installation of Writ is incomplete: its folder "drizzle" is missing.',
  });
}

/** What migrating did, and what it found. Names, in order. */
export interface Migrated {
  readonly applied: readonly string[];
  /** Migrations of a later release of this minor version. They only added, so this release may use the database too. */
  readonly unknown: readonly string[];
}

/** How a database is brought up to date. */
export interface MigrateOptions {
  readonly now: () => number;
  /** Default: those of the `drizzle` folder. */
  readonly migrations?: readonly Migration[];
  /** The release that opens the database; default: this one. */
  readonly version?: string;
  /** How long a table may be waited for at a time, in milliseconds. */
  readonly patience?: number;
}

/**
 * How long a table is waited for, how often, and how much longer it is left alone between. Every request on that table waits behind a
 * migration that waits, so the migration gives way, long before a request would give up, to come again.
 */
const PATIENCE = 2_000;
const ATTEMPTS = 12;
const REST = 1.5;

/**
 * Brings the database up to date in one transaction, one broker at a time. Throws `WritError` (`unavailable`) with a sentence when the
 * database is from a newer minor version, or a migration was edited since; then nothing was changed.
 */
export async function migrate(driver: Driver, { now, ...options }: MigrateOptions): Promise<Migrated> {
  const { place, kind } = driver;
  const { patience = PATIENCE } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await driver.script(async (run) => {
        if (kind === 'postgres') await run({ text: END_WITH_ITS_BROKER });
        return await migrateIn(run, { ...options, place, now: now() });
      });
    } catch (error) {
      if (error instanceof WritError || databaseError(error)?.code !== TIMED_OUT || attempt === ATTEMPTS) {
        throw explained(error, place);
      }
      await sleep(REST * patience);
    }
  }
}

/**
 * A migration whose broker was killed is given up by the server within a second, and holds its locks no longer. Not every server can find
 * out that its client has gone; there it ends with the statement under way.
 */
const END_WITH_ITS_BROKER = `do $$ begin
  set local client_connection_check_interval = '1s';
exception when others then null; end $$`;

/** SQLSTATE of a lock that was waited for too long. */
const TIMED_OUT = '55P03';

/** What a database is brought up to. `now`: milliseconds since 1970. */
interface MigrateIn extends Omit<MigrateOptions, 'now'> {
  readonly place: string;
  readonly now: number;
}

/** The same in a transaction of the caller's. */
export async function migrateIn(run: Run, { place, now, ...options }: MigrateIn): Promise<Migrated> {
  const { migrations = readMigrations(), version = VERSION, patience = PATIENCE } = options;
  await lockMigrations(run, place);
  await run({ text: `set local lock_timeout = ${patience}` });
  await keepBooks(run);
  const { missing, unknown } = await compare(run, { place, migrations, version });
  for (const migration of missing) await apply(run, migration, now);
  return { applied: missing.map(({ name }) => name), unknown };
}

async function lockMigrations(run: Run, place: string): Promise<void> {
  await run({ text: `set local lock_timeout = '60s'` });
  try {
    await run({ text: `select pg_advisory_xact_lock(${MIGRATION_LOCK})` });
  } catch (cause) {
    if (databaseError(cause)?.code !== TIMED_OUT) throw cause;
    throw sentence(
      `Another broker has been migrating ${place} for more than a minute. Look after it, then start again.`,
      cause,
    );
  }
}

/** Makes the table of what was applied. Its version came later: altering a table waits for all who read it, so only where it is missing. */
async function keepBooks(run: Run): Promise<void> {
  await run({ text: BOOKKEEPING });
  const { rows } = await run({
    text: `select 1 from pg_attribute where attrelid = 'writ_migrations'::regclass and attname = 'version'`,
  });
  if (rows.length === 0) {
    await run({ text: `alter table writ_migrations add column version text not null default '${FIRST_VERSION}'` });
  }
}

interface Comparison {
  readonly place: string;
  readonly migrations: readonly Migration[];
  readonly version: string;
}

/** Returns what is not applied yet, and what others applied; throws where this release must not use the database. */
async function compare(run: Run, { place, migrations, version }: Comparison) {
  const { rows } = await run({ text: 'select name, hash, version from writ_migrations order by name' });
  const applied = new Map(rows.map((row) => [String(row['name']), String(row['hash'])]));
  const newer = newerDatabase(
    rows.map((row) => String(row['version'])),
    { place, version },
  );
  if (newer) throw newer;
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = rows.filter(({ name }) => !known.has(String(name)));
  const older = unknown.filter((row) => row['version'] !== minorOf(version)).map(({ name }) => String(name));
  if (older.length > 0) {
    throw sentence(
      `The database ${place} has been migrated by a Writ that this one, ${version}, does not know of (${older.join(', ')}): start a later release of Writ ${minorOf(version)}.`,
    );
  }
  const edited = migrations.find(({ name, hash }) => applied.has(name) && applied.get(name) !== hash);
  if (edited) {
    throw sentence(
      `The database ${place} was made with another text of ${edited.name}. Put that file back as it was; a change needs a new one.`,
    );
  }
  return {
    missing: migrations.filter(({ name }) => !applied.has(name)),
    unknown: unknown.map(({ name }) => String(name)),
  };
}

async function apply(run: Run, { name, text, hash, version }: Migration, now: number): Promise<void> {
  await run({ text });
  await run({
    text: 'insert into writ_migrations (name, hash, applied_at, version) values ($1, $2, $3, $4)',
    params: [name, hash, new Date(now).toISOString(), version],
  });
}

function explained(error: unknown, place: string): WritError {
  if (error instanceof WritError) return error;
  const cause = databaseError(error);
  if (cause?.code === '42501') {
    return sentence(
      `The user of DATABASE_URL may not create tables in ${place}: make it the owner of that database.`,
      cause,
    );
  }
  if (cause?.code === TIMED_OUT) {
    return sentence(
      `A table of ${place} that is to be changed has been in use for more than a minute. Look for a transaction that does not end, such as a backup's, then start again.`,
      cause,
    );
  }
  return translate(error);
}

function sentence(detail: string, cause?: unknown): WritError {
  return new WritError('unavailable', { detail, cause });
}
