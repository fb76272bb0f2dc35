import type { Detail } from '@writ/core';
import { sql } from 'drizzle-orm';
import { boolean, foreignKey, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, organizationId } from './columns.ts';
import { users } from './users.ts';

/** People's standing yeses (model#allowance). Checks of the table refuse one use too many, and one of whoever asked (invariant 11). */
export const allowances = pgTable(
  'allowances',
  {
    organization_id: organizationId(),
    id: text().notNull(),
    client_id: text().notNull(),
    task_id: text().notNull(),
    /** What it stands for. */
    detail: jsonb().$type<Detail>().notNull(),
    /** How many operations it lets pass, and how many it has. */
    uses: integer().notNull(),
    used: integer().notNull(),
    /** The users who counted as asking when it was made. */
    requesters: text().array().notNull(),
    /** True if it names a protected environment. */
    protected: boolean().notNull(),
    /** True if its maker is one who asked, because nobody else could say yes. */
    sole_approver: boolean().notNull(),
    /** A user's id. */
    created_by: text().notNull(),
    /** The kind of the assertion. */
    assertion: text({ enum: ['password', 'passkey'] }).notNull(),
    created_at: instant().notNull(),
    expires_at: instant().notNull(),
    last_used_at: instant(),
    ended_at: instant(),
    /** Who ended it: `user:<id>`, `client:<id>` or `system`. */
    ended_by: text(),
    ended_why: text({ enum: ['deleted', 'used_up', 'expired', 'task_ended', 'maker_left'] }),
  },
  (t) => [
    primaryKey({ name: 'allowances_pkey', columns: [t.organization_id, t.id] }),
    index('allowances_task_idx').on(t.organization_id, t.task_id, t.id),
    index('allowances_open_idx').on(t.organization_id, t.created_by, t.expires_at).where(sql`ended_at is null`),
    foreignKey({
      name: 'allowances_maker_fkey',
      columns: [t.organization_id, t.created_by],
      foreignColumns: [users.organization_id, users.id],
    }),
  ],
);
