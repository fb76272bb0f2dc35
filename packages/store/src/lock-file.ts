import { chmodSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { WritError } from '@writ/core';
import { fileSystemOf, networkFileSystem } from './file-system.ts';

/** How often a holder looks whether the lock is still there, in milliseconds. */
export const LOOK_EVERY = 1_000;

/** For how long the lock of Writ 0.1, a file that was touched every 5 s, counts as that of a living process, in milliseconds. */
const OLD_SILENCE = 20_000;

/** The lock of a data folder, held until released or until the process ends, however it ends. */
export interface FolderLock {
  /** True when this process made the lock's file: until then nobody held the folder by it. */
  readonly made: boolean;
  /** Throws `WritError` (`unavailable`) once the lock's file is gone or replaced, and ever after. */
  confirm(): void;
  release(): void;
}

/** The options of a lock. */
export interface LockOptions {
  readonly now: () => number;
  /** Called once when the lock is found lost: another process may have opened the folder, so this one must end. */
  readonly onLost: (error: WritError) => void;
}

/**
 * Takes the lock of a data folder. Throws `WritError` (`unavailable`) with a sentence when another process has it, or where no lock
 * holds. The embedded database has no lock of its own: what a second process writes to the same files is silently lost.
 *
 * The lock is an exclusive transaction of SQLite on `lock.db`: a lock of the operating system on the file itself, by any path that leads
 * to it. It holds across process-id namespaces and while the holder is stopped, and ends with the holder. The system does not
 * notice when the file is removed or replaced, so the holder looks for that itself.
 */
export function lockFolder(folder: string, { now, onLost }: LockOptions): FolderLock {
  refuseNetwork(folder);
  refuseOlderWrit(folder, now);
  const path = join(folder, 'lock.db');
  const made = statSync(path, { throwIfNoEntry: false }) === undefined;
  const database = hold(path, folder);
  const place = identityOf(path);
  if (place === undefined || !isHeld(path)) {
    database.close();
    throw refusal(`The lock ${path} was taken away while it was made. Start again.`);
  }
  let lost: WritError | undefined;
  const confirm = (): void => {
    if (lost === undefined && identityOf(path) !== place) {
      lost = refusal(
        `The lock ${path} was removed or replaced while Writ ran, so another process may have opened the same data. Writ has ended and says nothing is done that may be lost; make sure that no other process uses ${folder}, then start again.`,
      );
      clearInterval(watch);
      onLost(lost);
    }
    // Callers are told that nothing was done; the paths are for the terminal.
    if (lost !== undefined) throw new WritError('unavailable', { cause: lost });
  };
  const watch = setInterval(() => {
    try {
      confirm();
    } catch {
      // `onLost` was told.
    }
  }, LOOK_EVERY);
  watch.unref();
  const release = (): void => {
    clearInterval(watch);
    if (database.isOpen) database.close();
  };
  return { made, confirm, release };
}

function refuseNetwork(folder: string): void {
  const found = fileSystemOf(folder);
  const name = found && networkFileSystem(found);
  if (name === undefined) return;
  throw refusal(
    `The data folder ${folder} lies on a network file system (${name}), where no lock keeps a second broker out. Set WRIT_DATA_DIR to a folder on a disk of this machine, or use Postgres (DATABASE_URL).`,
  );
}

/** Throws while a broker of version 0.1 is alive: it knows nothing of this lock, but its own file shows that it lives. */
function refuseOlderWrit(folder: string, now: () => number): void {
  const path = join(folder, 'writ.lock');
  const touched = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (touched === undefined) return;
  const silent = now() - touched;
  if (silent < OLD_SILENCE) {
    throw refusal(
      `An older version of Writ used the data folder ${folder} ${Math.max(0, Math.round(silent / 1000))} s ago. Stop it; if it has ended already, start again in ${OLD_SILENCE / 1000} s.`,
    );
  }
  rmSync(path, { force: true });
}

function hold(path: string, folder: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    // Never by opening it: closing any file of this process that is `path` would end the lock (fcntl(2)).
    chmodSync(path, 0o600);
    database.exec('begin exclusive');
    return database;
  } catch (error) {
    database?.close();
    if (isBusy(error)) {
      throw refusal(
        `The data folder ${folder} is in use by ${holderOf(path)}. Stop it first, or set WRIT_DATA_DIR to another folder.`,
      );
    }
    throw refusal(
      `The lock ${path} cannot be taken (${error instanceof Error ? error.message : 'no reason was given'}). Check that this user may write to that folder and that the file is Writ's own.`,
      error,
    );
  }
}

/** Tells whether the file at `path` is still the one that was locked: SQLite refuses a second lock on that file only. */
function isHeld(path: string): boolean {
  const second = new DatabaseSync(path);
  try {
    second.exec('begin exclusive');
    return false;
  } catch (error) {
    return isBusy(error);
  } finally {
    second.close();
  }
}

/** SQLITE_BUSY and SQLITE_LOCKED, also in their extended forms. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && [5, 6].includes(Number(error.errcode) & 0xff);
}

/** The file at `path`; undefined when there is none, or it cannot be seen. */
function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** The holder as the system tells it: `POSIX  ADVISORY  WRITE 1234 fe:00:393 0 EOF`. Of another namespace it tells no process. */
function holderOf(path: string): string {
  try {
    const { ino } = statSync(path, { bigint: true });
    const locks = readFileSync('/proc/locks', 'utf8').matchAll(/ WRITE (\d+) [0-9a-f]+:[0-9a-f]+:(\d+) /g);
    const pid = Number([...locks].find(([, , inode]) => inode === String(ino))?.[1] ?? 0);
    if (pid > 0) return `process ${pid}`;
  } catch {
    // Only Linux tells it.
  }
  return 'another process';
}

function refusal(detail: string, cause?: unknown): WritError {
  return new WritError('unavailable', { detail, cause });
}
