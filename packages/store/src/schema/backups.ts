import { bigint, boolean, foreignKey, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, organizationId } from './columns.ts';
import { organizations } from './organizations.ts';

/** When Writ is to make its next backup by itself, and what became of the last one: `made_at` and what follows it, or a `failure` since. */
export const backup_schedule = pgTable(
  'backup_schedule',
  {
    organization_id: organizationId(),
    next_at: instant().notNull(),
    made_at: instant(),
    file: text(),
    bytes: bigint({ mode: 'number' }),
    same_disk: boolean(),
    failure: text(),
  },
  (t) => [
    primaryKey({ name: 'backup_schedule_pkey', columns: [t.organization_id] }),
    foreignKey({
      name: 'backup_schedule_organization_fkey',
      columns: [t.organization_id],
      foreignColumns: [organizations.organization_id],
    }),
  ],
);
