import type { Socket } from 'node:net';
import { inertLine, WritError } from '@writ/core';
import type { Sql } from 'postgres';
import { databaseError } from './errors.ts';
import { client, within } from './postgres-client.ts';
import {
  ASKED,
  directSession,
  pooledSession,
  type Session,
  type SessionSettings,
  settingsFor,
} from './postgres-session.ts';
import { type Encryption, openSocket } from './postgres-socket.ts';
import { hostText, type PostgresHost, type PostgresUrl } from './postgres-url.ts';

/** The oldest Postgres that Writ runs on, as `server_version_num`. */
const OLDEST = 150000;

/** A server that can be used, and how. */
export interface Primary {
  readonly host: PostgresHost;
  readonly encryption: Encryption;
  readonly session: Session;
}

/**
 * Finds the first host that is a primary, and how to talk to it. Throws `WritError` (`unavailable`) with a sentence for what is wrong with
 * the one host, or with each.
 */
export async function findPrimary(url: PostgresUrl): Promise<Primary> {
  const wrong: string[] = [];
  for (const host of url.hosts) {
    try {
      return await look(url, host);
    } catch (error) {
      if (!(error instanceof WritError)) throw error;
      if (url.hosts.length === 1) throw error;
      wrong.push(error.message);
    }
  }
  throw sentence(`No host of DATABASE_URL can be used. ${wrong.join(' ')}`);
}

/**
 * Opens connections to the primary. With several hosts the primary is looked for again after a failure or a close, once for all who
 * wait.
 */
export function opener(url: PostgresUrl, first: Primary): () => Promise<Socket> {
  let current: Pick<Primary, 'host' | 'encryption'> = first;
  let doubtful = false;
  let finding: Promise<void> | undefined;
  const find = async (): Promise<void> => {
    try {
      current = await findPrimary(url);
      doubtful = false;
    } catch (cause) {
      // What is wrong with each host is told on the terminal at the start, not to a caller.
      throw Object.assign(new Error('no primary was found', { cause }), { code: 'CONNECT_TIMEOUT' });
    } finally {
      finding = undefined;
    }
  };
  return async () => {
    if (doubtful && url.hosts.length > 1) {
      finding ??= find();
      await finding;
    }
    try {
      const socket = await openSocket(url, current.host, current.encryption);
      socket.once('close', () => {
        doubtful = true;
      });
      return socket;
    } catch (error) {
      doubtful = true;
      throw error;
    }
  };
}

/** Which ways of encryption `sslmode` allows, in the order to be tried. Sockets in a folder need none. */
function encryptionsOf({ sslmode }: PostgresUrl, { host }: PostgresHost): readonly Encryption[] {
  if (host.startsWith('/') || sslmode === 'disable') return ['off'];
  if (sslmode === 'allow') return ['off', 'must'];
  return sslmode === 'prefer' ? ['offered', 'off'] : ['must'];
}

async function look(url: PostgresUrl, host: PostgresHost): Promise<Primary> {
  const ways = encryptionsOf(url, host);
  for (const [index, encryption] of ways.entries()) {
    try {
      return { host, encryption, session: await probe(url, { host, encryption }) };
    } catch (error) {
      if (index === ways.length - 1 || !isAboutEncryption(error)) throw explained(error, { url, host, encryption });
    }
  }
  throw new TypeError('there is no way to connect');
}

/** Failures after which another way of encryption is tried: the server's own rules, or a TLS handshake that fails. */
function isAboutEncryption(error: unknown): boolean {
  const code = databaseError(error)?.code ?? '';
  return code === '28000' || code === 'EPROTO' || code.startsWith('ERR_SSL') || code === 'CONNECTION_CLOSED';
}

type Way = Pick<Primary, 'host' | 'encryption'>;

