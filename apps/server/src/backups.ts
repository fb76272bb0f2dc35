/** The folder of the backups that the broker makes by itself. */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BackupPlace } from '@writ/broker';
import { backupName, systemCode, systemReason, WritError } from '@writ/core';
import type { ServerConfig } from './config.ts';
import { writeOnce } from './new-file.ts';

/** How many are kept. */
const KEPT = 7;

/**
 * The names of the files that are made here, and so may be removed again: `backupName`'s with `daily-` before it, which no backup has that
 * somebody made with the command line.
 */
const OWN = /^daily-writ-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-\d{1,16}-[0-9a-f]{12}\.ndjson\.gz$/;
/** A file that is being written. A process id would come again: in a container it is always the same. */
const partName = (): string => `.daily-writ-${randomUUID()}.part`;
const PART = /^\.daily-writ-[0-9a-f-]{36}\.part$/;
/** A file that nobody has written to for so long, in milliseconds, was left by a broker that was killed. */
const LEFT = 3600_000;

/** Opens the folder. `signal` breaks off what is being written. */
export function backupFolder(
  folder: string,
  { databaseUrl, dataDir }: Pick<ServerConfig, 'databaseUrl' | 'dataDir'>,
  signal: AbortSignal,
): BackupPlace {
  const database = databaseUrl === undefined ? dataDir : undefined;
  return {
    newest: async (before) => (await ownIn(folder)).map(momentOf).findLast((moment) => moment < before),
    keep: async ({ header, lines }) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await removeParts(folder, { isOnlyBroker: database !== undefined });
      const name = `daily-${backupName(header)}`;
      const file = join(folder, name);
      await writeOnce(file, lines, { temporary: join(folder, partName()), signal });
      const others = await ownIn(folder);
      // Those from the future, made under a clock that was wrong, go first: else they would stay, and those made from now on go.
      const inOrder = [...others.filter((other) => other > name), ...others.filter((other) => other < name)];
      for (const old of inOrder.slice(0, 1 - KEPT)) await rm(join(folder, old), { force: true });
      const same_disk = database === undefined ? null : await isSameDisk(folder, database);
      return { file, bytes: (await stat(file)).size, same_disk };
    },
    explain: (error) => explain(folder, error),
  };
}

/** Tells whether a folder, which need not be there yet, is on the same file system as another. */
export async function isSameDisk(folder: string, other: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) return folder === dirname(folder) || (await isSameDisk(dirname(folder), other));
  return found.dev === (await stat(other)).dev;
}

/** The names of the backups that Writ made here, the oldest first. */
async function ownIn(folder: string): Promise<string[]> {
  return (await namesIn(folder)).filter((name) => OWN.test(name)).sort();
}

/** Removes what killed brokers left half-written. Another broker on the same Postgres may be writing here too. */
async function removeParts(folder: string, { isOnlyBroker }: { readonly isOnlyBroker: boolean }): Promise<void> {
  for (const name of (await namesIn(folder)).filter((name) => PART.test(name))) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && (isOnlyBroker || Date.now() - found.mtimeMs > LEFT)) await rm(path, { force: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function momentOf(name: string): number {
  const [, year, month, day, hour, minute, second] = OWN.exec(name) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function explain(folder: string, error: unknown): string {
  if (error instanceof WritError) return `No backup was made. ${error.message}`;
  return `No backup was made in ${folder}: ${systemReason(error)}.`;
}
