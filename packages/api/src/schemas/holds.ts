import { z } from 'zod';
import { seen, shownSchema } from './approvals.ts';
import { clientId } from './clients.ts';
import { id, page, paging, time } from './common.ts';

const HOLD_STATES = ['waiting', 'claimed', 'executed', 'unknown', 'refused', 'cancelled'] as const;

export const holdsQuery = z.strictObject({
  /** `true`: only those that have not ended. */
  open: z.enum(['true', 'false']).optional(),
  client_id: clientId.optional(),
  task_id: id.optional(),
  ...paging,
});

/** What anybody may know of a hold whom it concerns. */
const facts = {
  id,
  /** `claimed`: it is being sent now; `unknown`: it was sent, and it is not known what came of it. */
  state: z.enum(HOLD_STATES),
  /** The next step in words. */
  says: z.string(),
  /** When it is sent; null where it has ended, and where a human must release it first. */
  executes_at: time.nullable(),
  /** True if its time does not run until a human releases it. */
  waits_for_release: z.boolean(),
  approval_id: id.nullable(),
  operations: z.array(z.string()),
  created_at: time,
  ended_at: time.nullable(),
  /** The provider's status. */
  status: z.number().int().nullable(),
  /** Why it was not sent. */
  code: z.string().nullable(),
  detail: z.string().nullable(),
  /** The request that was held. */
  request_id: id,
  /** The request that Writ made of it. */
  executed_as: id.nullable(),
};

/** A request that waits for its time, or that a human said is to be sent now. `shown` is for those who may approve; null for others. */
export const hold = z.object({
  ...facts,
  /** Another one after every change that matters to a release: send it back as `seen` with one. */
  version: z.string(),
  connection: z.string(),
  client_id: z.string(),
  act_chain: z.array(z.string()),
  task_id: id,
  minutes: z.number().int(),
  /** Who released or ended it: `user:<id>`, `client:<id>`. */
  released_by: z.string().nullable(),
  /** How many people it takes to release it, and those who have, as `released_by` names them. */
  quorum: z.number().int(),
  releases: z.array(z.string()),
  /** True if one who asked released it, because nobody else could. */
  sole_approver: z.boolean(),
  ended_by: z.string().nullable(),
  shown: shownSchema.nullable(),
});

export const holds = page(hold);

export const release = z.strictObject({ seen });

/** How long to wait, at most, until something changes; in seconds. */
export const waitQuery = z.strictObject({ wait: z.coerce.number().int().min(0).max(120).optional() });

/** A hold as its client sees it. */
export const ownHold = z.object(facts);

/** The provider's answer, as the client would have got it. */
export const result = z.object({
  hold_id: id,
  status: z.number().int(),
  headers: z.record(z.string(), z.string()),
  /** Null where it was larger than what is kept, and where it is no text. */
  body: z.string().nullable(),
  /** The same in base64 where it is no text; else null. */
  body_base64: z.string().nullable(),
  /** True if the body was larger than the 1 MiB that is kept. */
  too_large: z.boolean(),
});
