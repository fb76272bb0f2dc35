import { Button, Group, Modal, MultiSelect, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useProof } from '../../api/proof.ts';
import { useApi } from '../../api/queries.ts';
import { useApiForm } from '../../parts/form.ts';
import { Failure, Loading } from '../../parts/states.tsx';
import type { Connection, Provider } from './providers.ts';
import { useProviders } from './providers.ts';
import { RootTokenFields } from './root-token.tsx';

interface ReplaceProps {
  readonly slug: string;
  /** The one that is replaced; without one, the token for all environments is. */
  readonly credential?: Connection['credentials'][number] | undefined;
}

/** A button that gives a connection another root token in the place of one, and verifies nothing by itself. */
export function ReplaceToken({ slug, credential }: ReplaceProps) {
  const [opened, setOpened] = useState(false);
  const words = credential === undefined ? 'Give another root token' : 'Replace this root token';
  return (
    <>
      <Group>
        <Button variant="default" onClick={() => setOpened(true)}>
          {words}
        </Button>
      </Group>
      <Modal opened={opened} onClose={() => setOpened(false)} title={`${words}: ${slug}`} size="lg">
        <TokenForm slug={slug} credential={credential} mayBind={false} done={() => setOpened(false)} />
      </Modal>
    </>
  );
}

/** A button that adds a root token bound to some environments: for them it is used in the place of a broader one. */
export function AddToken({ slug }: { readonly slug: string }) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        Add one for some environments
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={`A root token for some environments: ${slug}`}
        size="lg"
      >
        <TokenForm slug={slug} credential={undefined} mayBind done={() => setOpened(false)} />
      </Modal>
    </>
  );
}

interface FormProps {
  readonly slug: string;
  readonly credential: ReplaceProps['credential'];
  readonly mayBind: boolean;
  readonly done: () => void;
}

function TokenForm(props: FormProps) {
  const providers = useProviders();
  const connection = useApi('connections.get', { connection: props.slug });
  const provider = providers?.get(connection.data?.provider ?? '');
  return provider === undefined ? <Loading /> : <KnownForm {...props} provider={provider} />;
}

function KnownForm({ slug, credential, mayBind, done, provider }: FormProps & { readonly provider: Provider }) {
  const client = useQueryClient();
  const prove = useProof();
  const environments = useApi('environments.list', { connection: slug, limit: 1000 }, { enabled: mayBind });
  const { form, submit, problem } = useApiForm({
    id: 'connections.credential',
    initialValues: {
      kind: credential?.kind ?? provider.usual_credential_kind,
      value: '',
      environments: [...(credential?.environments ?? [])],
    },
    toBody: ({ environments: bound, value, kind }) => ({
      connection: slug,
      kind,
      value: value.trim(),
      ...((mayBind || bound.length > 0) && { environments: bound }),
    }),
  });
  // Not by `useChange`, which remembers what was sent: here that is the root token.
  const send = submit(async (input) => {
    await prove({
      id: 'connections.credential',
      input: { ...input, connection: slug },
      title: mayBind ? 'Add the root token' : 'Replace the root token',
      what: mayBind
        ? 'For these environments it is used from now on in the place of a broader one.'
        : 'The old one is erased here and no longer used from now on. Revoke it at the provider too. Approvals that wait were asked for the old one, and have to be asked again.',
    });
    form.reset();
    await client.invalidateQueries();
    done();
  });
  return (
    <form onSubmit={send} autoComplete="off">
      <Stack gap="md">
        <RootTokenFields
          provider={provider}
          kind={form.values.kind}
          setKind={(kind) => form.setFieldValue('kind', kind)}
          value={form.getInputProps('value')}
        />
        {mayBind ? (
          <MultiSelect
            label="Environments"
            description="The token is used for calls that reach these and no other."
            data={(environments.data?.items ?? []).map((each) => each.slug)}
            {...form.getInputProps('environments')}
          />
        ) : null}
        {problem === undefined ? null : <Failure error={problem} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={done}>
            Go back
          </Button>
          <Button type="submit" loading={form.submitting}>
            {mayBind ? 'Add the root token' : 'Replace the root token'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
