import { existsSync, lstatSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PGlite, type PGliteOptions, type Transaction, types } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { makeFolders, problemOfPrivatePlace, WritError } from '@writ/core';
import { drizzle } from 'drizzle-orm/pglite';
import type { Driver, Feed, Result, Statement } from './database.ts';
import { DURABLE_START, DurableFiles, syncPath, syncTree, wasClosed } from './embedded-files.ts';
import { EmbeddedStatements } from './embedded-statements.ts';
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
    return await openDatabase(folder, lock, options);
  } catch (cause) {
    lock.release();
    if (cause instanceof WritError) throw cause;
    throw sentence(`The embedded database in ${folder} cannot be opened: ${said(cause)}.`, cause);
  }
}

/**
 * Waits where the lock of an existing database had to be made anew: its file may have been deleted, and then the process that held it
 * does not notice before its next look.
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

async function openDatabase(folder: string, lock: FolderLock, { onLost }: LockOptions): Promise<Driver> {
  const place = join(folder, 'postgres');
  const onFailed = (cause: Error): void =>
    onLost(sentence(`The disk under ${folder} did not take what Writ wrote (${said(cause)}). Writ has ended.`, cause));
  if (lstatSync(join(place, 'PG_VERSION'), { throwIfNoEntry: false }) === undefined) await makeDatabase(place);
  else if (!(await wasClosed(place))) await syncTree(place);
  const { files, pg } = await start(place, onFailed);
  return embedded({ pg, files, place: folder, lock });
}

/**
 * Makes a database beside its place and moves it there once all of it is on the disk: a making that was interrupted, by a loss of power
 * too, leaves nothing that looks like a database.
 */
async function makeDatabase(place: string): Promise<void> {
  const found = await readdir(place).catch(() => []);
  if (found.length > 0) {
    throw sentence(
      `${place} holds files but no whole database, and Writ puts none over them. Restore it from a copy; if nothing was ever in it, because its first start was interrupted, remove that folder.`,
    );
  }
  const making = `${place}.new`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { mode: 0o700 });
  const packed = await packedDatabase();
  // With files that are not synced one by one: all of them are at the end.
  const pg = await PGlite.create({ fs: new NodeFS(making), ...(packed && { loadDataDir: packed }) });
  await pg.close();
  await syncTree(making);
  await rename(making, place);
  await syncPath(dirname(place));
}

/** A database with nothing in it, which the build left: making one takes seconds of computing. Undefined where nothing was built yet. */
async function packedDatabase(): Promise<Blob | undefined> {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let at = start; at !== dirname(at); at = dirname(at)) {
    const file = join(at, 'apps', 'server', 'dist', 'postgres.tar.gz');
    if (existsSync(file)) return new Blob([await readFile(file)], { type: 'application/gzip' });
  }
  return undefined;
}

async function start(place: string, onFailed: (error: Error) => void): Promise<Pick<OpenDatabase, 'files' | 'pg'>> {
  const files = new DurableFiles(place, onFailed);
  return { files, pg: await PGlite.create({ fs: files, startParams: [...DURABLE_START], ...BYTES }) };
}

/** How PGlite writes and reads bytes: its own way takes a step for each of them. */
const BYTES: Pick<PGliteOptions, 'parsers' | 'serializers'> = {
  parsers: { [types.BYTEA]: (text) => new Uint8Array(Buffer.from(text.slice(2), 'hex')) },
  serializers: { [types.BYTEA]: (bytes: Uint8Array) => `\\x${Buffer.from(bytes).toString('hex')}` },
};

const NOTHING: Result = { rows: [], count: 0 };

interface OpenDatabase {
  readonly pg: PGlite;
  readonly files: DurableFiles;
  readonly place: string;
  readonly lock: FolderLock;
}

