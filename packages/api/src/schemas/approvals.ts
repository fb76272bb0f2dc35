import { effectSchema, environmentKindSchema, guardrailSchema } from '@writ/core';
import { z } from 'zod';
import { id, time } from './common.ts';
import { explainedOperation, fullExplanation } from './explain.ts';

const resource = explainedOperation.shape.targets.element;

/** The request as it will be sent, but for the root credential. In the place of each secret value stands `[secret, N bytes]`. */
const shownRequest = z.object({
  method: z.string(),
  path: z.string(),
  query: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
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

/** One of the task's last calls, newest first. */
const lastCall = z.object({ at: time, result: z.string(), operations: z.array(z.string()), request_id: id });

/** A thing whose name this client changed in the last 7 days. */
const renamed = z.object({ kind: z.string(), id: z.string(), before: z.string(), at: time });

/**
 * What a person is shown before saying yes to a request. What is known of things and places comes from the provider's answers; the purpose of
 * the task is the agent's own words.
 */
export const shownSchema = z.object({
  request: shownRequest,
  operations: z.array(shownOperation),
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
  recent_renames: z.array(renamed),
  /** The same act, carried out in the last 24 hours; null where there was none. */
  previous: z.object({ request_id: id, at: time, same_digest: z.boolean() }).nullable(),
});
