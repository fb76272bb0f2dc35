/** The settings that Writ's statements are written for: no default of a server, database or role changes what they mean. */
const ALWAYS: Readonly<Record<string, string>> = {
  DateStyle: 'ISO, MDY',
  TimeZone: 'UTC',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  standard_conforming_strings: 'on',
  // Two brokers whose roles have different search paths would each have tables of their own. Temporary tables come last.
  search_path: 'public, pg_temp',
  default_transaction_isolation: 'read committed',
  // Writ itself gives up what takes too long; a server that gave up earlier would cut off migrations and exports.
  statement_timeout: '0',
  lock_timeout: '0',
  idle_session_timeout: '0',
  // A transaction that stalls makes the others wait.
  idle_in_transaction_session_timeout: '1min',
};

/** The settings as `current_setting` shows them once they hold. */
export type SessionSettings = Readonly<Record<string, string>>;

/** The settings for a server: `version` is its `server_version_num`, `commit` its `synchronous_commit`. */
export function settingsFor({
  version,
  commit,
}: {
  readonly version: number;
  readonly commit: string;
}): SessionSettings {
  return {
    ...ALWAYS,
    ...(version >= 170000 && { transaction_timeout: '0' }),
    ...(commit === 'off' && { synchronous_commit: 'on' }),
  };
}

/** Names of settings to ask a server for before its version is known. */
export const ASKED = Object.keys(ALWAYS);

/** How connections are told the settings. */
export interface Session {
  /** With the startup message, once for a connection. */
  readonly startup: SessionSettings;
  /** Begins a transaction. */
  readonly begin: string;
  /** What comes first in every transaction, where each may be on another connection of the server. */
  readonly each?: string;
}

/** The way without a pooler: a connection keeps the settings of its start. */
export function directSession(settings: SessionSettings): Session {
  return { startup: settings, begin: BEGIN };
}

/**
 * The way behind a pooler: it lends another connection of the server for each transaction, and refuses or forgets the settings of the
 * start. So every transaction begins with them, for itself alone.
 */
export function pooledSession(settings: SessionSettings): Session {
  const calls = Object.entries(settings)
    // The transaction is begun with this level, and cannot change it afterwards.
    .filter(([name]) => name !== 'default_transaction_isolation')
    .map(([name, value]) => `set_config('${name}', '${value}', true)`);
  const each = `set transaction isolation level read committed; select ${calls.join(', ')}`;
  return { startup: {}, begin: `${BEGIN}; ${each}`, each };
}

const BEGIN = 'begin isolation level read committed';
