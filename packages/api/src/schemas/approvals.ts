import {
  detailSchema,
  detailsSchema,
  effectSchema,
  environmentKindSchema,
  guardrailSchema,
  outcomeSchema,
} from '@writ/core';
import { z } from 'zod';
import { clientId } from './clients.ts';
import { id, line, page, paging, time } from './common.ts';
import { explainedOperation, fullExplanation } from './explain.ts';
import { details } from './grants.ts';

const resource = explainedOperation.shape.targets.element;

/** The request as it will be sent, but for the root credential. In the place of each secret value stands `[secret, N bytes]`. */
const shownRequest = z.object({
  method: z.string(),
  path: z.string(),
  query: z.string(),
  headers: z.record(z.string(), z.string()),
  /** Null once it is no longer kept: what was used, has expired or was overtaken. */
  body: z.string().nullable(),
  /** Of the body as it will be sent. */
  body_bytes: z.number().int(),
  /** The SHA-256 of the body as it will be sent, in lower-case hex; null where the body holds a secret value. */
  body_sha256: z.string().nullable(),
  origin: z.string(),
});

const shownOperation = z.object({
  name: z.string(),
  effect: effectSchema,
  base_effect: effectSchema,
  arguments: z.record(z.string(), z.unknown()),
  targets: z.array(resource),
  environments: z.array(z.object({ slug: z.string(), kind: environmentKindSchema })),
});

/** One of the task's last calls, newest first. `connection` and `why` are absent of what was kept before they were. */
export const lastCall = z.object({
  at: time,
  request_id: id,
  connection: z.string().optional(),
  operations: z.array(z.object({ name: z.string(), effect: z.string(), environments: z.array(z.string()) })),
  result: z.string(),
  /** The rules by which it was refused or had to wait, each once; `guardrail` is the one, where it is kept whole. */
  why: z.array(z.object({ rule: z.string(), guardrail: guardrailSchema.optional() })).optional(),
});

/**
 * What a person is shown before saying yes to a request. What is known of things and places comes from the provider's answers; the purpose of
 * the task is the agent's own words.
 */
export const shownSchema = z.object({
  request: shownRequest,
  operations: z.array(shownOperation),
  /** How many things that it would hit are not listed, since they are too many; absent where there are none. Then nobody can say yes. */
  left_out: z.number().int().optional(),
  reasons: fullExplanation.shape.reasons,
  /** The guardrails that want the yes. */
  rules: z.array(guardrailSchema),
  /** Null where nothing goes with it. */
  blast_radius: fullExplanation.shape.blast_radius,
  /** What is typed to confirm it, for each thing that is destroyed in a protected environment; empty where nothing need be. */
  confirm: z.array(z.string()),
  /** What is stored at the provider and the request acts by, with its version. */
  stored_state: z.array(z.object({ name: z.string(), version: z.string(), shown: z.unknown() })),
  asked_by: z.object({ client_id: z.string(), name: z.string(), kind: z.string(), owner: z.string() }),
  /** Ids of the clients that it acts for, outermost first. */
  act_chain: z.array(z.string()),
  task: z.object({ id, purpose: z.string().nullable() }),
  last_calls: z.array(lastCall),
  recent_renames: fullExplanation.shape.recent_renames,
  recent_renames_more: fullExplanation.shape.recent_renames_more,
  /** The same act, carried out in the last 24 hours; null where there was none. */
  previous: z.object({ request_id: id, at: time, same_digest: z.boolean() }).nullable(),
});
export type Shown = z.infer<typeof shownSchema>;

/** What a token would cover in some environments of a connection, and what the guardrails say of it there. */
const reached = z.object({
  connection: z.string(),
  operation: z.string(),
  effect: effectSchema,
  environments: z.array(z.object({ slug: z.string(), kind: environmentKindSchema, outcome: outcomeSchema })),
  /** How many environments are not listed: `shared` and protected ones are listed first. */
  environments_more: z.number().int(),
  /** How many of those that are not listed are protected; absent where none is. */
  protected_more: z.number().int().optional(),
});

/**
 * What a person is shown before saying yes to a request for a token. What it would cover was found out by Writ, from the catalog as it is now;
 * the purpose of the task is the client's own words.
 */
export const shownTokenSchema = z.object({
  /** What is asked for. */
  authorization_details: details,
  /** Those of its pieces that no grant of the client covers whole, as `connection/environment/selector`. */
  beyond: z.array(z.string()),
  resource: z.string(),
  /** The life of the token, from when it is issued. */
  expires_in: z.number().int().describe('seconds'),
  /** Whether the token is good only with the proof of a key. */
  bound: z.boolean(),
  /** What it would cover, the worst effects first. */
  reaches: z.array(reached),
  /** How many of these are not listed. */
  reaches_more: z.number().int(),
  asked_by: shownSchema.shape.asked_by,
  task: shownSchema.shape.task,
  last_calls: shownSchema.shape.last_calls,
});
export type ShownToken = z.infer<typeof shownTokenSchema>;

