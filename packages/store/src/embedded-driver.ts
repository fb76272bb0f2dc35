import { lstatSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PGlite, type Transaction } from '@electric-sql/pglite';
import { makeFolders, problemOfPrivatePlace, WritError } from '@writ/core';
import { drizzle } from 'drizzle-orm/pglite';
import { type Driver, demandWritten, type Feed, type Result, type Statement } from './database.ts';
import { guardDatabase } from './guard.ts';
import { type FolderLock, LOOK_EVERY, type LockOptions, lockFolder } from './lock-file.ts';

/**
 * Opens the embedded database in a folder, made with mode 700 if need be, and holds the folder's lock until closed. Throws `WritError`
 * (`unavailable`) with a sentence when another process has it, others may enter it, or it cannot be opened.
 */
export async function openEmbedded(folder: string, options: LockOptions): Promise<Driver> {
  await makeFolder(folder);
  const lock = lockFolder(folder, options);
  try {
    await waitForHolder(folder, lock);
    const pg = await PGlite.create({ dataDir: join(folder, 'postgres') });
    return embedded(pg, folder, lock);
  } catch (cause) {
    lock.release();
    if (cause instanceof WritError) throw cause;
    throw sentence(`The embedded database in ${folder} cannot be opened: ${said(cause)}.`, cause);
  }
}

/**
 * Waits for a holder whose lock may have been deleted, where the lock of an existing database had to be made anew: until its next look
 * the holder does not see that.
 */
async function waitForHolder(folder: string, lock: FolderLock): Promise<void> {
  const database = lstatSync(join(folder, 'postgres'), { throwIfNoEntry: false });
  if (database?.isSymbolicLink()) {
    throw sentence(
      `${join(folder, 'postgres')} is a link, and the lock of ${folder} does not guard where it leads. Set WRIT_DATA_DIR to a folder that holds the database itself.`,
    );
  }
  if (lock.made && database !== undefined) await sleep(2 * LOOK_EVERY);
}

function embedded(pg: PGlite, place: string, { confirm, release }: FolderLock): Driver {
  const transaction = async <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => {
    confirm();
    const result = await pg.transaction(async (tx) => {
      const done = await work(tx);
      confirm();
      return done;
    });
    confirm();
    return result;
  };
  return {
    kind: 'embedded',
    place,
    db: guardDatabase(drizzle(pg), async (query) => {
      confirm();
      const result = await query();
      confirm();
      return result;
    }),
    confirm,
    script: (work) => transaction((tx) => work((statement) => run(tx, statement))),
    exchange: (first, second) =>
      transaction(async (tx) => {
        const results: Result[] = [];
        for (const statement of first) results.push(await run(tx, statement));
        for (const statement of second(results)) await run(tx, statement);
      }),
    feed: (channel, onNotify) => feed(pg, channel, onNotify),
    close: async () => {
      try {
        await pg.close();
      } finally {
        release();
      }
    },
  };
}

function feed(pg: PGlite, channel: string, onNotify: () => void): Feed {
  let listening: Promise<() => Promise<void>> | undefined;
  return {
    run: async (statement) => {
      listening ??= pg.listen(channel, onNotify);
      await listening;
      return run(pg, statement);
    },
    stop: async () => (await listening)?.(),
  };
}

async function run(tx: Pick<Transaction, 'query' | 'exec'>, statement: Statement): Promise<Result> {
  const { text, params } = statement;
  const done = params ? await tx.query<Record<string, unknown>>(text, [...params]) : (await tx.exec(text)).at(-1);
  const result: Result = { rows: done?.rows ?? [], count: done?.affectedRows ?? 0 };
  demandWritten(statement, result);
  return result;
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await makeFolders(folder, (path) => mkdir(path, { mode: 0o700 }));
  } catch (cause) {
    throw sentence(`The data folder ${folder} cannot be made: ${said(cause)}. Set WRIT_DATA_DIR to another.`, cause);
  }
  const found = await stat(folder);
  if (!found.isDirectory()) throw sentence(`${folder} is not a folder; set WRIT_DATA_DIR to one.`);
  const place = { what: 'The data folder', path: folder, user: process.getuid?.() };
  const wrong = problemOfPrivatePlace(found, place);
  if (wrong !== undefined) throw sentence(wrong);
}

function said(cause: unknown): string {
  return cause instanceof Error ? cause.message : 'no reason was given';
}

function sentence(detail: string, cause?: unknown): WritError {
  return new WritError('unavailable', { detail, cause });
}
