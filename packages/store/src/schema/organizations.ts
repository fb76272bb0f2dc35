import { pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { instant, organizationId } from './columns.ts';

/** Organizations. There is one, `default` (model#organization). */
export const organizations = pgTable(
  'organizations',
  { organization_id: organizationId(), created_at: instant().notNull() },
  (t) => [primaryKey({ name: 'organizations_pkey', columns: [t.organization_id] })],
);
