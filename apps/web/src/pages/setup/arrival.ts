import type { OutputOf } from '@writ/api';
import type { Guardrail } from '@writ/core';
import { z } from 'zod';

type Entry = OutputOf<'audit.list'>['items'][number];

/** Something that an agent did, as the log has it. */
export interface Arrival {
  readonly seq: number;
  readonly kind: string;
  readonly at: string;
  readonly operations: readonly string[];
  readonly result: string;
  readonly request_id: string | undefined;
  /** The guardrail that decided, where one did. */
  readonly rule: Pick<Guardrail, 'environments' | 'operations'> | undefined;
}

/** Of all events of a client, those that its first call is made of. */
export const WORDS: Readonly<Record<string, string>> = {
  'token.issued': 'token issued',
  'token.refused': 'token refused',
  'request.allowed': 'call let through',
  'request.refused': 'call refused',
  'request.waiting': 'call waits',
};

/** Reads an entry of the log. */
export function arrivalOf({ seq, event }: Entry): Arrival {
  const operations = Array.isArray(event['operations']) ? event['operations'] : [];
  return {
    seq,
    kind: String(event['kind']),
    at: String(event['at']),
    operations: operations.map((each) => String(typeof each === 'string' ? each : Reflect.get(Object(each), 'name'))),
    result: String(event['result'] ?? ''),
    request_id: typeof event['request_id'] === 'string' ? event['request_id'] : undefined,
    rule: ruleOf(event),
  };
}

const decidedSchema = z.object({
  data: z.object({
    reasons: z.array(
      z.object({ guardrail: z.object({ environments: z.string(), operations: z.string() }).optional() }),
    ),
  }),
});

function ruleOf(event: Entry['event']): Arrival['rule'] {
  const read = decidedSchema.safeParse(event);
  return read.data?.data.reasons.find(({ guardrail }) => guardrail !== undefined)?.guardrail;
}
