import { CLIENT_KINDS, connectionSlugSchema } from '@writ/core';
import { z } from 'zod';
import { lastCall } from './approvals.ts';
import { clientId } from './clients.ts';
import { id, page, paging, time } from './common.ts';
import { details } from './grants.ts';
import { freeze } from './guardrails.ts';

export const tasksQuery = z.strictObject({
  client_id: clientId.optional(),
  status: z.enum(['live', 'ended']).optional(),
  ...paging,
});

/** A task as listed. `ends_at` moves with each token; `ended_at` is set once it is over. */
export const task = z.object({
  id,
  client_id: z.string(),
  purpose: z.string().nullable(),
  status: z.enum(['live', 'ended']),
  created_at: time,
  last_token_at: time,
  ends_at: time,
  ended_at: time.nullable(),
  ended_by: z.string().nullable(),
});

export const tasks = page(task);

/** A number that is not counted beyond 1000: 1000 stands for that many or more. */
const counted = z.number().int().max(1000).describe('1000 stands for 1000 or more');

/**
 * A task with what its page shows. `client` is null where it was removed. `frozen`: the newest freeze that stops it, be it of all, of its client or
 * of itself.
 */
export const wholeTask = task.extend({
  client: z.object({ name: z.string(), kind: z.enum(CLIENT_KINDS) }).nullable(),
  frozen: freeze.pick({ id: true, scope: true, reason: true }).nullable(),
  tokens: z.object({ issued: counted, live: counted }),
  approvals: z.object({ asked: counted, pending: counted }),
  holds: z.object({ made: counted, waiting: counted }),
  allowances: z.object({ open: counted }),
  /** What it called last, the newest first. */
  last_calls: z.array(lastCall),
});

export const tokensQuery = z.strictObject({
  client_id: clientId.optional(),
  task_id: id.optional(),
  status: z.enum(['live', 'expired', 'revoked']).optional(),
  ...paging,
});

/**
 * An access token as listed: never the token itself. `authorization_details` is null where only the token holds them. `parent_jti`: the token that
 * it was exchanged for; `act`: ids of the clients that it acts for, the outermost first.
 */
export const token = z.object({
  jti: id,
  parent_jti: id.nullable(),
  act: z.array(z.string()),
  client_id: z.string(),
  task_id: id,
  kid: z.string(),
  aud: z.string(),
  status: z.enum(['live', 'expired', 'revoked']),
  authorization_details: details.nullable(),
  issued_at: time,
  expires_at: time,
  revoked_at: time.nullable(),
});

export const tokens = page(token);

/** What to revoke: exactly one member. `client_id` and `connection` revoke each of their tokens, `all` every token. */
export const revoke = z.union([
  z.strictObject({ jti: id }),
  z.strictObject({ task_id: id }),
  z.strictObject({ client_id: clientId }),
  z.strictObject({ connection: connectionSlugSchema }),
  z.strictObject({ all: z.literal(true) }),
]);

/** How many live tokens were revoked. */
export const revoked = z.object({ revoked: z.number().int() });
