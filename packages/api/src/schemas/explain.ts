import {
  connectionSlugSchema,
  detailSchema,
  detailsSchema,
  effectSchema,
  environmentKindSchema,
  guardrailSchema,
  limitSchema,
  outcomeSchema,
} from '@writ/core';
import { z } from 'zod';
import { standingAllowance } from './allowances.ts';
import { clientId } from './clients.ts';
import { time } from './common.ts';
import { limitState } from './grants.ts';

/** The largest request in bytes: it holds the explained body, of at most 1 MiB, as a JSON string. */
export const EXPLAIN_LIMIT = 4 * 1024 * 1024;

/**
 * A provider request to be judged, never sent, exactly as it would come to the gateway: a body needs its `content-type`. `path` is the
 * provider's, with its query. The host it would be sent to and the token it would carry are no part of it.
 */
export const explainedRequest = z.strictObject({
  method: z.string().regex(/^[A-Za-z]{1,20}$/, 'must be an HTTP method'),
  path: z.string().min(1).max(8192).startsWith('/'),
  headers: z.record(z.string().max(200), z.string().max(8192)).optional(),
  body: z
    .string()
    .max(1024 * 1024)
    .optional(),
});

/** For whom the request is judged: a client with its present grants, or the details of a token that it might ask for. */
export const explain = z
  .strictObject({
    client_id: clientId.optional(),
    authorization_details: detailsSchema.optional(),
    connection: connectionSlugSchema,
    request: explainedRequest,
  })
  .refine(
    (input) => (input.client_id === undefined) !== (input.authorization_details === undefined),
    'give exactly one of client_id and authorization_details',
  );

export const explainSelf = z.strictObject({ connection: connectionSlugSchema, request: explainedRequest });

const resource = z.object({ kind: z.string(), id: z.string(), name: z.string().optional() });

/** One operation of the request, as judged: what it does, to what, and how far it reaches. */
export const explainedOperation = z.object({
  name: z.string(),
  effect: effectSchema,
  base_effect: effectSchema,
  /** The arguments, with `[secret]` in the place of secret ones. */
  arguments: z.record(z.string(), z.unknown()),
  targets: z.array(resource),
  environments: z.array(z.string()),
});

const reason = z.object({
  operation: z.string(),
  effect: effectSchema,
  environment: z.string(),
  rule: z.string(),
  link: z.enum(['token', 'grants', 'ancestor']).optional(),
  subject: z.string().optional(),
  guardrail: guardrailSchema.optional(),
  limit: limitSchema.optional(),
  allowed: z.array(z.string()).optional(),
});

const pair = z.object({
  operation: z.string(),
  effect: effectSchema,
  environment: z.string(),
  covered: z.boolean(),
  grant_ids: z.array(z.string()),
  outcome: outcomeSchema,
  approve: z.boolean(),
  hold_minutes: z.number(),
  quorum: z.number().optional(),
});

const blastItem = z.object({
  kind: z.string(),
  id: z.string(),
  name: z.string().optional(),
  environment: z.string().optional(),
  /** Measured values: sizes in MB, times, and what is attached. */
  facts: z.record(z.string(), z.unknown()),
  /** `kind:id` of what the name is of, where that is another thing: the volume of an instance. */
  of: z.string().optional(),
  /** True of what the provider makes by itself, such as backups by a schedule: not compared when an approval is used. */
  automatic: z.literal(true).optional(),
  /** True of the newest of all backups that would be left. */
  newest: z.literal(true).optional(),
});

/** What a human is shown of a request, as the provider says now: names, places, and what would be lost with what it destroys. */
export const describedCall = z.object({
  dies: z.array(blastItem),
  backups_lost: z.array(blastItem),
  /** The backups that would be left, newest first. */
  backups_left: z.array(blastItem),
  /** What is not known: sentences on what the provider was not asked, or did not answer. */
  unknown: z.array(z.string()),
  targets: z.array(blastItem.extend({ operation: z.string(), environments: z.array(z.string()) })),
  /** Every environment it reaches, with the provider's own names of it, and of what holds it (a project). */
  environments: z.array(
    z.object({
      slug: z.string(),
      kind: environmentKindSchema,
      provider: z.array(
        z.object({ kind: z.string(), id: z.string(), name: z.string(), container: z.string(), within: z.string() }),
      ),
    }),
  ),
  /** What is typed to confirm it, for each thing that is destroyed. */
  confirm: z.array(z.object({ target: z.string(), environment: z.string(), text: z.string() })),
  /** What is stored at the provider and the request acts by, with its version. */
  stored_state: z.array(z.object({ name: z.string(), version: z.string(), shown: z.unknown() })),
  /** Why nobody can approve it: sentences on what cannot be shown. */
  undescribable: z.array(z.string()),
});

/** A thing that is shown, to which the client gave a new name in the last 7 days, in a call that was sent. */
export const recentRename = z.object({
  kind: z.string(),
  id: z.string(),
  /** The name before, as far as it was known. */
  before: z.string().optional(),
  to: z.string(),
  at: time,
});

/** What the gateway would answer. `operations` and `pairs` are empty where it would refuse before it knows them. */
export const explanation = z.object({
  result: z.enum(['allow', 'wait', 'refuse']),
  code: z.string().nullable(),
  detail: z.string(),
  operations: z.array(explainedOperation),
  pairs: z.array(pair),
  reasons: z.array(reason),
  missing: z.array(detailSchema),
  /** The limits that it would count against, and what it would add to each. */
  limits: z.array(limitState.extend({ adds: z.number() })),
  approve: z.boolean(),
  hold_minutes: z.number(),
  quorum: z.number().optional(),
  /** What a human has said yes to beforehand, by which it would pass without asking anybody; of a client, in any of its tasks. */
  allowances: z.array(standingAllowance),
});

/**
 * The same with what people see besides. `blast_radius` is null where nobody need look at it, or where that is not known. `recent_renames`:
 * newest first, where it is explained for a client.
 */
export const fullExplanation = explanation.extend({
  blast_radius: describedCall.nullable(),
  recent_renames: z.array(recentRename),
  recent_renames_more: z.number().int().describe('how many there are at least besides those listed'),
});
