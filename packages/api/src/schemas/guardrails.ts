import { connectionSlugSchema, guardrailSchema } from '@writ/core';
import { z } from 'zod';
import { clientId } from './clients.ts';
import { id, line, page, time } from './common.ts';

/** The rules in force: the shipped set, and in `items` the added rules. `version` is another after every change. */
export const guardrails = page(guardrailSchema).extend({
  shipped: z.array(guardrailSchema),
  version: z.string(),
});

/** The whole new list of added rules. With `version`, the change is refused if the rules were changed since that version. */
export const putGuardrails = z.strictObject({
  items: z.array(guardrailSchema).max(500),
  version: z.string().max(100).optional(),
});

/** The change to take back, by the request that made it. */
export const undoGuardChange = z.strictObject({ request_id: id });

/** What was taken back: what had been loosened by it, each in a sentence. */
export const undoneGuardChange = z.object({
  request_id: id,
  kind: z.enum(['guardrails.replaced', 'environment.changed']),
  undone: z.array(z.string()),
});

const reason = line(500);

/** What to stop: exactly one of `connection`, `client`, `task` and `all`. */
export const createFreeze = z.union([
  z.strictObject({ connection: connectionSlugSchema, reason }),
  z.strictObject({ client_id: clientId, reason }),
  z.strictObject({ task_id: id, reason }),
  z.strictObject({ all: z.literal(true), reason }),
]);

/** A freeze in force; `subject` is the connection's slug, the client's or the task's id, null for all. */
export const freeze = z.object({
  id,
  scope: z.enum(['all', 'connection', 'client', 'task']),
  subject: z.string().nullable(),
  reason: z.string(),
  created_by: z.string(),
  created_at: time,
});

export const freezes = page(freeze);