/** What a person who decides sees of another one. */
const person = z.object({ id, name: z.string() });

/** What became of a request for a human's yes. `expired`: nobody answered in time, or nobody used the yes in time. */
const approvalState = z.enum(['pending', 'approved', 'used', 'denied', 'expired', 'cancelled']);

export const approvalsQuery = z.strictObject({
  state: approvalState.optional(),
  client_id: clientId.optional(),
  task_id: id.optional(),
  ...paging,
});

/**
 * What would let the same pass from then on, as a command: `allowance`, for this task and so many times, by whoever may say yes, with its
 * `detail`; `guardrail`, by an owner, for the operation in the environment, with its `rule`.
 */
const offer = z.object({
  kind: z.enum(['allowance', 'guardrail']),
  operation: z.string(),
  environment: z.string(),
  command: z.string(),
  detail: detailSchema.optional(),
  rule: guardrailSchema.optional(),
});

/**
 * A request for a human's yes, as the one who decides sees it. `task.purpose` is the client's own words, all else was found out by Writ.
 * `shown` is null for an auditor.
 */
export const approval = z.object({
  id,
  kind: z.enum(['request', 'token']),
  state: approvalState,
  /** Another one after every change: send it back as `seen` with a yes or a no. */
  version: z.string(),
  client_id: z.string(),
  act_chain: z.array(z.string()),
  task: z.object({ id, purpose: z.string().nullable() }),
  connection: z.string().nullable(),
  request_id: z.string(),
  digest: z.string(),
  operations: z.array(z.string()),
  /** The same act, carried out in the last 24 hours. */
  previous: z.object({ request_id: z.string(), at: time, same_digest: z.boolean() }).nullable(),
  protected: z.boolean(),
  /** True if it was approved by one who asked, or only such a one can, because nobody else could. */
  sole_approver: z.boolean(),
  quorum: z.number().int(),
  votes: z.array(z.object({ user: person, yes: z.boolean(), at: time, counts: z.boolean() })),
  requesters: z.array(person),
  approvers: z.array(person),
  /** Why nobody may say yes, and what to do about it. */
  nobody: z.string().nullable(),
  /** Whether the one who reads this may say yes. */
  may_approve: z.boolean(),
  /** The window in which it can still be cancelled, once it is used. */
  hold_minutes: z.number().int(),
  run: z.enum(['client', 'now']).nullable(),
  usable_for: z.number().int().nullable().describe('seconds'),
  usable_until: time.nullable(),
  created_at: time,
  expires_at: time,
  decided_at: time.nullable(),
  reason: z.string().nullable(),
  cool_until: time.nullable(),
  reopened_at: time.nullable(),
  used_at: time.nullable(),
  used_by: z.string().nullable(),
  offers: z.array(offer),
  shown: shownSchema.nullable(),
  /** In place of `shown` where a token is asked for. `given`: what the approver gave, where that is other than what was asked. */
  token: shownTokenSchema.extend({ given: details.nullable() }).nullable(),
});

export const approvals = page(approval);

export const seen = z.string().min(1).max(100).optional().describe('the `version` that was looked at');
const confirmation = z.string().min(1).max(1000);

/**
 * A yes. `confirm`: each line of `shown.confirm`, as typed by the person; a text where it is one, else a list in any order.
 * `authorization_details`: what is given of a token, where that is less than what was asked; both must cover a call.
 */
export const approve = z.strictObject({
  confirm: z.union([confirmation, z.array(confirmation).min(1).max(500)]).optional(),
  run: z.enum(['client', 'now']).optional(),
  usable_for: z.number().int().min(900).max(86_400).optional().describe('seconds; 900 if not said'),
  authorization_details: detailsSchema.optional(),
  seen,
});

/** Several yeses at once: all or none. Nothing that destroys or escalates. */
export const approveAll = z.strictObject({
  ids: z
    .array(id)
    .min(1)
    .max(100)
    .refine((ids) => new Set(ids).size === ids.length, 'must name each approval once'),
  seen: z.record(id, z.string().min(1).max(100)).optional().describe('the `version` of each that was looked at, by id'),
});

export const deny = z.strictObject({ reason: line(500).optional(), seen });

/** The request as it will be sent, but for the root credential: in Writ's own spelling, with its secret arguments. */
export const wholeRequest = z.object({
  id,
  request: z.object({
    method: z.string(),
    path: z.string(),
    query: z.string(),
    headers: z.record(z.string(), z.string()),
    /** Null where it is not UTF-8; then it is in `body_base64`. */
    body: z.string().nullable(),
    body_base64: z.string().nullable(),
  }),
});

/** The approvals that were denied and count no more: what they asked for may be asked for again. */
export const reopened = z.object({ reopened: z.array(id) });
