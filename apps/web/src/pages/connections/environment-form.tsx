import { Button, Group, Radio, Stack, Switch, TagsInput, TextInput, Title } from '@mantine/core';
import type { OutputOf } from '@writ/api';
import { useState } from 'react';
import { useApi, useChange } from '../../api/queries.ts';
import { Inert } from '../../parts/inert.tsx';
import { fieldErrors, problemsOf } from '../../parts/problems.ts';
import type { Provider } from '../../parts/providers.ts';
import { PROTECTED_MEANS } from '../../parts/rule-words.ts';
import { Failure } from '../../parts/states.tsx';
import classes from './connections.module.css';

/** An environment of a connection, as the API tells of it. */
export type Environment = OutputOf<'environments.list'>['items'][number];

type Errors = Readonly<Record<string, string>>;

interface FieldsProps {
  readonly connection: string;
  readonly provider: Provider;
  readonly field: string;
  readonly ids: readonly string[];
  readonly set: (field: string, ids: string[]) => void;
  readonly errors: Errors;
}

/** The fields of a selector, as the provider tells them: exactly one of them, and its ids. */
function SelectorFields({ connection, provider, field, ids, set, errors }: FieldsProps) {
  const chosen = provider.selector_fields.find(({ name }) => name === field) ?? provider.selector_fields[0];
  const inventory = useApi(
    'inventory.list',
    { connection, kind: chosen?.id_of ?? '', limit: 1000 },
    { enabled: chosen !== undefined && provider.resource_kinds.includes(chosen.id_of) },
  );
  const known = inventory.data?.items ?? [];
  if (chosen === undefined) return null;
  const error = Object.entries(errors).find(([at]) => at.startsWith('selector'))?.[1];
  return (
    <>
      <Radio.Group label="It stands for" value={chosen.name} onChange={(name) => set(name, [])}>
        <div className={classes.choices}>
          {provider.selector_fields.map(({ name, title, ephemeral }) => (
            <Radio
              key={name}
              value={name}
              label={`${title.charAt(0).toUpperCase()}${title.slice(1)}`}
              description={ephemeral ? 'They do not last; those to come belong to it too.' : 'Named one by one.'}
            />
          ))}
        </div>
      </Radio.Group>
      <TagsInput
        label={`Ids of the ${chosen.id_of}s`}
        description="As the provider has them. Enter one and press Enter."
        data={known.map(({ id }) => id)}
        renderOption={({ option }) => (
          <Inert text={`${known.find(({ id }) => id === option.value)?.name ?? ''} ${option.value}`} />
        )}
        value={[...ids]}
        onChange={(next) => set(chosen.name, next)}
        maxTags={chosen.most}
        acceptValueOnBlur
        error={error}
      />
    </>
  );
}

interface AddProps {
  readonly connection: string;
  readonly provider: Provider;
}

/** Names an environment by what it stands for, where the import's proposal is not what is wanted. */
export function AddEnvironment({ connection, provider }: AddProps) {
  const empty = { slug: '', field: provider.selector_fields[0]?.name ?? '', ids: [] as string[], protected: true };
  const [values, setValues] = useState(empty);
  const [errors, setErrors] = useState<Errors>({});
  const add = useChange('environments.create', { title: `Add the environment ${values.slug}` });
  const input = {
    connection,
    slug: values.slug.trim(),
    selector: { [values.field]: values.ids },
    protected: values.protected,
  };
  const send = (): void => {
    const wrong = problemsOf('environments.create', { ...input });
    setErrors(wrong);
    if (Object.keys(wrong).length > 0) return;
    add.mutate(input, {
      onSuccess: () => setValues(empty),
      onError: (error) => setErrors(fieldErrors(error) ?? {}),
    });
  };
  return (
    <Stack gap="sm">
      <div>
        <Title order={3}>One by its ids</Title>
        <p className={classes.soft}>
          For several of the provider's environments under one name, or one that is not listed above.
        </p>
      </div>
      <TextInput
        label="Name"
        description="Lower-case letters, digits and hyphens; labels joined by dots."
        maw={420}
        value={values.slug}
        error={errors['slug']}
        onChange={(event) => setValues({ ...values, slug: event.currentTarget.value })}
      />
      <SelectorFields
        connection={connection}
        provider={provider}
        field={values.field}
        ids={values.ids}
        set={(field, ids) => setValues({ ...values, field, ids })}
        errors={errors}
      />
      <Switch
        label={`Protected: ${PROTECTED_MEANS}`}
        checked={values.protected}
        onChange={(event) => setValues({ ...values, protected: event.currentTarget.checked })}
      />
      {add.error && fieldErrors(add.error) === undefined ? <Failure error={add.error} /> : null}
      <Group>
        <Button variant="default" loading={add.isPending} onClick={send}>
          {values.slug.trim() === '' ? 'Add the environment' : `Add the environment ${values.slug.trim()}`}
        </Button>
      </Group>
    </Stack>
  );
}

/** Changes what an environment stands for. */
export function SelectorForm({
  connection,
  provider,
  environment,
  done,
}: AddProps & { readonly environment: Environment; readonly done: () => void }) {
  const [[field = '', ids = []] = []] = Object.entries(environment.selector ?? {});
  const [values, setValues] = useState({ field, ids });
  const [errors, setErrors] = useState<Errors>({});
  const change = useChange('environments.patch', {
    title: `Change what ${environment.slug} stands for`,
    what: `Grants and guardrails that name ${environment.slug} hold for what it stands for from then on. What it no longer stands for has no name here: calls that reach it are refused.`,
  });
  const send = (): void =>
    change.mutate(
      { connection, environment: environment.slug, selector: { [values.field]: values.ids } },
      { onSuccess: done, onError: (error) => setErrors(fieldErrors(error) ?? {}) },
    );
  return (
    <Stack gap="md">
      <SelectorFields
        connection={connection}
        provider={provider}
        field={values.field}
        ids={values.ids}
        set={(name, next) => setValues({ field: name, ids: next })}
        errors={errors}
      />
      {change.error && fieldErrors(change.error) === undefined ? <Failure error={change.error} /> : null}
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={done}>
          Go back
        </Button>
        <Button loading={change.isPending} disabled={values.ids.length === 0} onClick={send}>
          Change what {environment.slug} stands for
        </Button>
      </Group>
    </Stack>
  );
}
