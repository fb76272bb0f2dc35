import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import {
  admissions,
  allowances,
  approval_votes,
  approvals,
  audit_checkpoints,
  audit_events,
  audit_head,
  audit_prunes,
  audit_tiles,
  audit_tree,
  backup_schedule,
  breaker_counts,
  brokers,
  changes,
  checkpoint_keys,
  clients,
  connections,
  credentials,
  deliveries,
  effect_overrides,
  environment_members,
  environments,
  epochs,
  freezes,
  grants,
  guardrails,
  hold_votes,
  holds,
  kept_bodies,
  kept_keys,
  limit_counts,
  live_schemas,
  notifications,
  notified,
  one_time_links,
  organizations,
  passkeys,
  released_members,
  sessions,
  sign_in_failures,
  signing_keys,
  subject_token_uses,
  tasks,
  token_requests,
  tokens,
  used_assertions,
  user_ties,
  users,
  vault_keys,
} from '../schema/index.ts';

/** Every table but those that only grow, each after those that it refers to: what a data file has first, and in this order. */
const SNAPSHOT_TABLES: readonly PgTable[] = [
  organizations,
  users,
  user_ties,
  passkeys,
  sign_in_failures,
  sessions,
  one_time_links,
  connections,
  credentials,
  environments,
  environment_members,
  released_members,
  effect_overrides,
  live_schemas,
  admissions,
  clients,
  grants,
  tasks,
  tokens,
  used_assertions,
  subject_token_uses,
  signing_keys,
  vault_keys,
  kept_keys,
  guardrails,
  freezes,
  breaker_counts,
  limit_counts,
  approvals,
  approval_votes,
  allowances,
  token_requests,
  holds,
  hold_votes,
  kept_bodies,
  notifications,
  deliveries,
  notified,
  epochs,
  changes,
  brokers,
  backup_schedule,
  audit_prunes,
  audit_head,
  audit_tree,
  checkpoint_keys,
  audit_checkpoints,
];

/** The tables whose rows are only added to: what is there up to some point stays as it is, so they need no transaction to be read. */
const GROWING_TABLES: readonly PgTable[] = [audit_tiles, audit_events];

/** A table by name, the columns of its primary key, in which order its rows are written, and all its columns. */
export interface DataTable {
  readonly name: string;
  readonly key: readonly string[];
  readonly columns: readonly string[];
}

/** The tables of a snapshot's transaction, in their order. */
export const SNAPSHOT: readonly DataTable[] = SNAPSHOT_TABLES.map(tableOf);

/** The names of all tables, in the order in which they are filled. */
export const DATA_TABLES: readonly string[] = [...SNAPSHOT, ...GROWING_TABLES.map(tableOf)].map(({ name }) => name);

function tableOf(table: PgTable): DataTable {
  const { name, primaryKeys, columns } = getTableConfig(table);
  return {
    name,
    key: primaryKeys.flatMap((key) => key.columns.map((column) => column.name)),
    columns: columns.map((column) => column.name),
  };
}

/**
 * How a snapshot shows secrets. `sealed`: as they are. `without_secrets`: not at all. `marked`: as they are, but each hash with the id of the
 * key it was made by, since another key will be the current one.
 */
export type View = 'sealed' | 'without_secrets' | 'marked';

/** Columns that are shown as something else: an expression of SQL for each. */
type Shown = Readonly<Record<string, string>>;

/**
 * What of each table is secret, and what its rows are without it: a root credential is one that was replaced, a signing key is retired. Of
 * a table that is left out, a row would be of no use.
 */
export const SECRETS: Readonly<Record<string, 'left out' | Shown>> = {
  users: { password_hash: 'null::text' },
  sign_in_failures: 'left out',
  passkeys: 'left out',
  sessions: 'left out',
  one_time_links: 'left out',
  credentials: { sealed: 'null::jsonb', replaced_at: 'coalesce(replaced_at, now())' },
  clients: { secret_hash: 'null::text' },
  signing_keys: {
    sealed_private: 'null::jsonb',
    state: `case when state = 'compromised' then state else 'retired' end`,
    retired_at: `case when state in ('retired', 'compromised') then retired_at else now() end`,
  },
  notifications: { sealed: 'null::jsonb' },
  token_requests: { code_hashes: 'array[]::text[]' },
  vault_keys: 'left out',
  kept_bodies: 'left out',
  kept_keys: 'left out',
  checkpoint_keys: 'left out',
};

const MARKED: typeof SECRETS = {
  users: { password_hash: marked('password_hash') },
  clients: { secret_hash: marked('secret_hash') },
};

function marked(column: string): string {
  return `case when ${column} like '%:%' then ${column}
    else (select kek_id from vault_keys where replaced_at is null) || ':' || ${column} end`;
}

/** The statement for a table's rows in a view, as JSON; undefined where none are shown. */
export function selectOf({ name, key, columns }: DataTable, view: View): string | undefined {
  const shown = view === 'sealed' ? {} : ((view === 'marked' ? MARKED : SECRETS)[name] ?? {});
  if (shown === 'left out') return undefined;
  const list = columns.map((column) => `${shown[column] ?? `"${column}"`} as "${column}"`).join(', ');
  const order = key.map((column) => `"${column}"`).join(', ');
  return `select row_to_json(t)::text as row from (select ${list} from ${name}) t order by ${order}`;
}
