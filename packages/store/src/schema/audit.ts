import type { Effect } from '@writ/core';
import { type SQL, sql } from 'drizzle-orm';
import { bigint, foreignKey, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, organizationId } from './columns.ts';
import { organizations } from './organizations.ts';

/** An event that tells of an operation with an effect. In a text of an entry the quotation marks are escaped, so no text looks like it. */
export const tellsOf = (effect: Effect): SQL => sql.raw(`strpos(event, '"effect":"${effect}"') > 0`);

/** Effects that have an index of their own: those of most calls need none to be found. */
export const RARE_EFFECTS: readonly Effect[] = ['reveal', 'execute', 'destroy', 'escalate'];

/** The condition by which refused requests and refused token requests are found: the same text in the index and in queries. */
export const IS_REFUSED: SQL = sql.raw(`kind = any (array['request.refused', 'token.refused'])`);

/** The hash-chained records. `event` is the entry, byte for byte; the columns after `at` repeat parts of it for filters. */
export const audit_events = pgTable(
  'audit_events',
  {
    organization_id: organizationId(),
    seq: bigint({ mode: 'number' }).notNull(),
    event: text().notNull(),
    hash: text().notNull(),
    prev_hash: text().notNull(),
    at: instant().notNull(),
    kind: text().notNull(),
    actor: text(),
    client_id: text(),
    task_id: text(),
    connection: text(),
    operations: text().array(),
    result: text(),
    request_id: text(),
  },
  (t) => [
    primaryKey({ name: 'audit_events_pkey', columns: [t.organization_id, t.seq] }),
    index('audit_events_kind_idx').on(t.organization_id, t.kind, t.seq),
    index('audit_events_client_idx').on(t.organization_id, t.client_id, t.seq).where(sql`client_id is not null`),
    index('audit_events_task_idx').on(t.organization_id, t.task_id, t.seq).where(sql`task_id is not null`),
    index('audit_events_renames_idx')
      .on(t.organization_id, t.client_id, t.at)
      .where(sql`strpos(event, '"renames":[{') > 0`),
    index('audit_events_refused_idx').on(t.organization_id, t.client_id, t.at).where(IS_REFUSED),
    index('audit_events_operation_idx')
      .on(t.organization_id, sql`(operations[1])`, t.seq)
      .where(sql`operations is not null`),
    index('audit_events_several_idx').on(t.organization_id, t.seq).where(sql`cardinality(operations) > 1`),
    ...RARE_EFFECTS.map((effect) =>
      index(`audit_events_${effect}_idx`).on(t.organization_id, t.seq).where(tellsOf(effect)),
    ),
    index('audit_events_request_idx').on(t.organization_id, t.request_id).where(sql`request_id is not null`),
  ],
);

/**
 * Prunes: what was removed from the beginning of a log. While `finished_at` is null, some of the entries up to `last_seq` are still
 * there.
 */
export const audit_prunes = pgTable(
  'audit_prunes',
  {
    organization_id: organizationId(),
    last_seq: bigint({ mode: 'number' }).notNull(),
    first_seq: bigint({ mode: 'number' }).notNull(),
    /** The user's id. */
    pruned_by: text().notNull(),
    pruned_at: instant().notNull(),
    finished_at: instant(),
  },
  (t) => [primaryKey({ name: 'audit_prunes_pkey', columns: [t.organization_id, t.last_seq] })],
);

/** Where the log ends, and the feed of changes: one row for each organization. A transaction that writes either holds this row's lock. */
export const audit_head = pgTable(
  'audit_head',
  {
    organization_id: organizationId(),
    seq: bigint({ mode: 'number' }).notNull(),
    hash: text().notNull(),
    change_seq: bigint({ mode: 'number' }).notNull(),
  },
  (t) => [
    primaryKey({ name: 'audit_head_pkey', columns: [t.organization_id] }),
    foreignKey({
      name: 'audit_head_organization_fkey',
      columns: [t.organization_id],
      foreignColumns: [organizations.organization_id],
    }),
  ],
);
