import { bigint, foreignKey, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { bytes, instant, organizationId, type Sealed } from './columns.ts';
import { organizations } from './organizations.ts';

/**
 * The Merkle tree of each organization: how many entries it covers, and the SHA-256 of the last of them (hex). A transaction that lets
 * the tree grow or signs it holds this row's lock, and never that of `audit_head`, so that requests do not wait for it.
 */
export const audit_tree = pgTable(
  'audit_tree',
  {
    organization_id: organizationId(),
    size: bigint({ mode: 'number' }).notNull(),
    last_hash: text().notNull(),
  },
  (t) => [
    primaryKey({ name: 'audit_tree_pkey', columns: [t.organization_id] }),
    foreignKey({
      name: 'audit_tree_organization_fkey',
      columns: [t.organization_id],
      foreignColumns: [organizations.organization_id],
    }),
  ],
);

/**
 * The tree's complete nodes, 256 hashes a row, as C2SP's tlog-tiles has them: `level` n keeps the nodes of the tree's level 8n,
 * and those between are computed. The last tile of a level may be shorter; hashes are only ever added at its end.
 */
export const audit_tiles = pgTable(
  'audit_tiles',
  {
    organization_id: organizationId(),
    level: integer().notNull(),
    index: bigint({ mode: 'number' }).notNull(),
    hashes: bytes().notNull(),
  },
  (t) => [primaryKey({ name: 'audit_tiles_pkey', columns: [t.organization_id, t.level, t.index] })],
);

/** Every checkpoint that was signed; `note` is the text that was handed out. */
export const audit_checkpoints = pgTable(
  'audit_checkpoints',
  {
    organization_id: organizationId(),
    size: bigint({ mode: 'number' }).notNull(),
    root: bytes().notNull(),
    note: text().notNull(),
    signed_at: instant().notNull(),
    /** When it was first handed out to be kept elsewhere. */
    exported_at: instant(),
  },
  (t) => [primaryKey({ name: 'audit_checkpoints_pkey', columns: [t.organization_id, t.size] })],
);

/** The key that signs checkpoints, one an organization. `origin` is the log's name, and stays though the broker's address changes. */
export const checkpoint_keys = pgTable(
  'checkpoint_keys',
  {
    organization_id: organizationId(),
    origin: text().notNull(),
    kid: text().notNull(),
    vkey: text().notNull(),
    sealed_private: jsonb().$type<Sealed>().notNull(),
    created_at: instant().notNull(),
  },
  (t) => [primaryKey({ name: 'checkpoint_keys_pkey', columns: [t.organization_id] })],
);
