import { foreignKey, index, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { instant, organizationId } from './columns.ts';
import { users } from './users.ts';

/** Signed-in users: only the hash of the bearer is kept. `expires_at` is absolute; idleness counts from `last_seen_at`. */
export const sessions = pgTable(
  'sessions',
  {
    organization_id: organizationId(),
    id: text().notNull(),
    token_hash: text().notNull(),
    user_id: text().notNull(),
    kind: text({ enum: ['browser', 'cli'] }).notNull(),
    user_agent: text(),
    address: text(),
    created_at: instant().notNull(),
    authenticated_at: instant().notNull(),
    last_seen_at: instant().notNull(),
    expires_at: instant().notNull(),
    revoked_at: instant(),
  },
  (t) => [
    primaryKey({ name: 'sessions_pkey', columns: [t.organization_id, t.id] }),
    uniqueIndex('sessions_token_hash_key').on(t.organization_id, t.token_hash),
    index('sessions_user_idx').on(t.organization_id, t.user_id),
    foreignKey({
      name: 'sessions_user_fkey',
      columns: [t.organization_id, t.user_id],
      foreignColumns: [users.organization_id, users.id],
    }),
  ],
);

/** Links that work once: set-up (no user yet), invitation, reset. Only the hash of the bearer is kept. */
export const one_time_links = pgTable(
  'one_time_links',
  {
    organization_id: organizationId(),
    id: text().notNull(),
    kind: text({ enum: ['setup', 'invite', 'reset'] }).notNull(),
    token_hash: text().notNull(),
    user_id: text(),
    created_at: instant().notNull(),
    expires_at: instant().notNull(),
    used_at: instant(),
  },
  (t) => [
    primaryKey({ name: 'one_time_links_pkey', columns: [t.organization_id, t.id] }),
    uniqueIndex('one_time_links_token_hash_key').on(t.organization_id, t.token_hash),
    foreignKey({
      name: 'one_time_links_user_fkey',
      columns: [t.organization_id, t.user_id],
      foreignColumns: [users.organization_id, users.id],
    }),
  ],
);