function embedded({ pg, files, place, lock: { confirm, release } }: OpenDatabase): Driver {
  const checkpoint = checkpointer(pg, files);
  const settle = async (): Promise<void> => {
    checkpoint();
    await files.settle().catch((cause: unknown) => {
      throw new WritError('unavailable', { cause });
    });
    await breathe();
  };
  /** Runs what may commit, as long as the folder is this process's own, and returns once it is on the disk. */
  const durably = async <T>(work: () => Promise<T>): Promise<T> => {
    confirm();
    const result = await work();
    await settle();
    confirm();
    return result;
  };
  const transaction = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
    durably(() =>
      pg.transaction(async (tx) => {
        const done = await work(tx);
        confirm();
        return done;
      }),
    );
  const statements = new EmbeddedStatements(pg);
  return {
    kind: 'embedded',
    place,
    db: guardDatabase(drizzle({ client: clientOf(pg, statements) }), durably),
    confirm,
    settle,
    script: (work) => transaction((tx) => work((statement) => run(tx, statement))),
    exchange: (first, second) =>
      transaction(async () => {
        await statements.run(second(await statements.run(first)));
      }),
    transact: async (statement) => {
      const [result] = await transaction(() => statements.run([statement]));
      return result ?? NOTHING;
    },
    feed: (channel, onNotify) => feed(pg, { statements, channel, onNotify }),
    close: async () => {
      try {
        await pg.close();
      } finally {
        release();
      }
    },
  };
}

/** Files of the log, of 16 MiB, between two checkpoints. */
const SEGMENTS = 4;

/**
 * Makes checkpoints now and then, so that the files of the log can be used again. A server does that in a process of its own, an embedded
 * database never by itself.
 */
function checkpointer(pg: PGlite, files: DurableFiles): () => void {
  let isGoing = false;
  return () => {
    if (isGoing || files.segments < SEGMENTS) return;
    isGoing = true;
    files.segments = 0;
    // After a failure it is tried again with the next files: only the space they take depends on it.
    void pg
      .exec('checkpoint')
      .catch(() => undefined)
      .finally(() => {
        isGoing = false;
      });
  };
}

/** How long answers may follow each other in one turn of the event loop, in milliseconds. */
const BREATH = 5;

let turnBegan: number | undefined;

/**
 * Lets the event loop turn where the database has held it for long: the database answers at once, so a caller that asks without pause
 * would keep the loop.
 */
async function breathe(): Promise<void> {
  if (turnBegan === undefined) {
    turnBegan = performance.now();
    setImmediate(() => {
      turnBegan = undefined;
    });
  } else if (performance.now() - turnBegan > BREATH) await nextTurn();
}

/** What drizzle uses of PGlite, with statements that stay prepared. */
function clientOf(pg: PGlite, statements: EmbeddedStatements): PGlite {
  const query: PGlite['query'] = (...given) => statements.query(...given);
  const client: Pick<PGlite, 'query' | 'transaction'> = {
    query: (...given) => alone(pg, () => query(...given)),
    transaction: (work) => pg.transaction((tx) => work({ ...tx, query })),
  };
  return client as PGlite;
}

/** Runs `work` when no transaction and no other query is under way. */
async function alone<T>(pg: PGlite, work: () => Promise<T>): Promise<T> {
  await pg._checkReady();
  return pg._runExclusiveTransaction(work);
}

interface FeedOf {
  readonly statements: EmbeddedStatements;
  readonly channel: string;
  readonly onNotify: () => void;
}

function feed(pg: PGlite, { statements, channel, onNotify }: FeedOf): Feed {
  let listening: Promise<() => Promise<void>> | undefined;
  return {
    run: async (statement) => {
      listening ??= pg.listen(channel, onNotify);
      await listening;
      const [result] = await alone(pg, () => statements.run([statement]));
      return result ?? NOTHING;
    },
    stop: async () => (await listening)?.(),
  };
}

async function run(tx: Pick<Transaction, 'query' | 'exec'>, { text, params }: Statement): Promise<Result> {
  const done = params ? await tx.query<Record<string, unknown>>(text, [...params]) : (await tx.exec(text)).at(-1);
  return { rows: done?.rows ?? [], count: done?.affectedRows ?? 0 };
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await makeFolders(folder, async (path) => {
      await mkdir(path, { mode: 0o700 });
      await syncPath(dirname(path));
    });
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
