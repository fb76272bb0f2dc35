import type { Guardrail } from '@writ/core';
import { sql } from 'drizzle-orm';
import { index, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
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
  ],
);
