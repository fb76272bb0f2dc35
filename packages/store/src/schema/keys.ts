import type { JsonObject } from '@writ/core';
import { sql } from 'drizzle-orm';
import { boolean, index, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { instant, organizationId, type Sealed } from './columns.ts';

/** The life of a signing key, in order; `compromised` ends it from any state. */
export const KEY_STATES = ['pending', 'active', 'retiring', 'retired', 'compromised'] as const;
export type KeyState = (typeof KEY_STATES)[number];

/** Keys that sign access tokens. At most one of each algorithm is active, however many brokers rotate at once. */
export const signing_keys = pgTable(
  'signing_keys',
  {
    organization_id: organizationId(),
    kid: text().notNull(),
    alg: text().notNull(),
    state: text({ enum: KEY_STATES }).notNull(),
    public_jwk: jsonb().$type<JsonObject>().notNull(),
    sealed_private: jsonb().$type<Sealed>(),
    created_at: instant().notNull(),
    activated_at: instant(),
    retired_at: instant(),
  },
  (t) => [
    primaryKey({ name: 'signing_keys_pkey', columns: [t.organization_id, t.kid] }),
    uniqueIndex('signing_keys_active_key').on(t.organization_id, t.alg).where(sql`state = 'active'`),
    index('signing_keys_state_idx').on(t.organization_id, t.state),
  ],
);

/** The key-encryption key this database was sealed with, by id: the one without `replaced_at`. */
export const vault_keys = pgTable(
  'vault_keys',
  {
    organization_id: organizationId(),
    kek_id: text().notNull(),
    created_at: instant().notNull(),
    replaced_at: instant(),
    copy_kept: boolean(),
    copy_answered_at: instant(),
    copy_answered_by: text(),
  },
  (t) => [
    primaryKey({ name: 'vault_keys_pkey', columns: [t.organization_id, t.kek_id] }),
    uniqueIndex('vault_keys_current_key').on(t.organization_id).where(sql`replaced_at is null`),
  ],
);

/** Keys that outlive the key-encryption key `kek_id` they were derived from, sealed with the current one. */
export const kept_keys = pgTable(
  'kept_keys',
  {
    organization_id: organizationId(),
    kek_id: text().notNull(),
    purpose: text().notNull(),
    sealed: jsonb().$type<Sealed>().notNull(),
    kept_at: instant().notNull(),
  },
  (t) => [primaryKey({ name: 'kept_keys_pkey', columns: [t.organization_id, t.kek_id, t.purpose] })],
);
