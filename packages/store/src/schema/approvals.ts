import type { Detail, JsonObject } from '@writ/core';
import { sql } from 'drizzle-orm';
import {
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { instant, organizationId, type Sealed } from './columns.ts';
import { connections } from './connections.ts';
import { tasks } from './tokens.ts';
import { users } from './users.ts';

/** The digests of a request's parts, by the parts' names (model#request-digest). */
export type RequestParts = Readonly<Record<string, string>>;

/** The columns of a request that waits, for a human or for its time: whose it is, and what is compared and shown of it. */
const waitingRequest = () => ({
  client_id: text().notNull(),
  /** Client ids, outermost first. */
  act_chain: jsonb().$type<readonly string[]>().notNull(),
  task_id: text().notNull(),
  /** The token by which it was asked. */
  jti: text().notNull(),
  /** The request that was refused. */
  request_id: text().notNull(),
  digest: text().notNull(),
  parts: jsonb().$type<RequestParts>().notNull(),
  /** The digest of operations and targets: the same act, however it is written. */
  subject: text().notNull(),
  operations: jsonb().$type<readonly string[]>().notNull(),
  /** What a person is shown; no secret argument. */
  shown: jsonb().$type<JsonObject>().notNull(),
  /** The grants that covered it: who made or changed one of them counts as having asked. */
  grant_ids: text().array().notNull(),
  /** The users who count as having asked. Who has come to since is added when a yes is given. */
  requesters: text().array().notNull(),
  /** True if a protected environment is reached. */
  protected: boolean().notNull(),
  /** How many must say yes. */
  quorum: integer().notNull(),
});

/** The names of these columns. */
export type WaitingRequest = keyof ReturnType<typeof waitingRequest>;

/** Requests for a human's yes, and what became of them. */
export const approvals = pgTable(
  'approvals',
  {
    organization_id: organizationId(),
    id: text().notNull(),
    /** `request`: to send one exact request; `token`: for a token beyond the client's grants. */
    kind: text({ enum: ['request', 'token'] }).notNull(),
    ...waitingRequest(),
    connection_id: text(),
    /** True if one of the requesters said yes, because nobody else could. */
    sole_approver: boolean().notNull(),
    /** The window that begins when it is used; 0 for none. */
    hold_minutes: integer().notNull(),
    state: text({ enum: ['pending', 'approved', 'used', 'denied', 'expired', 'cancelled'] }).notNull(),
    /** `client`: the client repeats the request; `now`: Writ sends it. The first vote fixes it. */
    run: text({ enum: ['client', 'now'] }),
    created_at: instant().notNull(),
    expires_at: instant().notNull(),
    /** When people were reminded that it is about to expire. */
    reminded_at: instant(),
    decided_at: instant(),
    usable_until: instant(),
    /** Seconds from the moment when the yes is complete, until `usable_until`. The first vote fixes it. */
    usable_for: integer(),
    /** Until then the same act is denied without asking anybody. */
    cool_until: instant(),
    /** The reason of a no. */
    reason: text(),
    /** Since then a no counts no more: neither for the cool-down, nor among the three that end asking. */
    reopened_at: instant(),
    reopened_by: text(),
    used_at: instant(),
    /** The id of the request, or of the hold, that used it. */
    used_by: text(),
  },
  (t) => [
    primaryKey({ name: 'approvals_pkey', columns: [t.organization_id, t.id] }),
    uniqueIndex('approvals_who_key').on(t.organization_id, t.id, t.requesters, t.protected, t.sole_approver),
    uniqueIndex('approvals_open_key')
      .on(t.organization_id, t.client_id, t.task_id, t.digest)
      .where(sql`state = any (array['pending', 'approved'])`),
    index('approvals_subject_idx').on(t.organization_id, t.client_id, t.subject, t.id),
    index('approvals_used_idx').on(t.organization_id, t.subject, t.used_at).where(sql`used_at is not null`),
    index('approvals_state_idx').on(t.organization_id, t.state, t.id),
    index('approvals_task_idx').on(t.organization_id, t.task_id, t.id),
    foreignKey({
      name: 'approvals_connection_fkey',
      columns: [t.organization_id, t.connection_id],
      foreignColumns: [connections.organization_id, connections.id],
    }),
  ],
);

/**
 * What the request for a token asks for that an approval is about, and, once the token was issued, what was given: a grant for its task
 * alone (model#token-request).
 */
export const token_requests = pgTable(
  'token_requests',
  {
    organization_id: organizationId(),
    approval_id: text().notNull(),
    client_id: text().notNull(),
    task_id: text().notNull(),
    /** SHA-256 of the deferral codes that are good for it, hex, the newest last: who asks the same again has a code too. */
    code_hashes: text().array().notNull(),
    aud: text().notNull(),
    /** The thumbprint of the key that the token is to be bound to. */
    jkt: text(),
    /** Of the token, in seconds. */
    life: integer().notNull(),
    asked: jsonb().$type<readonly Detail[]>().notNull(),
    /** What the approver gave, where that is other than what was asked: both must cover a call. */
    given: jsonb().$type<readonly Detail[]>(),
    /** How many seconds the client must leave between two polls. */
    poll_seconds: integer().notNull(),
    polled_at: instant(),
    /** The token that was issued. */
    jti: text(),
    granted_until: instant(),
    /** When the token was revoked, and with it the grant. */
    ended_at: instant(),
  },
  (t) => [
    primaryKey({ name: 'token_requests_pkey', columns: [t.organization_id, t.approval_id] }),
    index('token_requests_task_idx').on(t.organization_id, t.task_id).where(sql`granted_until is not null`),
    index('token_requests_jti_idx').on(t.organization_id, t.jti).where(sql`jti is not null`),
    foreignKey({
      name: 'token_requests_approval_fkey',
      columns: [t.organization_id, t.approval_id],
      foreignColumns: [approvals.organization_id, approvals.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'token_requests_task_fkey',
      columns: [t.organization_id, t.task_id],
      foreignColumns: [tasks.organization_id, tasks.id],
    }).onDelete('cascade'),
  ],
);

/**
 * What each user said. `requesters`, `protected` and `sole_approver` are those of the approval, by a foreign key: a check of the table
 * refuses the yes of one who asked (invariant 11).
 */
export const approval_votes = pgTable(
  'approval_votes',
  {
    organization_id: organizationId(),
    approval_id: text().notNull(),
    user_id: text().notNull(),
    yes: boolean().notNull(),
    at: instant().notNull(),
    /** The kind of the assertion. */
    assertion: text({ enum: ['password', 'passkey'] }).notNull(),
    requesters: text().array().notNull(),
    protected: boolean().notNull(),
    sole_approver: boolean().notNull(),
  },
  (t) => [
    primaryKey({ name: 'approval_votes_pkey', columns: [t.organization_id, t.approval_id, t.user_id] }),
    foreignKey({
      name: 'approval_votes_user_fkey',
      columns: [t.organization_id, t.user_id],
      foreignColumns: [users.organization_id, users.id],
    }),
    foreignKey({
      name: 'approval_votes_approval_fkey',
      columns: [t.organization_id, t.approval_id, t.requesters, t.protected, t.sole_approver],
      foreignColumns: [
        approvals.organization_id,
        approvals.id,
        approvals.requesters,
        approvals.protected,
        approvals.sole_approver,
      ],
    }).onUpdate('cascade'),
  ],
);

/** Requests that Writ sends itself, at most once: at the end of a window, or at once where a human said so (a window of 0 minutes). */
export const holds = pgTable(
  'holds',
  {
    organization_id: organizationId(),
    id: text().notNull(),
    /** The approval that it has used up. */
    approval_id: text(),
    ...waitingRequest(),
    connection_id: text().notNull(),
    minutes: integer().notNull(),
    /** `claimed`: one broker is sending it; `unknown`: it is not known whether it was sent. */
    state: text({ enum: ['waiting', 'claimed', 'executed', 'unknown', 'refused', 'cancelled'] }).notNull(),
    /** True if its time does not run: a human releases it. */
    waits_for_release: boolean().notNull(),
    /** True if one of the requesters released it, because nobody else could. */
    sole_approver: boolean().notNull(),
    created_at: instant().notNull(),
    executes_at: instant().notNull(),
    released_by: text(),
    /** When its time began to run again. */
    released_at: instant(),
    /** When people were reminded that it is about to be refused. */
    reminded_at: instant(),
    claimed_at: instant(),
    /** The broker's id. */
    claimed_by: text(),
    executed_as: text(),
    ended_at: instant(),
    ended_by: text(),
    /** The provider's status. */
    status: integer(),
    /** Why it was not sent. */
    code: text(),
    detail: text(),
  },
  (t) => [
    primaryKey({ name: 'holds_pkey', columns: [t.organization_id, t.id] }),
    uniqueIndex('holds_approval_key').on(t.organization_id, t.approval_id).where(sql`approval_id is not null`),
    uniqueIndex('holds_open_key')
      .on(t.organization_id, t.client_id, t.task_id, t.digest)
      .where(sql`state = any (array['waiting', 'claimed'])`),
    index('holds_due_idx').on(t.organization_id, t.executes_at).where(sql`state = 'waiting'`),
    index('holds_state_idx').on(t.organization_id, t.state, t.id),
    index('holds_task_idx').on(t.organization_id, t.task_id, t.id),
    foreignKey({
      name: 'holds_approval_fkey',
      columns: [t.organization_id, t.approval_id],
      foreignColumns: [approvals.organization_id, approvals.id],
    }),
    foreignKey({
      name: 'holds_connection_fkey',
      columns: [t.organization_id, t.connection_id],
      foreignColumns: [connections.organization_id, connections.id],
    }),
  ],
);

/** Who released a hold, or is one of several who must. A check of the table refuses one who asked, by what stood in the hold then. */
export const hold_votes = pgTable(
  'hold_votes',
  {
    organization_id: organizationId(),
    hold_id: text().notNull(),
    user_id: text().notNull(),
    at: instant().notNull(),
    /** The kind of the assertion. */
    assertion: text({ enum: ['password', 'passkey'] }).notNull(),
    requesters: text().array().notNull(),
    protected: boolean().notNull(),
    sole_approver: boolean().notNull(),
  },
  (t) => [
    primaryKey({ name: 'hold_votes_pkey', columns: [t.organization_id, t.hold_id, t.user_id] }),
    foreignKey({
      name: 'hold_votes_user_fkey',
      columns: [t.organization_id, t.user_id],
      foreignColumns: [users.organization_id, users.id],
    }),
  ],
);

/** The sealed bytes of requests that wait and of answers that are kept, by the id of the approval or hold. */
export const kept_bodies = pgTable(
  'kept_bodies',
  {
    organization_id: organizationId(),
    id: text().notNull(),
    part: text({ enum: ['request', 'answer'] }).notNull(),
    sealed: jsonb().$type<Sealed>().notNull(),
    erase_at: instant().notNull(),
  },
  (t) => [
    primaryKey({ name: 'kept_bodies_pkey', columns: [t.organization_id, t.id, t.part] }),
    index('kept_bodies_erase_idx').on(t.organization_id, t.erase_at),
  ],
);
