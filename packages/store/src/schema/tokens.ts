import type { Detail, JsonObject } from '@writ/core';
import { sql } from 'drizzle-orm';
import { foreignKey, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { clients } from './clients.ts';
import { instant, organizationId } from './columns.ts';

/** Purposes for which tokens are asked. `ends_at` moves with each token; `ended_at` is set when somebody ends the task before that. */
export const tasks = pgTable(
  'tasks',
  {
    organization_id: organizationId(),
    id: text().notNull(),
    client_id: text().notNull(),
    purpose: text(),
    created_at: instant().notNull(),
    last_token_at: instant().notNull(),
    ends_at: instant().notNull(),
    ended_at: instant(),
    ended_by: text(),
  },
  (t) => [
    primaryKey({ name: 'tasks_pkey', columns: [t.organization_id, t.id] }),
    index('tasks_client_idx').on(t.organization_id, t.client_id, t.id),
    foreignKey({
      name: 'tasks_client_fkey',
      columns: [t.organization_id, t.client_id],
      foreignColumns: [clients.organization_id, clients.client_id],
    }),
  ],
);

/** Access tokens that were issued; the JWT itself is never kept. */
export const tokens = pgTable(
  'tokens',
  {
    organization_id: organizationId(),
    jti: text().notNull(),
    client_id: text().notNull(),
    task_id: text().notNull(),
    kid: text().notNull(),
    aud: text().notNull(),
    issued_at: instant().notNull(),
    expires_at: instant().notNull(),
    /** Only where they are too large for the token (model#access-token). */
    details: jsonb().$type<readonly Detail[]>(),
    parent_jti: text(),
    /** Client ids, outermost first. */
    act_chain: jsonb().$type<readonly string[]>().notNull(),
    cnf: jsonb().$type<JsonObject>(),
    revoked_at: instant(),
  },
  (t) => [
    primaryKey({ name: 'tokens_pkey', columns: [t.organization_id, t.jti] }),
    index('tokens_client_idx').on(t.organization_id, t.client_id, t.jti),
    index('tokens_task_idx').on(t.organization_id, t.task_id, t.jti),
    index('tokens_parent_idx').on(t.organization_id, t.parent_jti).where(sql`parent_jti is not null`),
    index('tokens_expires_idx').on(t.organization_id, t.expires_at),
    foreignKey({
      name: 'tokens_task_fkey',
      columns: [t.organization_id, t.task_id],
      foreignColumns: [tasks.organization_id, tasks.id],
    }),
  ],
);

/** Client assertions and proofs already seen: each is good once (RFC 7523 section 3, `jti`). */
export const used_assertions = pgTable(
  'used_assertions',
  {
    organization_id: organizationId(),
    issuer: text().notNull(),
    jti: text().notNull(),
    expires_at: instant().notNull(),
  },
  (t) => [
    primaryKey({ name: 'used_assertions_pkey', columns: [t.organization_id, t.issuer, t.jti] }),
    index('used_assertions_expires_idx').on(t.organization_id, t.expires_at),
  ],
);

/**
 * Foreign tokens that were exchanged, by their own id or by the id of the job they were handed to. `details`: what the first exchange was
 * for; later ones may not go beyond it.
 */
export const subject_token_uses = pgTable(
  'subject_token_uses',
  {
    organization_id: organizationId(),
    issuer: text().notNull(),
    use_id: text().notNull(),
    client_id: text().notNull(),
    uses: integer().notNull(),
    details: jsonb().$type<readonly Detail[]>().notNull(),
    first_used_at: instant().notNull(),
    expires_at: instant().notNull(),
  },
  (t) => [
    primaryKey({ name: 'subject_token_uses_pkey', columns: [t.organization_id, t.issuer, t.use_id] }),
    index('subject_token_uses_expires_idx').on(t.organization_id, t.expires_at),
  ],
);
