import { connectionSlugSchema, effectSchema, outcomeSchema } from '@writ/core';
import { z } from 'zod';
import { id, page, paging, search, time } from './common.ts';
import { details } from './grants.ts';

/** A task as its own client sees it. */
const ownTask = z.object({ id, purpose: z.string().nullable(), ends_at: time });

/** Who the holder of an access token is, and what the token allows. */
export const self = z.object({
  client_id: z.string(),
  task: ownTask,
  expires_at: time,
  authorization_details: details,
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
