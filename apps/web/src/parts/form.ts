import { useForm } from '@mantine/form';
import { ApiError, type RequestOf, ROUTES, type Route, type RouteId } from '@writ/api';
import { inputProblems } from '@writ/core';
import { useState } from 'react';
import { NotProven } from '../api/proof.ts';

type Errors = Record<string, string>;

/**
 * Makes the form of a route's body. `toBody` makes what is sent from what is typed; before it is sent, it is checked by the API's own schema,
 * and what the API refuses comes back to the fields: one sentence for each, from one source.
 */
export function useApiForm<K extends RouteId, Values extends Record<string, unknown>>(options: {
  readonly id: K;
  readonly initialValues: Values;
  readonly toBody: (values: Values) => RequestOf<K>;
}) {
  const { id, initialValues, toBody } = options;
  const [problem, setProblem] = useState<unknown>();
  const form = useForm<Values>({
    mode: 'controlled',
    initialValues,
    validate: (values) => problemsOf(id, toBody(values)),
  });
  /** Sends it. What belongs to no field of the form is `problem` afterwards. */
  const submit = (send: (body: RequestOf<K>) => Promise<unknown>): ReturnType<typeof form.onSubmit> =>
    form.onSubmit(async (values) => {
      setProblem(undefined);
      try {
        await send(toBody(values));
      } catch (error) {
        const errors = fieldErrors(error);
        if (errors !== undefined) form.setErrors(errors);
        if (errors === undefined || Object.keys(errors).some((field) => !isField(values, field))) setProblem(error);
      }
    });
  return { form, submit, problem };
}

/** Tells whether a form has the field `a.b`. */
function isField(values: unknown, field: string): boolean {
  return field.split('.').every((name) => {
    const isThere = typeof values === 'object' && values !== null && name in values;
    values = isThere ? Reflect.get(values as object, name) : undefined;
    return isThere;
  });
}

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
      nearest === undefined ? sentence(problem) : `${sentence(problem)} Did you mean ${nearest}?`,
    ]),
  );
}

/** `must be an e-mail address` -> `Must be an e-mail address.` */
function sentence(problem: string): string {
  const text = problem.charAt(0).toUpperCase() + problem.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
