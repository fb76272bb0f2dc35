import type { Route } from '@writ/api';
import { type FieldProblem, type JsonObject, WritError } from '@writ/core';
import type { z } from 'zod';

/** The parts of a request, as they came. */
export interface RawInput {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Without `assertion`. */
  readonly body: JsonObject;
}

/** Parses the parts against the table and joins them: what the verb is called with. Throws `validation_failed`, `invalid_request`. */
export function parseInput(route: Route, raw: RawInput): Readonly<Record<string, unknown>> {
  const problems: FieldProblem[] = [];
  const parse = (schema: z.ZodType | undefined, value: object): object => {
    if (schema === undefined) {
      problems.push(...Object.keys(value).map((field) => ({ field, problem: 'is not a member of this request' })));
      return {};
    }
    const result = schema.safeParse(value);
    if (!result.success) problems.push(...result.error.issues.flatMap((issue) => fieldsOf(issue)));
    return result.success && typeof result.data === 'object' && result.data !== null ? result.data : {};
  };
  const params = parse(route.params, raw.params);
  const query = parse(route.query, singleValues(raw.query));
  const body = parse(route.body, raw.body);
  if (problems.length > 0) throw invalid(problems);
  return { ...params, ...query, ...body };
}

function singleValues(query: URLSearchParams): Record<string, string> {
  const names = [...query.keys()];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new WritError('invalid_request', { detail: 'A query parameter is given twice.' });
  return Object.fromEntries(query);
}

/** Makes the error for wrong fields: its sentence names the first. */
export function invalid(fields: readonly FieldProblem[]): WritError {
  const [first] = fields;
  const more = fields.length > 1 ? ` (and ${fields.length - 1} more)` : '';
  const detail = first === undefined ? undefined : `${first.field || 'The body'} ${first.problem}${more}.`;
  return new WritError('validation_failed', {
    ...(detail === undefined ? {} : { detail }),
    fields: fields.slice(0, 50),
  });
}

type Issue = z.core.$ZodIssue;

/** The fields an issue is about. Of a union, those of the alternative that came closest. */
function fieldsOf(issue: Issue, outer: readonly PropertyKey[] = []): FieldProblem[] {
  const path = [...outer, ...issue.path];
  if (issue.code === 'invalid_union') {
    const closest = [...issue.errors].sort((a, b) => a.length - b.length)[0];
    if (closest !== undefined && closest.length > 0) return closest.flatMap((inner) => fieldsOf(inner, path));
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: [...path, key].join('.'), problem: 'is not a member of this request' }));
  }
  return [{ field: path.join('.'), problem: sentenceOf(issue) }];
}

function sentenceOf(issue: Issue): string {
  if (issue.code === 'invalid_type' && issue.input === undefined && /received undefined/.test(issue.message)) {
    return 'is missing';
  }
  if (/^(must|has|is|give|may|goes)\b/.test(issue.message)) return issue.message;
  return `is not right: ${issue.message}`;
}