/** Asks the server what it is, with the settings that it must keep. A pooler refuses most of them, and is asked without. */
async function probe(url: PostgresUrl, way: Way): Promise<Session> {
  const wanted = settingsFor({ version: 0, commit: '' });
  try {
    return sessionFor(await ask(url, way, directSession(wanted)), placeOf(url, way.host));
  } catch (error) {
    if (databaseError(error)?.code !== '08P01') throw error;
  }
  return sessionFor({ ...(await ask(url, way, directSession({}))), pooled: true }, placeOf(url, way.host));
}

function placeOf({ database }: PostgresUrl, host: PostgresHost): string {
  return host.host.startsWith('/') ? `${database ?? ''} at ${hostText(host)}` : `${hostText(host)}/${database ?? ''}`;
}

async function ask(url: PostgresUrl, { host, encryption }: Way, session: Session): Promise<Server> {
  let opened = false;
  // Tried once: postgres.js tries without end where something accepts connections and closes them at once.
  const open = async (): Promise<Socket> => {
    if (opened) throw Object.assign(new Error('the connection was closed'), { code: 'CONNECTION_CLOSED' });
    opened = true;
    return openSocket(url, host, encryption);
  };
  const sql = client({ url, session, open }, { max: 1, replica: true });
  const end = (): void => {
    sql.end({ timeout: 0 }).catch(() => undefined);
  };
  try {
    return await within(2 * url.connectTimeout + 1_000, describe(sql), end);
  } finally {
    end();
  }
}

/** The facts that a server states of itself. */
export interface Server {
  readonly version: number;
  readonly display: string;
  readonly replica: boolean;
  readonly readOnly: string;
  readonly commit: string;
  /** A schema other than `public` in which there are tables of Writ, while there are none in `public`. */
  readonly elsewhere: string | null;
  readonly settings: SessionSettings;
  /** True where the connection is a pooler's, which may have many to the server. */
  readonly pooled: boolean;
}

async function describe(sql: Sql): Promise<Server> {
  const found = await sql.unsafe(`
    select current_setting('server_version_num')::int as version, current_setting('server_version') as display,
      pg_is_in_recovery() as replica, current_setting('default_transaction_read_only') as read_only,
      current_setting('synchronous_commit') as commit, pg_backend_pid() as pid,
      (select json_object_agg(name, current_setting(name)) from unnest(array['${ASKED.join("','")}']) as name) as settings,
      (select n.nspname::text from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where c.relname = 'writ_migrations' and c.relkind = 'r' and to_regclass('public.writ_migrations') is null
        limit 1) as elsewhere`);
  const row = found[0];
  if (!row) throw new TypeError('the server answered no row');
  const { version, display, replica, read_only, commit, elsewhere, settings, pid } = row;
  // A pooler tells its client a process id of its own making: with one of the server the client could cancel the queries of others.
  const pooled = found.state?.pid !== pid;
  return { version, display, replica, readOnly: read_only, commit, elsewhere, settings, pooled };
}

/** How to talk to a server. Throws where Writ cannot run on it. */
export function sessionFor(server: Server, place: string): Session {
  if (server.version < OLDEST) throw sentence(`${place} is PostgreSQL ${server.display}; Writ needs 15 or newer.`);
  if (server.replica) throw sentence(`${place} is a read-only replica; give DATABASE_URL the primary.`);
  if (server.readOnly === 'on') {
    throw sentence(`${place} is set to read-only transactions (default_transaction_read_only), and Writ must write.`);
  }
  if (server.elsewhere !== null) {
    const schema = inertLine(server.elsewhere, 100);
    throw sentence(
      `The tables of Writ in ${place} are in the schema ${schema}; Writ uses the schema public. Move them there (alter table ... set schema public), or give DATABASE_URL another database.`,
    );
  }
  const settings = settingsFor(server);
  const differs = ASKED.some((name) => server.settings[name] !== settings[name]);
  return server.pooled || differs ? pooledSession(settings) : directSession(settings);
}

