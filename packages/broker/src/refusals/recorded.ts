import { detailSchema, effectSchema, type JsonObject } from '@writ/core';
import { z } from 'zod';

const operation = z.object({
  name: z.string(),
  effect: effectSchema,
  /** Absent where the provider was not asked. */
  environments: z.array(z.string()).optional(),
  targets: z.array(z.string()).default([]),
  arguments: z
    .record(z.string(), z.unknown())
    .default({})
    .transform((values) => values as JsonObject),
});

const reason = z.object({
  operation: z.string(),
  effect: z.string(),
  environment: z.string(),
  rule: z.string(),
  link: z.string().optional(),
  subject: z.string().optional(),
  guardrail: z.object({ environments: z.string(), operations: z.string() }).optional(),
});

/** A refused request as the log has it: a call, or a token request. */
const recordedSchema = z.object({
  kind: z.enum(['request.refused', 'request.waiting', 'token.refused']),
  at: z.string(),
  result: z.string().default(''),
  client_id: z.string().optional(),
  task_id: z.string().optional(),
  connection: z.string().optional(),
  data: z
    .object({
      operations: z.array(operation).default([]),
      /** Of all operations, also of those that were too many to be listed. */
      operation_count: z.number().default(0),
      /** There where the log has nothing of them but their names and effects. */
      operations_digest: z.string().optional(),
      reasons: z.array(reason).default([]),
      detail: z.string().optional(),
      /** Of a token request: the details that the grants of this client do not cover, without their conditions on arguments. */
      asked: z.array(detailSchema).optional(),
      /** True if these had such conditions. */
      conditions: z.boolean().default(false),
      grants_of: z.string().optional(),
    })
    .default({ operations: [], operation_count: 0, reasons: [], conditions: false }),
});
export type RecordedRefusal = z.infer<typeof recordedSchema>;
export type RecordedOperation = RecordedRefusal['data']['operations'][number];

/** Reads an entry of the log; undefined for one that is about anything else. */
export function recordedRefusal(entry: string): RecordedRefusal | undefined {
  const read = recordedSchema.safeParse(JSON.parse(entry));
  return read.success ? read.data : undefined;
}
