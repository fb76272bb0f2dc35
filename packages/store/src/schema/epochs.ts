import { bigint, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, organizationId } from './columns.ts';

/** What can be stopped as a whole. */
const EPOCH_SCOPES = ['organization', 'connection', 'client', 'task', 'key', 'token'] as const;
export type EpochScope = (typeof EPOCH_SCOPES)[number];

/** How often a subject was stopped or changed for the worse; without a row the epoch is 0. Written under the lock of `audit_head`. */
export const epochs = pgTable(
  'epochs',
  {
    organization_id: organizationId(),
    scope: text({ enum: EPOCH_SCOPES }).notNull(),
    subject: text().notNull(),
    epoch: bigint({ mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ name: 'epochs_pkey', columns: [t.organization_id, t.scope, t.subject] })],
);

/** The change feed: what brokers must forget. `seq` has no gaps and commits in its own order. */
export const changes = pgTable(
  'changes',
  {
    organization_id: organizationId(),
    seq: bigint({ mode: 'number' }).notNull(),
    kind: text().notNull(),
    subject: text().notNull(),
    at: instant().notNull(),
  },
  (t) => [primaryKey({ name: 'changes_pkey', columns: [t.organization_id, t.seq] })],
);
