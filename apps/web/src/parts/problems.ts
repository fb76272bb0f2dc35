import { ApiError, type RequestOf, ROUTES, type Route, type RouteId } from '@writ/api';
import { inert, inputProblems } from '@writ/core';
import { NotProven } from '../api/proof.ts';
import { sentence } from './sentence.ts';

/** A sentence for each field that is wrong, by its dotted path. */
export type Errors = Record<string, string>;

/** What the API would say of a body, by field. What stands in the path is no part of it. */
export function problemsOf<K extends RouteId>(id: K, input: RequestOf<K>): Errors {
  const { body: schema, params }: Route = ROUTES[id];
  const body = Object.fromEntries(
    Object.entries(input as object).filter(([name]) => !Object.hasOwn(params?.shape ?? {}, name)),
  );
  const read = schema?.safeParse(body);
  return read === undefined || read.success ? {} : asErrors(inputProblems(read.error, body));
}

/** The fields that the API refused; undefined for an error of another kind. A person who went back has none. */
export function fieldErrors(error: unknown): Errors | undefined {
  if (error instanceof NotProven) return {};
  return error instanceof ApiError && error.fields.length > 0 ? asErrors(error.fields) : undefined;
}

function asErrors(
  problems: readonly { readonly field: string; readonly problem: string; readonly nearest?: string }[],
): Errors {
  return Object.fromEntries(
    problems.map(({ field, problem, nearest }) => [
      field,
      // It may name what somebody else called something.
      inert(nearest === undefined ? sentence(problem) : `${sentence(problem)} Did you mean ${nearest}?`),
    ]),
  );
}
