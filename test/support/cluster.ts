import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { freePort } from './free-port.ts';
import { findBinaries } from './postgres-binaries.ts';
import { throwawayFolder } from './throwaway.ts';
import { type Account, unprivilegedAccount } from './unprivileged.ts';

/** A running Postgres of this process alone. */
export interface Cluster {
  readonly url: string;
  /** Stops it at once and keeps its files. */
  readonly halt: () => Promise<void>;
  /** Starts it again after `halt`, where it was. */
  readonly resume: () => Promise<void>;
  /** Stops it and removes its files. */
  readonly stop: () => Promise<void>;
}

interface Place {
  readonly bin: string;
  readonly data: string;
  readonly account: Account | undefined;
  readonly durable: boolean;
}

/**
 * Starts a throw-away Postgres on a free loopback port, as an unprivileged account when this process is root.
 * Throws when there is no Postgres to be had: the tests that need one do not pass without it. Commits reach the disk only when
 * `durable`, which tests do not need and measurements do.
 */
export async function startCluster(options: { readonly durable?: boolean } = {}): Promise<Cluster> {
  const account = unprivilegedAccount();
  const durable = options.durable === true;
  const home = await mkdtemp(join(tmpdir(), 'writ-postgres-'));
  const files = durable ? home : await mkdtemp(join(throwawayFolder(), 'writ-postgres-'));
  const remove = async (): Promise<void> => {
    for (const folder of new Set([home, files])) await rm(folder, { recursive: true, force: true });
  };
  try {
    if (account) for (const folder of new Set([home, files])) await chown(folder, account.uid, account.gid);
    const bin = await findBinaries(home, account);
    const place: Place = { bin, data: join(files, 'data'), account, durable };
    await initialise(place);
    const port = await freePort();
    let { url, server } = await serve(place, port);
    if (place.durable) await makeLogFiles(url);
    return {
      url,
      halt: () => halt(server),
      resume: async () => {
        ({ url, server } = await serve(place, port));
      },
      stop: async () => {
        await halt(server);
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function initialise(place: Place): Promise<void> {
  const child = start(place, 'initdb', [
    '-D',
    place.data,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C',
    '-N',
  ]);
  const output = collect(child);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`initdb of ${place.bin} failed:\n${output()}`);
}

/** A database that lives as long as a run writes nothing twice for a crash, and is not tidied. */
const PASSING = ['fsync=off', 'full_page_writes=off', 'wal_level=minimal', 'max_wal_senders=0', 'autovacuum=off'];

async function serve(place: Place, port: number): Promise<{ url: string; server: ChildProcess }> {
  const options = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'max_connections=200',
    ...(place.durable ? [] : PASSING),
  ];
  const server = start(place, 'postgres', ['-D', place.data, ...options.flatMap((option) => ['-c', option])]);
  const output = collect(server);
  process.once('exit', () => server.kill('SIGINT'));
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await answers(url, server, output);
  return { url, server };
}

async function answers(url: string, server: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline && server.exitCode === null) {
    const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => undefined });
    try {
      await sql`select 1`;
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 30));
    } finally {
      await sql.end({ timeout: 1 });
    }
  }
  server.kill('SIGKILL');
  throw new Error(`Postgres did not start:\n${output()}`);
}

/** Files of the write-ahead log, 16 MiB each, that a server for measurements begins with. */
const LOG_FILES = 24;

/**
 * Makes files of the write-ahead log that can be used again, as a server has them that has run for a while: making one holds every
 * commit up until its 16 MiB are on the disk, which a new server does every few seconds.
 */
async function makeLogFiles(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await sql.unsafe(`alter system set min_wal_size = '${16 * LOG_FILES}MB'`);
    await sql`select pg_reload_conf()`;
    for (let file = 0; file < LOG_FILES; file += 1) {
      await sql`select pg_logical_emit_message(false, 'writ', 'a file begins')`;
      await sql`select pg_switch_wal()`;
    }
    // What came before a checkpoint can be used again.
    await sql`checkpoint`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function halt(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const closed = once(server, 'close');
  // SIGINT is Postgres' fast shutdown: it does not wait for clients.
  server.kill('SIGINT');
  await closed;
}

function start(place: Place, program: string, args: readonly string[]): ChildProcess {
  const { uid, gid } = place.account ?? {};
  const identity = uid === undefined || gid === undefined ? {} : { uid, gid };
  return spawn(join(place.bin, program), args, {
    ...identity,
    cwd: join(place.data, '..'),
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function collect(child: ChildProcess): () => string {
  let text = '';
  const add = (chunk: Buffer): void => {
    text = (text + chunk.toString()).slice(-8000);
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  child.on('error', (error) => add(Buffer.from(error.message)));
  return () => text;
}
