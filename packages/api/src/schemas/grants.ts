import {
  connectionSlugSchema,
  detailSchema,
  effectSchema,
  environmentSlugSchema,
  grantScopeSchema,
  limitSchema,
  limitsSchema,
  MAX_TOKEN_LIFE,
  outcomeSchema,
} from '@writ/core';
import { z } from 'zod';
import { clientId } from './clients.ts';
import { id, line, page, paging, search, time } from './common.ts';

const maxTtl = z.number().int().min(60).max(MAX_TOKEN_LIFE);

/** A new grant: what it covers, and for how long. */
export const createGrant = grantScopeSchema.extend({
  client_id: clientId,
  name: line(100).optional(),
  max_ttl_seconds: maxTtl.optional(),
  expires_at: time.optional(),
  note: line(500).optional(),
});

/**
 * A change of a grant. Absent members stay as they are; null removes a limit. Client and connection never change. With `if_updated_at`, the
 * grant's `updated_at` as it was read, nothing is changed of a grant that somebody else changed since.
 */
export const patchGrant = grantScopeSchema
  .omit({ connection: true })
  .partial()
  .extend({
    resources: grantScopeSchema.shape.resources.nullable(),
    arguments: grantScopeSchema.shape.arguments.nullable(),
    limits: limitsSchema.nullable().optional(),
    name: line(100).nullable().optional(),
    max_ttl_seconds: maxTtl.optional(),
    expires_at: time.nullable().optional(),
    note: line(500).nullable().optional(),
    if_updated_at: time.optional(),
  })
  .refine(({ if_updated_at: _, ...change }) => Object.keys(change).length > 0, 'must change something');

/** A grant as listed. */
export const grant = grantScopeSchema.extend({
  id,
  client_id: z.string(),
  /** Null for one that was made before grants had names, or was given none. */
  name: z.string().nullable(),
  max_ttl_seconds: z.number().int(),
  expires_at: time.nullable(),
  note: z.string().nullable(),
  created_by: id,
  created_at: time,
  updated_at: time,
  /** When a call that it covers was last let through, to the hour; null for never. */
  last_used_at: time.nullable(),
});

export const grants = page(grant);

export const grantsQuery = z.strictObject({
  client_id: clientId.optional(),
  connection: connectionSlugSchema.optional(),
  /** A part of its name, its note, its operations, or of the id or name of its client. */
  q: search,
  /** `true`: only those that let nothing through in the last 30 days. */
  unused: z.enum(['true', 'false']).optional(),
  ...paging,
});

/** One operation that a grant covers in one environment, with the outcome of the guardrails. */
export const previewItem = z.object({
  operation: z.string(),
  effect: effectSchema,
  environment: z.string(),
  outcome: outcomeSchema,
  approve: z.boolean(),
  hold_minutes: z.number().int(),
  quorum: z.number().int().optional(),
  /** True where it is covered for some resources or arguments only. */
  narrowed: z.boolean(),
});

/** How many operations have one outcome in one environment, at one effect; `narrowed` of them for some resources or arguments only. */
export const previewCount = previewItem
  .omit({ operation: true, narrowed: true })
  .extend({ operations: z.number().int(), narrowed: z.number().int() });

/** `environment` and `effect`: lists only those; what is counted is all of it. */
export const previewQuery = z.strictObject({
  environment: environmentSlugSchema.optional(),
  effect: effectSchema.optional(),
  ...paging,
});

/** How many operations of the connection have an effect, and how many of them stay refused at it in every environment. */
export const impossibleCount = z.object({ effect: effectSchema, refused: z.number().int(), all: z.number().int() });

/** How much of a limit its client has used in its present period. `ends_at` is null for one per task. */
export const limitState = z.object({ limit: limitSchema, used: z.number(), ends_at: time.nullable() });

/**
 * What a grant would reach, and how much of its limits is used already. `summary` and `impossible` count all of it, whatever the page. An
 * operation that arguments can raise counts at each effect that it can have.
 */
export const preview = page(previewItem).extend({
  summary: z.array(previewCount),
  impossible: z.array(impossibleCount),
  limits: z.array(limitState),
});

/** `q`: a part of an operation's name. */
export const reachQuery = z.strictObject({
  connection: connectionSlugSchema.optional(),
  environment: environmentSlugSchema.optional(),
  q: search,
  effect: effectSchema.optional(),
  outcome: outcomeSchema.optional(),
  ...paging,
});

/**
 * One operation that a client reaches in one environment, and the grants that cover it there: the first 20, `grant_count` in all.
 * `narrowed`: each of them covers it for some resources or arguments only.
 */
export const reachItem = previewItem.extend({
  connection: z.string(),
  grants: z.array(z.object({ id, name: z.string().nullable() })),
  grant_count: z.number().int(),
});

export const reach = page(reachItem);

/** What a token may do, in the form of `authorization_details`. */
export const details = z.array(detailSchema);
