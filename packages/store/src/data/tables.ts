import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import {
  admissions,
  audit_checkpoints,
  audit_events,
  audit_head,
  audit_prunes,
  audit_tiles,
  audit_tree,
  backup_schedule,
  brokers,
  changes,
  checkpoint_keys,
  clients,
  connections,
  credentials,
  effect_overrides,
  environment_members,
  environments,
  epochs,
  freezes,
  grants,
  guardrails,
  kept_keys,
  live_schemas,
  one_time_links,
  organizations,
  released_members,
  sessions,
  sign_in_failures,
  signing_keys,
  subject_token_uses,
  tasks,
  tokens,
  used_assertions,
  users,
  vault_keys,
} from '../schema/index.ts';

/** Every table but those that only grow, each after those that it refers to: what a data file has first, and in this order. */
const SNAPSHOT_TABLES: readonly PgTable[] = [
  organizations,
  users,
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

/** A table by name, and the columns of its primary key, in which order its rows are written. */
export interface DataTable {
  readonly name: string;
  readonly key: readonly string[];
}

/** The tables of a snapshot's transaction, in their order. */
export const SNAPSHOT: readonly DataTable[] = SNAPSHOT_TABLES.map(tableOf);

/** The names of all tables, in the order in which they are filled. */
export const DATA_TABLES: readonly string[] = [...SNAPSHOT, ...GROWING_TABLES.map(tableOf)].map(({ name }) => name);

function tableOf(table: PgTable): DataTable {
  const { name, primaryKeys } = getTableConfig(table);
  return { name, key: primaryKeys.flatMap(({ columns }) => columns.map((column) => column.name)) };
}
