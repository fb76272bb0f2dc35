import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useProof } from '../api/proof.ts';
import { useApi } from '../api/queries.ts';
import { Fold } from './fold.tsx';
import { useApiForm } from './form.ts';
import { narrowestFirst, type Provider } from './providers.ts';
import { RootCredentialFields } from './root-credential.tsx';
import { Failure, Ready } from './states.tsx';

interface FormProps {
  readonly provider: Provider;
  /** Goes on with the connection that was added. */
  readonly added?: (slug: string) => unknown;
  /** What stands beside the button. */
  readonly beside?: ReactNode;
}

/** Adds a connection to a provider: its root credential, a name that is free, and where its calls go. */
export function ConnectionForm(props: FormProps) {
  const others = useApi('connections.list', { limit: 1000 });
  return (
    <Ready query={others}>
      {({ items }) => <Fields {...props} free={freeSlug(props.provider.id, items)} key={props.provider.id} />}
    </Ready>
  );
}

function Fields({ provider, added, beside, free }: FormProps & { readonly free: string }) {
  const client = useQueryClient();
  const prove = useProof();
  const { form, submit, problem } = useApiForm({
    id: 'connections.create',
    initialValues: {
      slug: null as string | null,
      base_url: '',
      credential: { kind: narrowestFirst(provider)[0]?.kind ?? '', value: '' },
    },
    toBody: ({ slug, base_url, credential }) => ({
      slug: (slug ?? free).trim(),
      provider: provider.id,
      ...(base_url.trim() !== '' && { base_url: base_url.trim() }),
      credential: { ...credential, value: credential.value.trim() },
    }),
  });
  // By the proof alone: nothing but this form holds the root credential, until it is sent.
  const send = submit(async (input) => {
    const { slug } = await prove({
      id: 'connections.create',
      input,
      title: 'Add the connection',
      what: `Writ seals the root credential and uses it for what you grant. It is good for ${goodFor(provider, input.credential.kind)}.`,
    });
    form.reset();
    await client.invalidateQueries();
    await added?.(slug);
  });
  return (
    <form onSubmit={send} autoComplete="off">
      <Stack gap="md">
        <RootCredentialFields
          provider={provider}
          kind={form.values.credential.kind}
          setKind={(kind) => form.setFieldValue('credential.kind', kind)}
          value={form.getInputProps('credential.value')}
        />
        <TextInput
          label="Name of the connection"
          description="How grants and addresses name it: lower-case letters, digits and hyphens. It cannot be changed later, or used again."
          required
          maw={420}
          {...form.getInputProps('slug')}
          // Until somebody types one, it is a name that is free now: others may add connections meanwhile.
          value={form.values.slug ?? free}
        />
        <Fold summary={`Another address than ${provider.base_url}`}>
          <TextInput
            label="Base URL"
            description="Only for a server of your own that speaks as the provider does. The root credential is sent there and nowhere else."
            placeholder={provider.base_url}
            type="url"
            maw={420}
            {...form.getInputProps('base_url')}
          />
        </Fold>
        <Failure error={problem} />
        <Group gap="sm">
          <Button type="submit" loading={form.submitting}>
            Add the connection
          </Button>
          {beside}
        </Group>
      </Stack>
    </form>
  );
}

function goodFor(provider: Provider, kind: string): string {
  return provider.credential_kinds.find((each) => each.kind === kind)?.good_for ?? 'what the provider says';
}

function freeSlug(wanted: string, others: readonly { readonly slug: string }[]): string {
  const taken = new Set(others.map(({ slug }) => slug));
  for (let count = 1; ; count += 1) {
    const slug = count === 1 ? wanted : `${wanted}-${count}`;
    if (!taken.has(slug)) return slug;
  }
}
