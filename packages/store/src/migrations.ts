import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256Hex, WritError } from '@writ/core';
import type { Driver, Run } from './database.ts';
import { databaseError, translate } from './errors.ts';

/** One file of the `drizzle` folder. */
export interface Migration {
  readonly name: string;
  readonly text: string;
  readonly hash: string;
}

/** Any number that no other program's advisory lock is likely to have. */
const LOCK = 8_700_072_114;

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
    .map((name) => {
      const text = readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n');
      return { name, text, hash: sha256Hex(text) };
    });
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

/**
 * Brings the database up to date in one transaction, one broker at a time, and returns the names of what was applied. Throws
 * `WritError` (`unavailable`) with a sentence when the database is from a newer version, or a migration was edited since.
 */
export async function migrate(
  driver: Driver,
  options: { readonly now: () => number; readonly migrations?: readonly Migration[] },
): Promise<readonly string[]> {
  const migrations = options.migrations ?? readMigrations();
  try {
    return await driver.script(async (run) => {
      await run({ text: `set local lock_timeout = '60s'` });
      await run({ text: `select pg_advisory_xact_lock(${LOCK})` });
      await run({ text: BOOKKEEPING });
      const missing = await compare(run, { driver, migrations });
      for (const migration of missing) await apply(run, migration, options.now());
      return missing.map(({ name }) => name);
    });
  } catch (error) {
    throw explained(error, driver.place);
  }
}

interface Comparison {
  readonly driver: Driver;
  readonly migrations: readonly Migration[];
}

/** Returns what is not applied yet; throws when what is applied is not what this version knows. */
async function compare(run: Run, { driver, migrations }: Comparison): Promise<readonly Migration[]> {
  const { rows } = await run({ text: 'select name, hash from writ_migrations order by name' });
  const applied = new Map(rows.map((row) => [String(row['name']), String(row['hash'])]));
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = [...applied.keys()].filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw sentence(
      `The database ${driver.place} was used by a newer version of Writ (${unknown.join(', ')}). Start that version or a later one.`,
    );
  }
  const edited = migrations.find(({ name, hash }) => applied.has(name) && applied.get(name) !== hash);
  if (edited) {
    throw sentence(
      `The database ${driver.place} was made with another text of ${edited.name}. Put that file back as it was; a change needs a new one.`,
    );
  }
  return migrations.filter(({ name }) => !applied.has(name));
}

async function apply(run: Run, { name, text, hash }: Migration, now: number): Promise<void> {
  await run({ text });
  await run({
    text: 'insert into writ_migrations (name, hash, applied_at) values ($1, $2, $3)',
    params: [name, hash, new Date(now).toISOString()],
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
  if (cause?.code === '55P03') {
    return sentence(
      `Another broker has been migrating ${place} for more than a minute. Look after it, then start again.`,
      cause,
    );
  }
  return translate(error);
}

function sentence(detail: string, cause?: unknown): WritError {
  return new WritError('unavailable', { detail, cause });
}
