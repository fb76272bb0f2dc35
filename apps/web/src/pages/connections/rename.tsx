import { Button, Group, Stack, TextInput } from '@mantine/core';
import { counted } from '@writ/core';
import { useApi, useChange } from '../../api/queries.ts';
import { useApiForm } from '../../parts/form.ts';
import { TextLink } from '../../parts/link.tsx';
import { Failure } from '../../parts/states.tsx';
import type { Environment } from './environment-form.tsx';
import { GuardChanges } from './guard-words.tsx';

interface RenameProps {
  readonly connection: string;
  readonly environment: Environment;
  readonly done: () => void;
}

/** Gives an environment another name, and says what named it by the old one. */
export function RenameForm({ connection, environment, done }: RenameProps) {
  const { slug, kind } = environment;
  const grants = useApi('grants.list', { connection, limit: 1000 });
  const guardrails = useApi('guardrails.get', {});
  const naming = (grants.data?.items ?? []).filter(({ environments }) => environments.includes(slug));
  const { form, submit, problem } = useApiForm({
    id: 'environments.patch',
    initialValues: { slug },
    toBody: (values) => ({ connection, environment: slug, slug: values.slug.trim() }),
  });
  const rules = [...(guardrails.data?.shipped ?? []), ...(guardrails.data?.items ?? [])];
  const change = useChange('environments.patch', {
    title: `Rename ${slug}`,
    what: (
      <GuardChanges
        rules={rules}
        from={{ connection, slug, kind }}
        to={{ connection, slug: form.values.slug.trim(), kind }}
      />
    ),
  });
  const send = submit(async (body) => {
    await change.mutateAsync(body);
    done();
  });
  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <TextInput label="New name" data-autofocus {...form.getInputProps('slug')} />
        <span>
          Grants and guardrails name environments: those that say {slug} do not follow, and cover nothing from then on.{' '}
          {naming.length === 0 ? (
            'No grant names it.'
          ) : (
            <TextLink to="/grants">{counted(naming.length, 'grant names it.', 'grants name it.')}</TextLink>
          )}{' '}
          Root tokens that are bound to it follow.
        </span>
        {problem === undefined ? null : <Failure error={problem} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={done}>
            Go back
          </Button>
          <Button type="submit" loading={form.submitting} disabled={form.values.slug.trim() === slug}>
            Rename
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
