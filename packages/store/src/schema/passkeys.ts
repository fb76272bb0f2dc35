import { bigint, boolean, foreignKey, index, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { bytes, instant, organizationId } from './columns.ts';
import { users } from './users.ts';

/** The public keys of users' authenticators (WebAuthn). `counter`: how often it was used, as the device counts; `rp_id`: the host it is good for. */
export const passkeys = pgTable(
  'passkeys',
  {
    organization_id: organizationId(),
    id: text().notNull(),
    user_id: text().notNull(),
    name: text().notNull(),
    credential_id: text().notNull(),
    public_key: bytes().notNull(),
    counter: bigint({ mode: 'number' }).notNull(),
    transports: text().array().notNull(),
    rp_id: text().notNull(),
    backed_up: boolean().notNull(),
    created_at: instant().notNull(),
    last_used_at: instant(),
  },
  (t) => [
    primaryKey({ name: 'passkeys_pkey', columns: [t.organization_id, t.id] }),
    uniqueIndex('passkeys_credential_key').on(t.organization_id, t.credential_id),
    index('passkeys_user_idx').on(t.organization_id, t.user_id, t.id),
    foreignKey({
      name: 'passkeys_user_fkey',
      columns: [t.organization_id, t.user_id],
      foreignColumns: [users.organization_id, users.id],
    }).onDelete('cascade'),
  ],
);
