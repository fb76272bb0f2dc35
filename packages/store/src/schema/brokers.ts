import { bigint, foreignKey, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, organizationId } from './columns.ts';
import { organizations } from './organizations.ts';

/** Brokers that run, or died. Of everything that a broker allowed up to `settled_seq` of the log, the end is recorded. */
export const brokers = pgTable(
  'brokers',
  {
    organization_id: organizationId(),
    id: text().notNull(),
    seen_at: instant().notNull(),
    settled_seq: bigint({ mode: 'number' }).notNull(),
  },
  (t) => [
    primaryKey({ name: 'brokers_pkey', columns: [t.organization_id, t.id] }),
    foreignKey({
      name: 'brokers_organization_fkey',
      columns: [t.organization_id],
      foreignColumns: [organizations.organization_id],
    }),
  ],
);
