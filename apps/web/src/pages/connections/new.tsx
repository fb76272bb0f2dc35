import { Button, Group, TextInput, UnstyledButton } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useProof } from '../../api/proof.ts';
import { useApi } from '../../api/queries.ts';
import { useApiForm } from '../../parts/form.ts';
import { ButtonLink, TextLink } from '../../parts/link.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { useMay } from '../../shell/me.ts';
import classes from './connections.module.css';
import { narrowestFirst, type Provider, useProviders } from './providers.ts';
import { RootTokenFields } from './root-token.tsx';

const Added = lazy(async () => ({ default: (await import('./added.tsx')).Added }));

/** Adds a connection: which provider, its root token, whose that is, and what its environments are called. */
export function NewConnectionPage() {
  const { provider: chosen, connection } = useSearch({ from: '/signed-in/connections/new' });
  const providers = useProviders();
  const may = useMay('admin');
  const above = <TextLink to="/connections">Connections</TextLink>;
  if (!may)
    return (
      <Page title="Add a connection" above={above}>
        <Empty
          title="An admin adds connections"
          action={<ButtonLink to="/connections">See the connections</ButtonLink>}
        >
          Your role may look at them.
        </Empty>
      </Page>
    );
  if (connection !== undefined)
    return (
      <Page title={`Add a connection: ${connection}`} above={above}>
        <Suspense fallback={<Loading />}>
          <Added slug={connection} />
        </Suspense>
      </Page>
    );
  const provider = chosen === undefined ? undefined : providers?.get(chosen);
  return (
    <Page
      title={provider === undefined ? 'Add a connection' : `Add a connection to ${provider.title}`}
      about="Give Writ a root token once. From then on agents get tokens of Writ, for the operations and environments you grant."
      above={above}
    >
      {providers === undefined ? <Loading /> : null}
      {providers === undefined || provider !== undefined ? null : <Gallery providers={[...providers.values()]} />}
      {provider === undefined ? null : <AddForm key={provider.id} provider={provider} />}
    </Page>
  );
}

function Gallery({ providers }: { readonly providers: readonly Provider[] }) {
  const go = useNavigate();
  return (
    <Section title="Which provider">
      <div className={classes.gallery}>
        {providers.map((provider) => (
          <UnstyledButton
            key={provider.id}
            className={classes.provider}
            onClick={() => void go({ to: '/connections/new', search: { provider: provider.id } })}
          >
            <strong>{provider.title}</strong>
            <span className={classes.soft}>{new URL(provider.base_url).host}</span>
            <span className={classes.soft}>Narrowest root token: {narrowestFirst(provider)[0]?.title}</span>
          </UnstyledButton>
        ))}
      </div>
    </Section>
  );
}

function AddForm({ provider }: { readonly provider: Provider }) {
  const go = useNavigate();
  const client = useQueryClient();
  const prove = useProof();
  const others = useApi('connections.list', { limit: 1000 });
  const { form, submit, problem } = useApiForm({
    id: 'connections.create',
    initialValues: {
      slug: freeSlug(provider.id, others.data?.items ?? []),
      base_url: '',
      credential: { kind: narrowestFirst(provider)[0]?.kind ?? '', value: '' },
    },
    toBody: ({ slug, base_url, credential }) => ({
      slug: slug.trim(),
      provider: provider.id,
      ...(base_url.trim() !== '' && { base_url: base_url.trim() }),
      credential: { ...credential, value: credential.value.trim() },
    }),
  });
  // Not by `useChange`, which remembers what was sent: here that is the root token.
  const send = submit(async (input) => {
    const { slug } = await prove({
      id: 'connections.create',
      input,
      title: 'Add the connection',
      what: `Writ seals the root token and uses it for what you grant. It is good for ${goodFor(provider, input.credential.kind)}.`,
    });
    form.reset();
    await client.invalidateQueries();
    await go({ to: '/connections/new', search: { connection: slug }, replace: true });
  });
  return (
    <form onSubmit={send} autoComplete="off">
      <Section title={`Root token of ${provider.title}`}>
        <RootTokenFields
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
        />
        <details className={classes.fold}>
          <summary>Another address than {provider.base_url}</summary>
          <TextInput
            label="Base URL"
            description="Only for a server of your own that speaks as the provider does. The root token is sent there and nowhere else."
            placeholder={provider.base_url}
            type="url"
            maw={420}
            {...form.getInputProps('base_url')}
          />
        </details>
        {problem === undefined ? null : <Failure error={problem} />}
        <Group gap="sm">
          <Button type="submit" loading={form.submitting}>
            Add the connection
          </Button>
          <ButtonLink to="/connections/new" variant="default">
            Choose another provider
          </ButtonLink>
        </Group>
      </Section>
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
