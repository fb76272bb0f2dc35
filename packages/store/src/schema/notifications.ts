import { bigint, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, organizationId, type Sealed } from './columns.ts';

/** Where people are told of what happens. */
export const notifications = pgTable(
  'notifications',
  {
    organization_id: organizationId(),
    id: text().notNull(),
    name: text().notNull(),
    kind: text({ enum: ['webhook', 'slack', 'mail'] }).notNull(),
    /** Kinds of events, or their beginnings. */
    events: text().array().notNull(),
    /** What may be shown of where it goes: the host of a URL, or the whole of a mail address. */
    target: text().notNull(),
    /** Where the log ended when it was made: it is told of what came after. */
    since_seq: bigint({ mode: 'number' }).notNull(),
    /** The URL and the secret by which messages are signed; null for mail. */
    sealed: jsonb().$type<Sealed>(),
    created_by: text().notNull(),
    created_at: instant().notNull(),
    last_sent_at: instant(),
    /** Null while the last message arrived. */
    failing_since: instant(),
    last_error: text(),
    /** How many messages were given up. */
    given_up: integer().notNull(),
  },
  (t) => [primaryKey({ name: 'notifications_pkey', columns: [t.organization_id, t.id] })],
);

/** Messages that have not arrived: which entry of the log, and to whom, a notification or a user by id. */
export const deliveries = pgTable(
  'deliveries',
  {
    organization_id: organizationId(),
    seq: bigint({ mode: 'number' }).notNull(),
    receiver: text().notNull(),
    attempts: integer().notNull(),
    created_at: instant().notNull(),
    /** Not before. A broker that has taken it moves this on, so that no other takes it meanwhile. */
    next_at: instant().notNull(),
  },
  (t) => [
    primaryKey({ name: 'deliveries_pkey', columns: [t.organization_id, t.seq, t.receiver] }),
    index('deliveries_next_idx').on(t.organization_id, t.next_at),
    index('deliveries_receiver_idx').on(t.organization_id, t.receiver, t.seq),
  ],
);

/** Up to which entry of the log it was looked who is to be told. */
export const notified = pgTable(
  'notified',
  { organization_id: organizationId(), seq: bigint({ mode: 'number' }).notNull() },
  (t) => [primaryKey({ name: 'notified_pkey', columns: [t.organization_id] })],
);
