/** Data files for tests: made of a broker's database, fed into a process as slowly as a test wants, and the places where they go. */
import { execFileSync, spawn } from 'node:child_process';
import { type KeyObject, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type DataRow, openDataFile, writeDataFile } from '@writ/core';
import { openAuditLog, openStore, type Store, takeSnapshot } from '@writ/store';
import { openKeyFile } from '@writ/vault';
import postgres from 'postgres';
import { DEFAULT_ORGANIZATION } from '../../packages/store/src/store.ts';
import type { ServerProcess } from './broker-process.ts';
import { createDatabase } from './postgres.ts';
import type { DatabaseKind } from './store.ts';
import { throwawayFolder } from './throwaway.ts';

const organization_id = DEFAULT_ORGANIZATION;

/** The settings of a server. */
export type Environment = Readonly<Record<string, string>>;

/** Opens the database of a stopped broker for `work`. */
export async function withStore<T>(env: Environment, work: (store: Store) => Promise<T>): Promise<T> {
  const { DATABASE_URL: url, WRIT_DATA_DIR: dataDir = '' } = env;
  const store = await openStore({ ...(url === undefined ? { dataDir } : { url }), now: Date.now });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Adds entries of 1 KiB, or of another size, to the log: a file that has them takes a while to read. */
export async function lengthenLog(env: Environment, entries: number, size = 1024): Promise<void> {
  await withStore(env, async (store) => {
    const log = openAuditLog(store, { organization_id });
    const event = { kind: 'data.test', data: { text: 'x'.repeat(size) } };
    await Promise.all(Array.from({ length: entries }, () => log.append(event)));
  });
}

/** A backup of a stopped broker, as its lines. */
export async function backupLines(env: Environment): Promise<string[]> {
  const key = await openKeyFile(env['WRIT_KEY_FILE'] ?? '', { mayCreate: false, randomBytes });
  return await withStore(env, async (store) => {
    const { rows, ...moment } = await takeSnapshot(store, { organization_id });
    const header = { kind: 'backup' as const, version: '0.1.0', made_at: new Date().toISOString(), ...moment };
    return await Array.fromAsync(writeDataFile(header, rows(), key.deriveKey('backup')));
  });
}

/** The bytes of a file of these lines. */
export const bytesOf = (lines: readonly string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(''));

/** A place where there is nothing yet, and its settings. */
export interface EmptyPlace {
  readonly env: Environment;
  /** Whether anything is there: a data folder, or a table. */
  isUsed(): Promise<boolean>;
  hasKey(): boolean;
  remove(): Promise<void>;
}

/** Makes an empty place. The key file is a new path, unless `keyFile` says which. */
export async function emptyPlace(kind: DatabaseKind, keyFile?: string): Promise<EmptyPlace> {
  const home = await mkdtemp(join(throwawayFolder(), 'writ-place-'));
  const database = kind === 'postgres' ? await createDatabase() : undefined;
  const env = {
    HOME: home,
    WRIT_DATA_DIR: join(home, 'data'),
    WRIT_KEY_FILE: keyFile ?? join(home, 'config', 'key'),
    ...(database !== undefined && { DATABASE_URL: database.url }),
  };
  return {
    env,
    isUsed: async () =>
      database === undefined ? existsSync(env.WRIT_DATA_DIR) : (await countTables(database.url)) > 0,
    hasKey: () => existsSync(env.WRIT_KEY_FILE),
    remove: async () => {
      await database?.drop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function countTables(url: string): Promise<number> {
  const sql = postgres(url, { max: 1 });
  const [row] = await sql`select count(*)::int as n from pg_class where relnamespace = 'public'::regnamespace`;
  await sql.end();
  return Number(row?.['n']);
}

/** Gives each reader the next of the files, by a pipe of its own, put in its place before the reader before it is given anything. */
const FEED = `
for n in 0 1; do
  exec 3> "$1"
  mv "$1.pipe$n" "$1"
  cat "$1.part$n" 2> /dev/null >&3
  exec 3>&-
done
exec 3> "$1"
cat "$1.part2" >&3
echo taken
read _`;

/**
 * Gives a process a pipe in the place of its file. It looks how the file begins, reads `bytes` whole, and then again until `part` of them
 * was taken: returns then, or when it has ended, and leaves it to wait for more until `letGo`.
 */
export async function heldFile(
  path: string,
  { bytes, part = bytes }: { readonly bytes: Buffer; readonly part?: Buffer },
  start: () => ServerProcess,
): Promise<{ readonly server: ServerProcess; readonly letGo: () => void }> {
  execFileSync('mkfifo', ['-m', '600', path, `${path}.pipe0`, `${path}.pipe1`]);
  for (const [index, content] of [bytes.subarray(0, 2), bytes, part].entries())
    writeFileSync(`${path}.part${index}`, content);
  const feeder = spawn('sh', ['-c', FEED, 'sh', path], { stdio: ['pipe', 'pipe', 'inherit'] });
  feeder.stdin.on('error', () => undefined);
  const server = start();
  await Promise.race([once(feeder.stdout, 'data'), server.ended]);
  return { server, letGo: () => void feeder.kill('SIGKILL') };
}

/** Every row of a data file. */
export async function rowsOf(lines: readonly string[], key?: KeyObject): Promise<DataRow[]> {
  async function* each(): AsyncGenerator<string> {
    yield* lines;
  }
  return await Array.fromAsync((await openDataFile(each())).rows(key));
}

/** Ways in which a file can have been spoilt, by a name each. */
export function spoilt(bytes: Buffer) {
  const middle = Math.floor(bytes.length / 2);
  const flipped = Buffer.from(bytes);
  flipped.writeUInt8(flipped.readUInt8(middle) ^ 1, middle);
  const packed = gzipSync(bytes);
  const packedFlipped = Buffer.from(packed);
  packedFlipped.writeUInt8(packedFlipped.readUInt8(packed.length >> 1) ^ 1, packed.length >> 1);
  return {
    cut: bytes.subarray(0, middle),
    'cut at the end of a line': bytes.subarray(0, bytes.indexOf('\n', middle) + 1),
    'cut before its end': bytes.subarray(0, bytes.lastIndexOf('{"end"')),
    flipped,
    'cut while compressed': packed.subarray(0, packed.length >> 1),
    'flipped while compressed': packedFlipped,
    empty: Buffer.alloc(0),
    'something else': Buffer.from('not a backup\n'),
    'not text': randomBytes(2048),
  } satisfies Readonly<Record<string, Buffer>>;
}

/** Writes a file that only its owner may read. */
export async function put(path: string, bytes: Buffer): Promise<string> {
  await writeFile(path, bytes, { mode: 0o600 });
  return path;
}
