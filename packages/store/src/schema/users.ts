import { sql } from 'drizzle-orm';
import { foreignKey, integer, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { instant, organizationId } from './columns.ts';
import { organizations } from './organizations.ts';

/** The roles of users (model#user). */
const ROLES = ['owner', 'admin', 'approver', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/** Humans who sign in. `email` is lower-case and unique among those not deleted; there is no `password_hash` until the link was used. */
export const users = pgTable(
  'users',
  {
    organization_id: organizationId(),
    id: text().notNull(),
    email: text().notNull(),
    name: text().notNull(),
    role: text({ enum: ROLES }).notNull(),
    password_hash: text(),
    created_by: text(),
    created_at: instant().notNull(),
    deleted_at: instant(),
  },
  (t) => [
    primaryKey({ name: 'users_pkey', columns: [t.organization_id, t.id] }),
    uniqueIndex('users_email_key').on(t.organization_id, t.email).where(sql`deleted_at is null`),
    foreignKey({
      name: 'users_organization_fkey',
      columns: [t.organization_id],
      foreignColumns: [organizations.organization_id],
    }),
  ],
);

/**
 * Who invited a user, reset their password or gave them their role, and when last. Who was made by somebody else does not say yes to what
 * that one asked, for some days (model#requester).
 */
export const user_ties = pgTable(
  'user_ties',
  {
    organization_id: organizationId(),
    by_id: text().notNull(),
    user_id: text().notNull(),
    kind: text({ enum: ['invited', 'reset', 'role'] }).notNull(),
    at: instant().notNull(),
  },
  (t) => [
    primaryKey({ name: 'user_ties_pkey', columns: [t.organization_id, t.by_id, t.user_id, t.kind] }),
    foreignKey({
      name: 'user_ties_by_fkey',
      columns: [t.organization_id, t.by_id],
      foreignColumns: [users.organization_id, users.id],
    }),
    foreignKey({
      name: 'user_ties_user_fkey',
      columns: [t.organization_id, t.user_id],
      foreignColumns: [users.organization_id, users.id],
    }),
  ],
);

/** Failed sign-ins by `subject` (a keyed hash of the email, or an address), to slow the next ones down. */
export const sign_in_failures = pgTable(
  'sign_in_failures',
  {
    organization_id: organizationId(),
    subject: text().notNull(),
    count: integer().notNull(),
    last_at: instant().notNull(),
  },
  (t) => [primaryKey({ name: 'sign_in_failures_pkey', columns: [t.organization_id, t.subject] })],
);
