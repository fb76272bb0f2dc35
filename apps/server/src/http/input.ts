import type { Route } from '@writ/api';
import { throwIfAny } from '@writ/broker';
import { type FieldProblem, inputProblems, type JsonObject, unstorableProblem, WritError } from '@writ/core';
import type { z } from 'zod';

/** The parts of a request, as they came. */
export interface RawInput {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Without `assertion`. */
  readonly body: JsonObject;
}

/**
 * Parses the parts against the table and joins them: what the verb is called with. Nothing goes further that a database could not
 * hold. Throws `validation_failed`, `invalid_request`.
 */
export function parseInput(route: Route, raw: RawInput): Readonly<Record<string, unknown>> {
  const query = singleValues(raw.query);
  const parts = [parsePart(route.params, raw.params), parsePart(route.query, query), parsePart(route.body, raw.body)];
  throwIfAny(parts.flatMap(({ problems }) => problems));
  return Object.assign({}, ...parts.map(({ value }) => value));
}

interface Part {
  readonly value: object;
  readonly problems: readonly FieldProblem[];
}

function parsePart(schema: z.ZodType | undefined, value: object): Part {
  const unstorable = unstorableProblem(value);
  if (unstorable !== undefined) return { value: {}, problems: [unstorable] };
  if (schema === undefined) {
    const problems = Object.keys(value).map((field) => ({ field, problem: 'is not a member of this request' }));
    return { value: {}, problems };
  }
  const result = schema.safeParse(value);
  if (!result.success) return { value: {}, problems: inputProblems(result.error, value) };
  return { value: typeof result.data === 'object' && result.data !== null ? result.data : {}, problems: [] };
}

function singleValues(query: URLSearchParams): Record<string, string> {
  const names = [...query.keys()];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new WritError('invalid_request', { detail: 'A query parameter is given twice.' });
  return Object.fromEntries(query);
}
