/** The built broker in a process of its own, and what a measurement needs in it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { type OwnerAccess, signUpOwner } from '../support/owner.ts';
import { startProgram } from '../support/program.ts';
import { startRailwayUpstream } from '../support/railway-upstream/start.ts';
import type { Bench } from './bench.ts';
import { drive, httpRequest } from './load.ts';

/** A broker that listens. */
export interface BenchBroker {
  readonly pid: number;
  readonly port: number;
  /** The issuer; where it listens, unless it is `beside` another. */
  readonly url: string;
  /** The `Host` it is called by. */
  readonly host: string;
  readonly env: Readonly<Record<string, string>>;
  readonly setupToken: string;
  /** What it has printed so far. */
  printed(): string;
  /** Ends it; its folder and database stay. */
  stop(): Promise<void>;
}

/** Starts the broker, with `flags` for Node, in a folder of its own, embedded or on `database`; `beside` another one, it shares that one's key and database. */
export async function startBench(
  bench: Bench,
  options: { readonly database?: string; readonly beside?: BenchBroker; readonly flags?: readonly string[] } = {},
): Promise<BenchBroker> {
  const port = await freePort();
  const setupToken = `bench-${randomBytes(16).toString('hex')}`;
  const place = options.beside?.env ?? (await makePlace(bench, options.database));
  // Brokers on one database are one issuer.
  const url = options.beside?.url ?? `http://localhost:${port}`;
  const env = { ...place, WRIT_PORT: String(port), WRIT_PUBLIC_URL: url, WRIT_SETUP_TOKEN: setupToken };
  // With the flags that this process was given, so that they can be tried.
  const child = spawn(process.execPath, [...process.execArgv, ...(options.flags ?? []), bench.server], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = (): Promise<void> => end(child);
  bench.defer(stop);
  const printed = await listening(child);
  return { pid: child.pid ?? 0, port, url, host: new URL(url).host, env, setupToken, printed, stop };
}

/** What is kept of a broker's output, characters. */
const MOST_OUTPUT = 4_000_000;

async function makePlace(bench: Bench, database: string | undefined): Promise<Readonly<Record<string, string>>> {
  const folder = await mkdtemp(join(tmpdir(), 'writ-bench-'));
  bench.defer(() => rm(folder, { recursive: true, force: true }));
  const path = { PATH: process.env['PATH'] ?? '', HOME: folder };
  const own = { ...path, WRIT_DATA_DIR: join(folder, 'data'), WRIT_KEY_FILE: join(folder, 'key') };
  return database === undefined ? own : { ...own, DATABASE_URL: database };
}

/** Waits until it listens; answers how to read what it has printed. */
function listening(child: ChildProcess): Promise<() => string> {
  let [output, listens] = ['', false];
  return new Promise((resolve, reject) => {
    const look = (chunk: Buffer): void => {
      if (output.length < MOST_OUTPUT) output += chunk.toString();
      if (listens || !output.includes('Writ listens on')) return;
      listens = true;
      resolve(() => output);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('exit', () => reject(new Error(`The broker did not start:\n${output}`)));
  });
}

/** Ends a child and waits for it; by force after five seconds. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 5000);
  await ended;
  clearTimeout(force);
}

/** A client of the scene. */
export interface BenchClient {
  readonly client_id: string;
  readonly client_secret: string;
}

/** A broker in front of a fast upstream, with clients that may read staging. */
export interface Scene {
  readonly broker: BenchBroker;
  readonly upstream: { readonly port: number; readonly url: string };
  readonly owner: OwnerAccess;
  readonly clients: readonly BenchClient[];
}

/** What every client of the scene is granted. */
export const GRANT = { connection: 'railway', environments: ['staging'], operations: ['*:read', 'customDomain*'] };

/** Sets a broker up by the product's own API, on a new database of the run's Postgres, or on its own embedded one. */
export async function openScene(
  bench: Bench,
  options: { readonly clients: number; readonly flags?: readonly string[]; readonly embedded?: boolean },
): Promise<Scene> {
  const { flags = [] } = options;
  const database = options.embedded === true ? {} : { database: await bench.database() };
  const broker = await startBench(bench, { ...database, flags });
  const railway = await startRailwayUpstream();
  bench.defer(() => railway.stop());
  const upstream = await startServer(bench, 'upstream.ts', [railway.url]);
  const owner = await signUpOwner(broker);
  const { client, assertion } = owner;
  const credential = { kind: 'account_token', value: railway.tokens.account };
  const base_url = `http://127.0.0.1:${upstream.port}`;
  await client.call(
    'connections.create',
    { slug: 'railway', provider: 'railway', base_url, credential },
    { assertion },
  );
  await client.call('connections.verify', { connection: 'railway' });
  await client.call('environments.import', { connection: 'railway' }, { assertion });
  const names = Array.from({ length: options.clients }, (_, index) => `agent-${index}`);
  const clients: BenchClient[] = [];
  const addOne = async (): Promise<void> => {
    for (let name = names.shift(); name !== undefined; name = names.shift()) clients.push(await addClient(owner, name));
  };
  await Promise.all(Array.from({ length: 4 }, addOne));
  return { broker, upstream: { port: upstream.port, url: base_url }, owner, clients };
}

/** Adds a client that may read staging. */
export async function addClient({ client }: OwnerAccess, client_id: string): Promise<BenchClient> {
  const auth = { method: 'client_secret_basic' as const };
  const made = await client.call('clients.create', { client_id, kind: 'agent', name: client_id, auth });
  await client.call('grants.create', { client_id, ...GRANT });
  return { client_id, client_secret: made.client_secret ?? '' };
}

/** A server of `programs/` in a process of its own. */
export async function startServer(
  bench: Bench,
  file: string,
  args: readonly string[],
): Promise<{ readonly pid: number; readonly port: number }> {
  const program = startProgram(new URL(`./programs/${file}`, import.meta.url), args);
  bench.defer(() => program.kill());
  const port = (): number => Number(program.lines().find((line) => /^\d+$/.test(line)) ?? Number.NaN);
  for (let lines = 1; Number.isNaN(port()); lines += 1) {
    await program.printed(lines);
    if (lines > program.lines().length) throw new Error(`${file} did not start: ${program.stderr()}`);
  }
  return { pid: program.pid, port: port() };
}

/** The token request of a client. */
export function tokenRequest(
  { client_id, client_secret }: BenchClient,
  { host, path }: { readonly host: string; readonly path: string },
): string {
  const authorization = `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`;
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  return httpRequest({ method: 'POST', path, host, headers, body: 'grant_type=client_credentials' });
}

/** Gets `each` tokens for every client, each for a task of its own. */
export async function mintTokens(bench: Bench, { broker, clients, each }: Scene & { each: number }): Promise<string[]> {
  const requests = clients.map((client) => tokenRequest(client, { host: broker.host, path: '/oauth/token' }));
  const connections = clients.length;
  const job = { port: broker.port, connections, in_flight: Math.min(32, connections), requests, sticky: true };
  const quick = { addresses: true, warm_seconds: 0, seconds: 0, count: connections * each, collect: true };
  const { bodies, statuses } = await drive(bench, { pid: broker.pid, job: { ...job, ...quick } });
  if (bodies.length < connections * each) throw new Error(`Not every token was issued: ${JSON.stringify(statuses)}`);
  return bodies.map((body) => String((JSON.parse(body) as { access_token: unknown }).access_token));
}

/** A query that reads staging, through the gateway or straight at the upstream; the upstream answers `Bench` at once. */
export function queryRequest(options: {
  readonly host: string;
  readonly path: string;
  readonly name: 'Bench' | 'BenchLarge';
  readonly token?: string;
}): string {
  const { host, path, name, token } = options;
  const query = `query ${name}($id: String!) { environment(id: $id) { id name } }`;
  const body = JSON.stringify({ query, variables: { id: 'e_staging' } });
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return httpRequest({
    method: 'POST',
    path,
    host,
    headers: { 'content-type': 'application/json', ...authorization },
    body,
  });
}
