import { useForm } from '@mantine/form';
import type { RequestOf, RouteId } from '@writ/api';
import { useState } from 'react';
import { fieldErrors, problemsOf } from './problems.ts';

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