function sentence(detail: string, cause?: unknown): WritError {
  return new WritError('unavailable', { detail, cause });
}

interface Attempt extends Way {
  readonly url: PostgresUrl;
}

/** The sentence for each error of the server or the system; it names exactly that cause. */
const REASONS: Readonly<Record<string, (place: string, tried: Attempt) => string>> = {
  '3D000': (place) => `There is no database ${place}. Create it, or correct DATABASE_URL.`,
  '28P01': (place) => `${place} refused the password of DATABASE_URL for its user, or has no such user.`,
  '28000': (place, { encryption }) =>
    `${place} does not let the user of DATABASE_URL in from here ${encryption === 'off' ? 'without' : 'with'} TLS: the role may not log in, or pg_hba.conf has no line for it${encryption === 'off' ? ' (sslmode=require asks for TLS)' : ''}.`,
  '42501': (place) => `The user of DATABASE_URL may not connect to ${place}; grant it connect on that database.`,
  '53300': (place) =>
    `${place} has no connections left for this user. Raise max_connections or the role's limit, or close some.`,
  '57P03': (place) => `${place} is starting up or shutting down. Try again in a moment.`,
  ENOTFOUND: (_, { host }) =>
    `No host is called ${host.host}. Correct DATABASE_URL, or the name service of this machine.`,
  EAI_AGAIN: (_, { host }) => `The name service did not answer for ${host.host}. Try again, or give its address.`,
  ECONNREFUSED: (place) =>
    `No Postgres answers at ${place}: nothing listens there. Is it running, and is the port right?`,
  ENOENT: (_, { host }) =>
    `No Postgres answers at ${hostText(host)}: there is no such socket. Is it running, and is that its folder?`,
  EACCES: (_, { host }) => `This user may not use ${hostText(host)}.`,
  CONNECT_TIMEOUT: (place, { url }) =>
    `No Postgres answers at ${place} within ${url.connectTimeout / 1000} s. Is the address right, and does a firewall let it through?`,
  ETIMEDOUT: (place) => `No Postgres answers at ${place} in time. Is the address right, and is it a Postgres?`,
  CONNECTION_CLOSED: (place) =>
    `No Postgres answers at ${place}: what listens there closed the connection. Is it another program?`,
  TLS_NOT_OFFERED: (place, { url }) =>
    `${place} offers no TLS, which sslmode=${url.sslmode} asks for. Switch its TLS on, or say another sslmode.`,
  EPROTO: (place) => `TLS with ${place} did not come about. Is it a Postgres that offers TLS 1.2 or newer?`,
  CERT_HAS_EXPIRED: (place) => `The certificate of ${place} has expired. Renew it.`,
  ERR_TLS_CERT_ALTNAME_INVALID: (place, { host }) =>
    `The certificate of ${place} is for other names than ${host.host}. Use the name it is for; sslmode=verify-ca does not compare names.`,
};

const UNTRUSTED = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
];

function explained(error: unknown, tried: Attempt): WritError {
  if (error instanceof WritError) return error;
  const cause = databaseError(error);
  const place = placeOf(tried.url, tried.host);
  if (cause === undefined) return sentence(`No Postgres answers at ${place}. Is it running?`, error);
  const reason = Object.hasOwn(REASONS, cause.code) ? REASONS[cause.code] : undefined;
  if (reason) return sentence(reason(place, tried), cause);
  if (UNTRUSTED.includes(cause.code)) {
    return sentence(
      `The certificate of ${place} is signed by nobody that is trusted here. Name the file of its authority with sslrootcert.`,
      cause,
    );
  }
  // A code of five characters is the server's own: its words say more than ours could.
  const words = /^[0-9A-Z]{5}$/.test(cause.code)
    ? `${place} says: ${inertLine(cause.message, 200)}`
    : `No Postgres answers at ${place}`;
  return sentence(`${words} (${cause.code}).`, cause);
}
