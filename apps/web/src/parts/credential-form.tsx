import { Button, Group, MultiSelect, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useProof } from '../api/proof.ts';
import { useApi } from '../api/queries.ts';
import { useApiForm } from './form.ts';
import { type Connection, narrowestFirst, type Provider, useProviders } from './providers.ts';
import { RootCredentialFields } from './root-credential.tsx';
import { Failure, Ready } from './states.tsx';

/** A root credential to be given to a connection. */
interface FormProps {
  readonly slug: string;
  /** The one that is replaced. */
  readonly credential: Connection['credentials'][number] | undefined;
  readonly mayBind: boolean;
  readonly done: () => void;
}

/** Asks for a root credential, in the place of one or for some environments. */
export function CredentialForm(props: FormProps) {
  const providers = useProviders();
  const connection = useApi('connections.get', { connection: props.slug });
  return (
    <Ready query={connection}>
      {({ provider }) => (
        <Ready query={providers}>
          {(all) => {
            const known = all.get(provider);
            return known === undefined ? null : <KnownForm {...props} provider={known} />;
          }}
        </Ready>
      )}
    </Ready>
  );
}

function KnownForm({ slug, credential, mayBind, done, provider }: FormProps & { readonly provider: Provider }) {
  const client = useQueryClient();
  const prove = useProof();
  const environments = useApi('environments.list', { connection: slug, limit: 1000 }, { enabled: mayBind });
  const { form, submit, problem } = useApiForm({
    id: 'connections.credential',
    initialValues: {
      kind: credential?.kind ?? narrowestFirst(provider)[0]?.kind ?? '',
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
  // By the proof alone: nothing but this form holds the root credential, until it is sent.
  const send = submit(async (input) => {
    await prove({
      id: 'connections.credential',
      input: { ...input, connection: slug },
      title: mayBind ? 'Add the root credential' : 'Replace the root credential',
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
        <RootCredentialFields
          provider={provider}
          kind={form.values.kind}
          setKind={(kind) => form.setFieldValue('kind', kind)}
          value={form.getInputProps('value')}
        />
        {mayBind ? (
          <MultiSelect
            label="Environments"
            description="It is used for calls that reach these and no other."
            data={(environments.data?.items ?? []).map((each) => each.slug)}
            {...form.getInputProps('environments')}
          />
        ) : null}
        <Failure error={problem} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={done}>
            Go back
          </Button>
          <Button type="submit" loading={form.submitting}>
            {mayBind ? 'Add the root credential' : 'Replace the root credential'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
