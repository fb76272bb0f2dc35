import { AUDIT_KINDS } from '@writ/core';
import { z } from 'zod';
import { time } from './common.ts';

/** Tells whether a text is a kind of event, or the beginning of several: `freeze` stands for every kind of it. */
export function selectsKinds(text: string): boolean {
  return AUDIT_KINDS.some((kind) => kind === text || kind.startsWith(`${text}.`));
}

/** From where on, and which: kinds of events or their beginnings, such as `approval,freeze.created`. */
export const eventsQuery = z.strictObject({
  after: z.coerce.number().int().min(0).optional(),
  kinds: z
    .string()
    .min(1)
    .max(1_000)
    .regex(/^[a-z_.]+(?:,[a-z_.]+)*$/, 'must be kinds of events, or their beginnings, with commas between them')
    .transform((text) => text.split(','))
    .refine((kinds) => kinds.every(selectsKinds), 'names a kind of event that there is not')
    .optional(),
});

/** One event of the stream: `id` is its number in the audit log, where the rest of it is. */
export const streamedEvent = z.object({
  id: z.number().int(),
  at: time,
  kind: z.string(),
  actor: z.string().optional(),
  client_id: z.string().optional(),
  task_id: z.string().optional(),
  connection: z.string().optional(),
  operations: z.array(z.string()).optional(),
  result: z.string().optional(),
  request_id: z.string().optional(),
  approval_id: z.string().optional(),
  allowance_id: z.string().optional(),
  hold_id: z.string().optional(),
  freeze_id: z.string().optional(),
  grant_id: z.string().optional(),
});

/** An event of the stream. */
export type StreamedEvent = z.output<typeof streamedEvent>;

/** Events as they come. */
export interface EventReader extends AsyncIterable<StreamedEvent> {
  /** The id after which a stream that is opened again goes on; undefined before the stream has said so. */
  resumeAfter(): number | undefined;
}
