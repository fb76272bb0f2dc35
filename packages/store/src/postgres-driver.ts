import { WritError } from '@writ/core';
import { drizzle } from 'drizzle-orm/postgres-js';
import type { Sql } from 'postgres';
import type { Driver, Run } from './database.ts';
import { databaseError } from './errors.ts';
import { guardDatabase } from './guard.ts';
import { client, type Renewable, renewable, run, type Settings, within } from './postgres-client.ts';
import { exchanger, feed } from './postgres-lanes.ts';

/** The oldest Postgres that Writ runs on, as `server_version_num`. */
const OLDEST = 150000;

/** What a query may take, in milliseconds, before the pool is given up: postgres.js never answers one sent to a dying connection. */
const QUERY_LIMIT = 30_000;

/** What the first answer may take, in milliseconds. */
const PROBE_LIMIT = 6_000;

/** Connects to the Postgres at `url`. Throws `WritError` (`unavailable`) with a sentence that says what is wrong and what to do. */
export async function openPostgres(url: string, options: { readonly poolSize?: number } = {}): Promise<Driver> {
  const place = placeOf(url);
  const settings = await probe(url, place);
  const pool = renewable(() => client(url, { max: options.poolSize ?? 10, settings }));
  const writer = renewable(() => client(url, { max: 1, settings, forever: true }));
  return {
    kind: 'postgres',
    place,
    db: guardDatabase(drizzle(facade(pool)), (query) => within(QUERY_LIMIT, query(), pool.renew)),
    confirm: () => undefined,
    script: (work) => script((onclose) => client(url, { max: 1, settings, forever: true, onclose }), work),
    exchange: exchanger(writer),
    feed: (channel, onNotify) => feed({ url, channel, onNotify, pool }),
    close: async () => {
      await Promise.all([pool.current().end({ timeout: 5 }), writer.current().end({ timeout: 5 })]);
    },
  };
}

/** What drizzle uses of a client, on whichever is the current one. */
function facade(pool: Renewable): Sql {
  const { options } = pool.current();
  return new Proxy(pool.current(), {
    get: (_, name) => (name === 'options' ? options : Reflect.get(pool.current(), name)),
  });
}

/** On a connection of its own: postgres.js' own transactions end the process when their connection is lost (see `guard.ts`). */
async function script<T>(connect: (onclose: () => void) => Sql, work: (run: Run) => Promise<T>): Promise<T> {
  let open = true;
  const sql = connect(() => {
    open = false;
  });
  const checked: Run = (statement) => {
    if (!open) throw Object.assign(new Error('the connection was lost'), { code: 'CONNECTION_CLOSED' });
    return run(sql, statement);
  };
  try {
    await sql.unsafe('begin isolation level read committed');
    const result = await work(checked);
    await checked({ text: 'commit' });
    return result;
  } finally {
    // Whatever was not committed is rolled back by the end of the connection.
    await sql.end({ timeout: 1 });
  }
}

/** Host, port and database name of a URL; never its user or password. */
function placeOf(url: string): string {
  const { protocol, hostname, port, pathname } = parse(url);
  if (protocol !== 'postgres:' && protocol !== 'postgresql:') throw badUrl();
  return `${hostname}:${port === '' ? '5432' : port}${decodeURIComponent(pathname)}`;
}

function parse(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw badUrl();
  }
}

function badUrl(): WritError {
  return new WritError('unavailable', {
    detail: 'DATABASE_URL is not a Postgres URL: it must look like postgres://user:password@host:5432/database.',
  });
}

/** Asks the server what it is, and which of its defaults Writ must override to be durable and correct. */
async function probe(url: string, place: string): Promise<Settings> {
  const sql = client(url, { max: 1 });
  const end = (): void => {
    sql.end({ timeout: 0 }).catch(() => undefined);
  };
  try {
    // postgres.js tries for ever where something accepts connections and closes them at once.
    return settingsFor(await within(PROBE_LIMIT, describe(sql), end), place);
  } catch (error) {
    throw explained(error, place);
  } finally {
    end();
  }
}

interface Server {
  readonly version: number;
  readonly display: string;
  readonly replica: boolean;
  readonly commit: string;
  readonly isolation: string;
}

async function describe(sql: Sql): Promise<Server> {
  const [row] = await sql<Server[]>`
    select current_setting('server_version_num')::int as version, current_setting('server_version') as display,
      pg_is_in_recovery() as replica, current_setting('synchronous_commit') as commit,
      current_setting('default_transaction_isolation') as isolation`;
  if (!row) throw new TypeError('the server answered no row');
  return row;
}

/** Throws where Writ cannot run on the server. */
export function settingsFor(server: Server, place: string): Settings {
  if (server.version < OLDEST) throw sentence(`${place} is PostgreSQL ${server.display}; Writ needs 15 or newer.`);
  if (server.replica) throw sentence(`${place} is a read-only replica; give DATABASE_URL the primary.`);
  return {
    ...(server.commit === 'off' ? { synchronous_commit: 'on' } : {}),
    ...(server.isolation === 'read committed' ? {} : { default_transaction_isolation: 'read committed' }),
  };
}

function sentence(detail: string, cause?: unknown): WritError {
  return new WritError('unavailable', { detail, cause });
}

const REASONS: Readonly<Record<string, (place: string) => string>> = {
  '3D000': (place) => `There is no database ${place}. Create it, or correct DATABASE_URL.`,
  '28P01': (place) => `${place} refused the user or password of DATABASE_URL.`,
  '28000': (place) => `${place} refused the user or password of DATABASE_URL.`,
  '53300': (place) => `${place} has no connections left. Raise max_connections, or close some.`,
  '57P03': (place) => `${place} is starting up or shutting down. Try again in a moment.`,
  ENOTFOUND: (place) => `No host is called as in ${place}. Correct DATABASE_URL.`,
};

function explained(error: unknown, place: string): WritError {
  if (error instanceof WritError) return error;
  const cause = databaseError(error);
  const reason = cause && REASONS[cause.code];
  return sentence(
    reason ? reason(place) : `No Postgres answers at ${place}${cause ? ` (${cause.code})` : ''}. Is it running?`,
    cause,
  );
}
