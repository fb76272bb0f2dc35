import { UnstyledButton } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Suspense } from 'react';
import { useMay } from '../../api/me.ts';
import { ConnectionForm } from '../../parts/connection-form.tsx';
import { later } from '../../parts/later.ts';
import { ButtonLink, TextLink } from '../../parts/link.tsx';
import { NotYours } from '../../parts/not-yours.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { narrowestFirst, type Provider, useProviders } from '../../parts/providers.ts';
import { Loading, Ready } from '../../parts/states.tsx';
import classes from './connections.module.css';

const Added = later(async () => (await import('./added.tsx')).Added);

/** Adds a connection: which provider, its root credential, whose that is, and what its environments are called. */
export function NewConnectionPage() {
  const { provider: chosen, connection } = useSearch({ from: '/signed-in/connections/new' });
  const providers = useProviders();
  const may = useMay('admin');
  const above = <TextLink to="/connections">Connections</TextLink>;
  if (!may)
    return (
      <NotYours
        title="Add a connection"
        above={above}
        heading="An admin adds connections"
        action={<ButtonLink to="/connections">See the connections</ButtonLink>}
      >
        Your role may look at them.
      </NotYours>
    );
  if (connection !== undefined)
    return (
      <Page title={`Add a connection: ${connection}`} above={above}>
        <Suspense fallback={<Loading />}>
          <Added slug={connection} />
        </Suspense>
      </Page>
    );
  const provider = chosen === undefined ? undefined : providers.data?.get(chosen);
  return (
    <Page
      title={provider === undefined ? 'Add a connection' : `Add a connection to ${provider.title}`}
      about="Give Writ a root credential once. From then on agents get tokens of Writ, for the operations and environments you grant."
      above={above}
    >
      <Ready query={providers}>
        {(all) =>
          provider === undefined ? <Gallery providers={[...all.values()]} /> : <AddForm provider={provider} />
        }
      </Ready>
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
            <span className={classes.soft}>Narrowest root credential: {narrowestFirst(provider)[0]?.title}</span>
          </UnstyledButton>
        ))}
      </div>
    </Section>
  );
}

function AddForm({ provider }: { readonly provider: Provider }) {
  const go = useNavigate();
  return (
    <Section title={`Root credential of ${provider.title}`}>
      <ConnectionForm
        provider={provider}
        added={(connection) => go({ to: '/connections/new', search: { connection }, replace: true })}
        beside={
          <ButtonLink to="/connections/new" variant="default">
            Choose another provider
          </ButtonLink>
        }
      />
    </Section>
  );
}
