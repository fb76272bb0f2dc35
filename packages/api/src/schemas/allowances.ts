import { detailSchema } from '@writ/core';
import { z } from 'zod';
import { clientId } from './clients.ts';
import { id, page, paging, time } from './common.ts';

/** A standing yes: to what one detail covers, so many times, for so long. `client_id` is the task's own client where it is not given. */
export const createAllowance = z.strictObject({
  client_id: clientId.optional(),
  task_id: id,
  detail: detailSchema,
  uses: z.number().int().min(1).max(1_000).describe('how many operations it lets pass'),
  expires_in: z.number().int().min(60).max(604_800).describe('seconds; at most 7 days'),
});

export const allowancesQuery = z.strictObject({
  client_id: clientId.optional(),
  task_id: id.optional(),
  /** `true`: only those that can be used now. */
  open: z.enum(['true', 'false']).optional(),
  ...paging,
});

/** What anybody may know of an allowance whom it concerns. */
const facts = {
  id,
  task_id: id,
  detail: detailSchema,
  uses: z.number().int(),
  /** How many more operations it lets pass. */
  left: z.number().int(),
  expires_at: time,
};

/** A standing yes of a person. `ended_why` is null while nobody and nothing has ended it. */
export const allowance = z.object({
  ...facts,
  client_id: z.string(),
  used: z.number().int(),
  protected: z.boolean(),
  /** True if its maker is one who asked, because nobody else could say yes. */
  sole_approver: z.boolean(),
  created_by: id,
  created_at: time,
  last_used_at: time.nullable(),
  ended_at: time.nullable(),
  ended_by: z.string().nullable(),
  ended_why: z.enum(['deleted', 'used_up', 'expired', 'task_ended', 'maker_left']).nullable(),
});

export const allowances = page(allowance);

/** An allowance as its own client sees it, and where a request would be let pass by one. */
export const standingAllowance = z.object(facts);
