import { connectionSlugSchema } from '@writ/core';
import { z } from 'zod';
import { clientId } from './clients.ts';
import { id, page, paging, time } from './common.ts';
import { details } from './grants.ts';

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

export const tokensQuery = z.strictObject({
  client_id: clientId.optional(),
  task_id: id.optional(),
  status: z.enum(['live', 'expired', 'revoked']).optional(),
  ...paging,
});

/** An access token as listed: never the token itself. `authorization_details` is null where only the token holds them. */
export const token = z.object({
  jti: id,
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
