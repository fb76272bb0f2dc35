import { defined } from '@writ/core';
import postgres, { type Sql } from 'postgres';
import type { Result, Statement } from './database.ts';
import type { Session } from './postgres-session.ts';
import { deadSocket } from './postgres-socket.ts';
import type { PostgresUrl } from './postgres-url.ts';

/** The server that clients connect to. */
export interface Target {
  readonly url: PostgresUrl;
  readonly session: Session;
  /** Opens a connection to the server that is to be used now. */
  readonly open: () => Promise<import('node:net').Socket>;
}

/** How a client connects. */
export interface ClientOptions {
  readonly max: number;
  /** True for a connection that is never closed for its age: postgres.js would do so between two statements of one exchange. */
  readonly forever?: boolean;
  /** True where a replica is as good as a primary: only to see what is there. */
  readonly replica?: boolean;
  readonly onnotify?: () => void;
  readonly onclose?: () => void;
}

/** Reads values as drizzle wants them: as texts, except for bytes. */
const TYPES = {
  moment: textType(1184),
  json: { ...textType(114), parse: JSON.parse },
  jsonb: { ...textType(3802), parse: JSON.parse },
  bytes: {
    ...textType(17),
    serialize: (value: Uint8Array) => `\\x${Buffer.from(value).toString('hex')}`,
    parse: bytesOf,
  },
};

function textType(oid: number) {
  return { to: oid, from: [oid], serialize: (value: unknown) => value, parse: (text: string): unknown => text };
}

/** Reads bytes only in the form that Writ asks for: the other form, read in this way, would give other bytes. */
function bytesOf(text: string): Buffer {
  if (/^\\x(?:[0-9a-f]{2})*$/.test(text)) return Buffer.from(text.slice(2), 'hex');
  throw new TypeError('bytes came in another form than bytea_output = hex');
}

/**
 * Makes a client; it connects when first used. Everything that postgres.js would look up in the environment is given to it, except user
 * and password.
 */
export function client({ url, session, open }: Target, { forever, replica, ...options }: ClientOptions): Sql {
  const { user, password, database, applicationName: application_name, options: server } = url;
  const all = {
    // Host and port are used in messages only; `socket` connects.
    host: 'localhost',
    port: 5432,
    socket: () => open().catch(deadSocket),
    ...defined({ user, pass: password, database }),
    ssl: false,
    sslnegotiation: null,
    idle_timeout: 0,
    max_pipeline: 100,
    keep_alive: 60,
    debug: false,
    prepare: session.each === undefined,
    ...(!replica && session.each === undefined && { target_session_attrs: 'primary' as const }),
    // The time for the server's own part: TCP and TLS have limits of their own.
    connect_timeout: url.connectTimeout / 1000,
    // Seconds. By default postgres.js waits up to 20 s before it tries again, long after the database is back.
    backoff: () => 0.1,
    fetch_types: false,
    onnotice: () => undefined,
    types: TYPES,
    connection: { application_name, ...defined({ options: server }), ...session.startup },
    ...options,
    ...(forever && { max_lifetime: null }),
  };
  return postgres(all);
}

/** A client that can be replaced: the old one is closed with all its connections and everything that waits for them. */
export interface Renewable {
  current(): Sql;
  renew(): void;
}

/** Makes clients by `connect`, the first at once. */
export function renewable(connect: () => Sql): Renewable {
  let sql = connect();
  return {
    current: () => sql,
    renew: () => {
      const old = sql;
      sql = connect();
      old.end({ timeout: 0 }).catch(() => undefined);
    },
  };
}

/** Runs a statement. */
export async function run(sql: Pick<Sql, 'unsafe'>, { text, params }: Statement): Promise<Result> {
  const found = params ? await sql.unsafe(text, [...params], { prepare: true }) : await sql.unsafe(text);
  return { rows: [...found], count: found.count };
}

/** Waits for `work`, but at most `limit` ms, since nothing tells that a network is silent. Then calls `giveUp` and throws. */
export async function within<T>(limit: number, work: Promise<T>, giveUp: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      giveUp();
      reject(Object.assign(new Error('the database did not answer in time'), { code: 'ETIMEDOUT' }));
    }, limit);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
