import { detailSchema, effectSchema } from '@writ/core';
import { z } from 'zod';
import { id, page, paging, time } from './common.ts';
import { previewItem } from './grants.ts';

/** `{request_id}` in a path. */
export const byRequest = z.strictObject({ request_id: id });

/** One operation of a refused request, as the log has it: no environments where the provider was not asked. */
export const refusedOperation = z.object({
  name: z.string(),
  effect: effectSchema,
  environments: z.array(z.string()),
  targets: z.array(z.string()),
});

/** The smallest details that would have let it pass; without environments where it is not known which it would have reached. */
export const missingDetail = detailSchema.partial({ environments: true });

/**
 * A refused request, and what was missing. `grant_for` is the client whose grants lack it; null where no grant is missing. `token_lacks`: the
 * token, or one that it was made from, names less too, so that the client has to ask for another. `why`: why no details would do, or what
 * to know of these.
 */
export const refusal = z.object({
  request_id: id,
  at: time,
  code: z.string(),
  client_id: z.string().nullable(),
  task_id: z.string().nullable(),
  connection: z.string().nullable(),
  operations: z.array(refusedOperation),
  missing: z.array(missingDetail),
  grant_for: z.string().nullable(),
  token_lacks: z.boolean(),
  why: z.string().nullable(),
});

/** `hours`: how far back to look. */
export const refusedQuery = z.strictObject({ hours: z.coerce.number().int().min(1).max(168).default(24), ...paging });

/**
 * An operation that a client was refused in one environment, and that a grant would mend as things stand now. `count` times, at last in
 * `request_id`; `detail` is the smallest that would have let that request pass, `variants` how many different ones it was all in all.
 * `environment` is null where the provider was not asked, `effect` where a token was asked for with a pattern. `guarded`: what the guardrails
 * would make of it then, without its arguments; null where either is not known. `protected`: of its environment.
 */
export const refusedItem = z.object({
  connection: z.string(),
  environment: z.string().nullable(),
  operation: z.string(),
  effect: effectSchema.nullable(),
  count: z.number().int(),
  variants: z.number().int(),
  last_at: time,
  request_id: id,
  code: z.string(),
  detail: missingDetail,
  protected: z.boolean(),
  guarded: previewItem.pick({ outcome: true, approve: true, hold_minutes: true, quorum: true }).nullable(),
});

export const refused = page(refusedItem);
