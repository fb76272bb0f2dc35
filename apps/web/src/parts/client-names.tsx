import { TextInput } from '@mantine/core';
import type { useForm } from '@mantine/form';
import { useState } from 'react';

interface Named extends Record<string, unknown> {
  readonly name: string;
  readonly client_id: string;
}

interface ClientNamesProps<Values extends Named> {
  readonly form: Pick<ReturnType<typeof useForm<Values>>, 'values' | 'errors' | 'setFieldValue'>;
  /** Takes the id, as it is typed or follows from the name. */
  readonly named?: (client_id: string) => void;
}

/** What a new client is called, and its id, which follows from the name until somebody types one. */
export function ClientNames<Values extends Named>({ form, named }: ClientNamesProps<Values>) {
  const [isOwn, setOwn] = useState(form.values.client_id !== '');
  const set = (field: 'name' | 'client_id', text: string): void => form.setFieldValue(field, text as never);
  const identify = (id: string): void => {
    set('client_id', id);
    named?.(id);
  };
  return (
    <>
      <TextInput
        label="Name"
        description="For people."
        placeholder="Claude on my laptop"
        required
        data-autofocus
        value={form.values.name}
        error={form.errors['name']}
        onChange={({ currentTarget }) => {
          set('name', currentTarget.value);
          if (!isOwn) identify(idOf(currentTarget.value));
        }}
      />
      <TextInput
        label="Client id"
        description="By which it names itself. It cannot be changed, nor used again."
        required
        value={form.values.client_id}
        error={form.errors['client_id']}
        onChange={({ currentTarget }) => {
          setOwn(true);
          identify(currentTarget.value);
        }}
      />
    </>
  );
}

/** `Claude on my laptop` -> `claude-on-my-laptop`. */
function idOf(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
}
