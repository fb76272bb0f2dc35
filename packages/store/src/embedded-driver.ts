import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite, type Transaction } from '@electric-sql/pglite';
import { WritError } from '@writ/core';
import { drizzle } from 'drizzle-orm/pglite';
import { type Driver, demandWritten, type Feed, type Result, type Statement } from './database.ts';
import { guardDatabase } from './guard.ts';
import { takeLock } from './lock-file.ts';

/**
 * Opens the embedded database in a folder, made with mode 700 if need be, and holds the folder's lock until closed.
 * Throws `WritError` (`unavailable`) with a sentence when another process has it or it cannot be opened.
 */
export async function openEmbedded(folder: string, options: { readonly now: () => number }): Promise<Driver> {
  makeFolder(folder);
  const release = takeLock(join(folder, 'writ.lock'), options);
  try {
    const pg = await PGlite.create({ dataDir: join(folder, 'postgres') });
    return embedded(pg, folder, release);
  } catch (cause) {
    release();
    throw sentence(`The embedded database in ${folder} cannot be opened: ${said(cause)}.`, cause);
  }
}

function embedded(pg: PGlite, place: string, release: () => void): Driver {
  return {
    kind: 'embedded',
    place,
    db: guardDatabase(drizzle(pg)),
    script: (work) => pg.transaction((tx) => work((statement) => run(tx, statement))),
    exchange: (first, second) =>
      pg.transaction(async (tx) => {
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

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw sentence(`The data folder ${folder} cannot be made: ${said(cause)}.`, cause);
  }
}

function said(cause: unknown): string {
  return cause instanceof Error ? cause.message : 'no reason was given';
}

function sentence(detail: string, cause: unknown): WritError {
  return new WritError('unavailable', { detail, cause });
}
