/** A real broker process for tests: its own folder, port and database, and a way in. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServerProcess, type SpawnOptions, spawnServer } from './broker-process.ts';
import { freePort } from './free-port.ts';
import { type OwnerAccess, signUpOwner } from './owner.ts';
import { makePlace as makeDatabase } from './store.ts';

/** What a test wants of its broker. */
export interface BrokerOptions {
  /** Default `embedded`. */
  readonly database?: 'embedded' | 'postgres';
  /** Settings besides those made here; one of the same name wins. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder, key and database of another broker: two on one database. */
  readonly beside?: Broker;
  /** The server's file of another release; default: of this one. */
  readonly program?: string;
}

/** A broker that listens. */
export interface Broker {
  readonly url: string;
  readonly setupToken: string;
  /** Settings it was started with. */
  readonly env: Readonly<Record<string, string>>;
  /** Everything it wrote, of every start. */
  logs(): string;
  /** Ends it as a service manager would, and answers its exit code. */
  stop(): Promise<number | string>;
  /** Waits until it ends by itself, and answers its exit code. */
  ended(): Promise<number | string>;
  /** Ends it as a power cut would. */
  kill9(): Promise<void>;
  /** Starts it again, on the same port, after `stop` or `kill9`. */
  restart(): Promise<void>;
  /** Does the set-up once and answers the owner's session; later calls answer the same. */
  owner(): Promise<OwnerAccess>;
  /** Stops it and removes its folder and its database. */
  remove(): Promise<void>;
}

/** Starts a broker and waits until it listens. Throws an Error with what it wrote when it does not. */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const place = options.beside === undefined ? await makePlace(options) : { env: options.beside.env, remove: noop };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startAt(await freePort(), { ...options, place });
    } catch (error) {
      if (attempt === 3 || !String(error).includes('is in use')) throw error;
    }
  }
}

interface Place {
  readonly env: Readonly<Record<string, string>>;
  readonly remove: () => Promise<void>;
}

/** A copy of a migrated, empty database: making one anew takes seconds of computing for each broker. */
async function makePlace({ database = 'embedded' }: BrokerOptions): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'writ-test-'));
  const { options, remove: removeDatabase } = await makeDatabase(database);
  const { url, dataDir = join(folder, 'data') } = options;
  return {
    env: {
      WRIT_DATA_DIR: dataDir,
      WRIT_KEY_FILE: join(folder, 'config', 'key'),
      HOME: folder,
      WRIT_BACKUP_DIR: 'off',
      ...(url !== undefined && { DATABASE_URL: url }),
    },
    remove: async () => {
      await removeDatabase();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startAt(port: number, options: BrokerOptions & { readonly place: Place }): Promise<Broker> {
  const setupToken = `fake-setup-token-${randomBytes(8).toString('hex')}`;
  const own = { WRIT_PORT: String(port), WRIT_PUBLIC_URL: `http://localhost:${port}`, WRIT_SETUP_TOKEN: setupToken };
  const env = { ...options.place.env, ...own, ...options.env };
  const url = env.WRIT_PUBLIC_URL;
  let earlier = '';
  const { program } = options;
  let current = await started({ env, program });
  let owner: Promise<OwnerAccess> | undefined;
  const logs = (): string => `${earlier}${current.stdout()}${current.stderr()}`;
  return {
    url,
    setupToken,
    env,
    logs,
    stop: () => current.kill('SIGTERM'),
    ended: () => current.ended,
    kill9: async () => void (await current.kill('SIGKILL')),
    restart: async () => {
      await current.ended;
      earlier = logs();
      current = await started({ env, program });
    },
    owner: () => {
      owner ??= signUpOwner({ url, setupToken });
      return owner;
    },
    remove: async () => {
      // What it holds is thrown away: there is nothing to end in peace, and nobody to wait for.
      await current.kill('SIGKILL');
      await options.place.remove();
    },
  };
}

async function started(options: SpawnOptions): Promise<ServerProcess> {
  const server = spawnServer(options);
  let ended = false;
  void server.ended.then(() => {
    ended = true;
  });
  const deadline = Date.now() + 50_000;
  while (!server.stdout().includes('Writ listens on')) {
    if (ended || Date.now() > deadline) {
      if (!ended) await server.kill('SIGKILL');
      throw new Error(`The broker did not start:\n${server.stdout()}${server.stderr()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return server;
}

async function noop(): Promise<void> {}
