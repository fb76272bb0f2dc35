import { CLIENT_KINDS, type GrantScope, type JsonValue } from '@writ/core';
import { sql } from 'drizzle-orm';
import { foreignKey, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, organizationId } from './columns.ts';
import { connections } from './connections.ts';
import { users } from './users.ts';

/** How a client may use tokens; absent members are off. */
export interface ClientSettings {
  readonly require_task?: boolean;
  readonly scopes?: readonly string[];
  readonly delegable?: boolean;
  /** What its access tokens are signed with; ES256 where nothing is said. */
  readonly access_token_signing_alg?: 'ES256' | 'RS256';
  /** Client ids that may act with this client's sender-constrained tokens. */
  readonly may_act?: readonly string[];
}

/** OAuth clients. The administrator chooses `client_id`; it is never used again, so the primary key counts deleted rows too. */
export const clients = pgTable(
  'clients',
  {
    organization_id: organizationId(),
    client_id: text().notNull(),
    kind: text({ enum: CLIENT_KINDS }).notNull(),
    name: text().notNull(),
    owner_id: text().notNull(),
    created_by: text().notNull(),
    /** The user who was last shown its secret, or who last gave its keys or its trust policy. */
    secret_holder_id: text(),
    auth: jsonb().$type<JsonValue>().notNull(),
    secret_hash: text(),
    settings: jsonb().$type<ClientSettings>().notNull(),
    created_at: instant().notNull(),
    disabled_at: instant(),
    deleted_at: instant(),
  },
  (t) => [
    primaryKey({ name: 'clients_pkey', columns: [t.organization_id, t.client_id] }),
    index('clients_owner_idx').on(t.organization_id, t.owner_id),
    foreignKey({
      name: 'clients_owner_fkey',
      columns: [t.organization_id, t.owner_id],
      foreignColumns: [users.organization_id, users.id],
    }),
  ],
);

/** What an admin allows a client. */
export const grants = pgTable(
  'grants',
  {
    organization_id: organizationId(),
    id: text().notNull(),
    client_id: text().notNull(),
    connection_id: text().notNull(),
    /** What people call it; older ones have none. */
    name: text(),
    scope: jsonb().$type<GrantScope>().notNull(),
    max_ttl_seconds: integer(),
    expires_at: instant(),
    note: text(),
    created_by: text().notNull(),
    /** The users who changed what it allows. */
    changed_by: text().array(),
    created_at: instant().notNull(),
    updated_at: instant().notNull(),
    /** When a call that it covers was last let through, to the hour. */
    last_used_at: instant(),
    revoked_at: instant(),
  },
  (t) => [
    primaryKey({ name: 'grants_pkey', columns: [t.organization_id, t.id] }),
    index('grants_client_idx').on(t.organization_id, t.client_id),
    index('grants_connection_idx').on(t.organization_id, t.connection_id),
    index('grants_standing_idx').on(t.organization_id, t.id).where(sql`revoked_at is null`),
    foreignKey({
      name: 'grants_client_fkey',
      columns: [t.organization_id, t.client_id],
      foreignColumns: [clients.organization_id, clients.client_id],
    }),
    foreignKey({
      name: 'grants_connection_fkey',
      columns: [t.organization_id, t.connection_id],
      foreignColumns: [connections.organization_id, connections.id],
    }),
  ],
);
