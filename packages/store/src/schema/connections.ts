import type { EnvironmentSelector, JsonObject, JsonValue } from '@writ/core';
import {
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  type PgColumn,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { instant, organizationId, type Sealed } from './columns.ts';
import { organizations } from './organizations.ts';

/** Configured upstreams. A slug is never used again, so its unique index counts deleted rows too. */
export const connections = pgTable(
  'connections',
  {
    organization_id: organizationId(),
    id: text().notNull(),
    slug: text().notNull(),
    provider: text().notNull(),
    base_url: text().notNull(),
    /** What root credentials are sealed to. */
    origin: text().notNull(),
    settings: jsonb().$type<JsonValue>().notNull(),
    /** Who the provider says the root credential is, once verified. */
    identity: jsonb().$type<JsonValue>(),
    verified_at: instant(),
    /** Set when the upstream echoed a root credential. */
    credential_flagged_at: instant(),
    /** Counts every change of the connection, its environments, credentials and overrides. Caches are keyed by it. */
    config_version: integer().notNull(),
    created_by: text().notNull(),
    created_at: instant().notNull(),
    deleted_at: instant(),
  },
  (t) => [
    primaryKey({ name: 'connections_pkey', columns: [t.organization_id, t.id] }),
    uniqueIndex('connections_slug_key').on(t.organization_id, t.slug),
    foreignKey({
      name: 'connections_organization_fkey',
      columns: [t.organization_id],
      foreignColumns: [organizations.organization_id],
    }),
  ],
);

const ofConnection = (name: string, t: { organization_id: PgColumn; connection_id: PgColumn }) =>
  foreignKey({
    name,
    columns: [t.organization_id, t.connection_id],
    foreignColumns: [connections.organization_id, connections.id],
  });

/** Sealed root credentials. `environments` are the slugs it is bound to; null means all. The live ones have no `replaced_at`. */
export const credentials = pgTable(
  'credentials',
  {
    organization_id: organizationId(),
    id: text().notNull(),
    connection_id: text().notNull(),
    version: integer().notNull(),
    kind: text().notNull(),
    origin: text().notNull(),
    /** Null once the credential was replaced: a secret that is not in use is not kept. */
    sealed: jsonb().$type<Sealed>(),
    environments: jsonb().$type<readonly string[]>(),
    created_by: text().notNull(),
    created_at: instant().notNull(),
    replaced_at: instant(),
  },
  (t) => [
    primaryKey({ name: 'credentials_pkey', columns: [t.organization_id, t.id] }),
    uniqueIndex('credentials_version_key').on(t.organization_id, t.connection_id, t.version),
    ofConnection('credentials_connection_fkey', t),
  ],
);

/** Named parts of a connection. */
export const environments = pgTable(
  'environments',
  {
    organization_id: organizationId(),
    id: text().notNull(),
    connection_id: text().notNull(),
    slug: text().notNull(),
    selector: jsonb().$type<EnvironmentSelector>().notNull(),
    protected: boolean().notNull(),
    created_by: text().notNull(),
    created_at: instant().notNull(),
  },
  (t) => [
    primaryKey({ name: 'environments_pkey', columns: [t.organization_id, t.id] }),
    uniqueIndex('environments_slug_key').on(t.organization_id, t.connection_id, t.slug),
    ofConnection('environments_connection_fkey', t),
  ],
);

/** Which environment a provider environment is in: at most one, by the primary key. */
export const environment_members = pgTable(
  'environment_members',
  {
    organization_id: organizationId(),
    connection_id: text().notNull(),
    /** The key of a provider environment, as the provider's selectors have it. */
    member: text().notNull(),
    environment_id: text().notNull(),
  },
  (t) => [
    primaryKey({ name: 'environment_members_pkey', columns: [t.organization_id, t.connection_id, t.member] }),
    index('environment_members_environment_idx').on(t.organization_id, t.environment_id),
    foreignKey({
      name: 'environment_members_environment_fkey',
      columns: [t.organization_id, t.environment_id],
      foreignColumns: [environments.organization_id, environments.id],
    }).onDelete('cascade'),
  ],
);

/** The environment that a provider environment was in before it left it: the names that guarded it are not forgotten. */
export const released_members = pgTable(
  'released_members',
  {
    organization_id: organizationId(),
    connection_id: text().notNull(),
    /** As in `environment_members`. */
    member: text().notNull(),
    slug: text().notNull(),
    protected: boolean().notNull(),
    released_at: instant().notNull(),
  },
  (t) => [
    primaryKey({ name: 'released_members_pkey', columns: [t.organization_id, t.connection_id, t.member] }),
    ofConnection('released_members_connection_fkey', t),
  ],
);

/** Effects an owner gave to unknown operations, or raised (model#catalog). */
export const effect_overrides = pgTable(
  'effect_overrides',
  {
    organization_id: organizationId(),
    connection_id: text().notNull(),
    operation: text().notNull(),
    effect: text().notNull(),
    note: text(),
    created_by: text().notNull(),
    created_at: instant().notNull(),
  },
  (t) => [
    primaryKey({ name: 'effect_overrides_pkey', columns: [t.organization_id, t.connection_id, t.operation] }),
    ofConnection('effect_overrides_connection_fkey', t),
  ],
);

/** Schemas that the provider was found to have, the newest few of a connection. */
export const live_schemas = pgTable(
  'live_schemas',
  {
    organization_id: organizationId(),
    connection_id: text().notNull(),
    /** SHA-256 of the facts, hex. */
    digest: text().notNull(),
    facts: jsonb().$type<JsonObject>().notNull(),
    descriptions: jsonb().$type<Readonly<Record<string, string>>>().notNull(),
    read_by: text().notNull(),
    /** The last time it was found. */
    read_at: instant().notNull(),
  },
  (t) => [
    primaryKey({ name: 'live_schemas_pkey', columns: [t.organization_id, t.connection_id, t.digest] }),
    ofConnection('live_schemas_connection_fkey', t),
  ],
);

/** What owners admitted from live schemas. */
export const admissions = pgTable(
  'admissions',
  {
    organization_id: organizationId(),
    connection_id: text().notNull(),
    operation: text().notNull(),
    /** Empty, or a part of the operation's arguments. */
    part: text().notNull(),
    effect: text().notNull(),
    shape: jsonb().$type<JsonObject>().notNull(),
    /** The live schema in which the owner saw it. */
    schema_digest: text().notNull(),
    note: text().notNull(),
    /** Set once a live schema no longer had it, or had it in another shape: from then on it does not count, until it is admitted again. */
    stale_since: instant(),
    created_by: text().notNull(),
    created_at: instant().notNull(),
  },
  (t) => [
    primaryKey({ name: 'admissions_pkey', columns: [t.organization_id, t.connection_id, t.operation, t.part] }),
    ofConnection('admissions_connection_fkey', t),
  ],
);
