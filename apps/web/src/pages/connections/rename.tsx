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
  const { form, submit, problem } = useApiForm({
    id: 'environments.patch',
    initialValues: { slug },
    toBody: (values) => ({ connection, environment: slug, slug: values.slug.trim() }),
  });
  const name = form.values.slug.trim();
  const naming = (place: string): number | undefined =>
    grants.data?.items.filter(({ environments }) => environments.includes(place)).length;
  const covering = name === '' || name === slug ? 0 : (naming(name) ?? 0);
  const isPart = grants.data?.next_cursor != null;
  const coveringText =
    covering === 0
      ? `Grants that name ${name} already, if there are any, begin to cover it.`
      : `${isPart ? 'At least ' : ''}${counted(covering, 'grant names', 'grants name')} ${name} already, and ${covering === 1 ? 'begins' : 'begin'} to cover it.`;
  const change = useChange('environments.patch', {
    title: `Rename ${slug}`,
    what: (
      <>
        <GuardChanges from={{ connection, slug, kind }} to={{ connection, slug: name, kind }} />
        <p>{coveringText}</p>
      </>
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
          <Naming count={naming(slug)} isPart={isPart} /> Root credentials that are bound to it follow.
        </span>
        {covering === 0 ? null : <span>{coveringText}</span>}
        <Failure error={problem} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={done}>
            Go back
          </Button>
          <Button type="submit" loading={form.submitting} disabled={name === slug}>
            Rename {slug}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** How many grants name it: said once they were read, and never as all where they are a part. */
function Naming({ count, isPart }: { readonly count: number | undefined; readonly isPart: boolean }) {
  if (count === undefined) return null;
  if (count === 0) return isPart ? null : 'No grant names it.';
  return (
    <TextLink to="/grants">
      {isPart ? 'At least ' : ''}
      {counted(count, 'grant names it.', 'grants name it.')}
    </TextLink>
  );
}
