import { connectionSlugSchema, effectSchema, outcomeSchema } from '@writ/core';
import { z } from 'zod';
import { standingAllowance } from './allowances.ts';
import { id, page, paging, search, time } from './common.ts';
import { details } from './grants.ts';

/** A task as its own client sees it. */
const ownTask = z.object({ id, purpose: z.string().nullable(), ends_at: time });

/** Who the holder of an access token is, what the token allows, and what of its task waits. */
export const self = z.object({
  client_id: z.string(),
  task: ownTask,
  expires_at: time,
  authorization_details: details,
  /** Requests for a human's yes that are open: not answered yet, or approved and not used yet. The newest 100. */
  approvals: z.array(z.object({ id, state: z.enum(['pending', 'approved']), operations: z.array(z.string()) })),
  /** Requests that wait for their time, or, without one, for a human's release. The newest 100. */
  holds: z.array(z.object({ id, executes_at: time.nullable(), operations: z.array(z.string()) })),
  /** What a human has said yes to beforehand, and how much of it is left. */
  allowances: z.array(standingAllowance),
});

/** A request for a human's yes, as its own client sees it. */
export const ownApproval = z.object({
  id,
  state: z.enum(['pending', 'approved', 'used', 'denied', 'expired', 'cancelled']),
  /** What the gateway would answer to the same request; null where it would go on, and for one that was used. */
  code: z.string().nullable(),
  operations: z.array(z.string()),
  /** What the human said with a no. */
  reason: z.string().nullable(),
  /** `client`: the client repeats the request; `now`: Writ sends it, and keeps the answer. Null until somebody said yes. */
  run: z.enum(['client', 'now']).nullable(),
  expires_at: time,
  usable_until: time.nullable(),
  used_at: time.nullable(),
  next: z.object({ action: z.enum(['wait', 'repeat', 'stop']) }),
});

export const selfOperationsQuery = z.strictObject({
  connection: connectionSlugSchema.optional(),
  q: search,
  outcome: outcomeSchema.optional(),
  ...paging,
});

/** One operation the token covers, with the outcome in each environment. */
export const selfOperation = z.object({
  connection: z.string(),
  name: z.string(),
  effect: effectSchema,
  arguments: z.array(z.string()),
  targets: z.array(z.string()),
  reach: z.string(),
  environments: z.array(z.object({ environment: z.string(), outcome: outcomeSchema })),
});

export const selfOperations = page(selfOperation);

export const ended = z.object({ task_id: id, ended_at: time });
