import type { Guardrail } from '@writ/core';
import { sql } from 'drizzle-orm';
import { bigint, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, organizationId } from './columns.ts';

/** Rules that no grant can override, besides the shipped ones. */
export const guardrails = pgTable(
  'guardrails',
  {
    organization_id: organizationId(),
    id: text().notNull(),
    rule: jsonb().$type<Guardrail>().notNull(),
    created_by: text().notNull(),
    created_at: instant().notNull(),
  },
  (t) => [primaryKey({ name: 'guardrails_pkey', columns: [t.organization_id, t.id] })],
);

/** What is stopped, until lifted. `subject` is a connection's, client's or task's id; the organization's for `all`. */
export const freezes = pgTable(
  'freezes',
  {
    organization_id: organizationId(),
    id: text().notNull(),
    scope: text({ enum: ['all', 'connection', 'client', 'task'] }).notNull(),
    subject: text().notNull(),
    reason: text().notNull(),
    created_by: text().notNull(),
    created_at: instant().notNull(),
    lifted_at: instant(),
    lifted_by: text(),
  },
  (t) => [
    primaryKey({ name: 'freezes_pkey', columns: [t.organization_id, t.id] }),
    index('freezes_open_idx').on(t.organization_id, t.scope, t.subject).where(sql`lifted_at is null`),
    index('freezes_subject_idx').on(t.organization_id, t.scope, t.subject),
  ],
);

/** The calls of the last minute that the circuit breaker counts; older ones are swept up. */
export const breaker_counts = pgTable(
  'breaker_counts',
  {
    organization_id: organizationId(),
    request_id: text().notNull(),
    /** `destroy`: forwarded; `escalate`: refused. */
    kind: text({ enum: ['destroy', 'escalate'] }).notNull(),
    task_id: text().notNull(),
    client_id: text().notNull(),
    /** The digest of its operations and their targets: the same act, in any task. */
    subject: text().notNull(),
    /** How many operations of that effect it has. */
    operations: integer().notNull(),
    at: instant().notNull(),
  },
  (t) => [
    primaryKey({ name: 'breaker_counts_pkey', columns: [t.organization_id, t.request_id] }),
    index('breaker_counts_task_idx').on(t.organization_id, t.task_id, t.kind, t.at),
    index('breaker_counts_subject_idx').on(t.organization_id, t.client_id, t.subject, t.kind, t.at),
    index('breaker_counts_at_idx').on(t.organization_id, t.at),
  ],
);

/** What a client has used of a limit in one period, by what the limit means; what is past is swept up. */
export const limit_counts = pgTable(
  'limit_counts',
  {
    organization_id: organizationId(),
    client_id: text().notNull(),
    limit_key: text().notNull(),
    /** The beginning of the period in UTC, or the task's id. */
    period: text().notNull(),
    /** Operations, or the sum of an argument. */
    used: bigint({ mode: 'number' }).notNull(),
    /** Null for a task: it counts as long as the task lives. */
    ends_at: instant(),
  },
  (t) => [
    primaryKey({ name: 'limit_counts_pkey', columns: [t.organization_id, t.client_id, t.limit_key, t.period] }),
    index('limit_counts_end_idx').on(t.organization_id, t.ends_at),
  ],
);
