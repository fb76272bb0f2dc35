import { Button, Modal } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Suspense, useState } from 'react';
import { useMay } from '../../api/me.ts';
import { useApi } from '../../api/queries.ts';
import { Id } from '../../parts/copy.tsx';
import { Fold } from '../../parts/fold.tsx';
import { later } from '../../parts/later.ts';
import { ButtonLink, TextLink } from '../../parts/link.tsx';
import { OneThing } from '../../parts/one-thing.tsx';
import { Facts, Page, Section } from '../../parts/page.tsx';
import { Person } from '../../parts/person.tsx';
import { Loading } from '../../parts/states.tsx';
import { PageTabs } from '../../parts/tabs.tsx';
import { Label } from '../../parts/tags.tsx';
import { Time } from '../../parts/time.tsx';
import { ClientGrants } from './grants.tsx';
import { settingsOf } from './settings.ts';
import { type Client, PROOFS, State } from './words.tsx';

// Each is loaded when it is looked at.
const Reach = later(async () => (await import('./reach.tsx')).Reach);
const Refusals = later(async () => (await import('./refusals.tsx')).Refusals);
const Activity = later(async () => (await import('./tasks.tsx')).Activity);
const UseIt = later(async () => (await import('./use-it.tsx')).UseIt);
const Policy = later(async () => (await import('./policy-shown.tsx')).Policy);
const SettingsForm = later(async () => (await import('./settings-form.tsx')).SettingsForm);
const Stop = later(async () => (await import('./actions.tsx')).Stop);

/** One client: what it is, what it may do and did, and the ways to stop it. */
export function ClientPage() {
  const { id = '' } = useParams({ strict: false });
  const client = useApi('clients.get', { id });
  return (
    <OneThing key={id} thing="client" id={id} to="/clients" query={client}>
      {(data) => <ShownClient client={data} />}
    </OneThing>
  );
}

function ShownClient({ client }: { readonly client: Client }) {
  const { client_id, name, kind, auth } = client;
  const may = useMay('admin');
  // The tab stands in the address, so that a link can lead to it.
  const { tab: wanted } = useSearch({ from: '/signed-in/clients/$id' });
  const go = useNavigate();
  return (
    <Page
      title={name}
      above={<TextLink to="/clients">Clients</TextLink>}
      actions={
        may ? (
          <ButtonLink to="/grants/new" search={{ client: client_id }}>
            New grant
          </ButtonLink>
        ) : null
      }
    >
      <Section title="What it is" actions={may ? <ChangeSettings client={client} /> : null}>
        <Facts
          facts={[
            ['Client id', <Id key="id" id={client_id} what="the client id" />],
            ['Kind', <Label key="kind">{kind}</Label>],
            ['State', <State key="state" client={client} />],
            ['Proves itself by', PROOFS[auth.method].name],
            ['Owned by', <Person key="owner" id={client.owner_id} what="the id of its owner" />],
            ['Made', <Time key="made" at={client.created_at} />],
          ]}
        />
        <Fold summary="What its tokens are good for">
          <Facts
            facts={[
              ['Asks with a purpose', client.require_task ? 'always' : 'if it wants to'],
              ['Its tokens can be exchanged', exchangeText(client)],
              ['Its tokens are bound to a key', auth.dpop_bound_access_tokens ? 'always' : 'if it wants to'],
              ['Asks about tokens of others', settingsOf(client).introspects ? 'it may' : 'no'],
              ['Its tokens are signed by', client.access_token_signing_alg],
            ]}
          />
        </Fold>
      </Section>
      <PageTabs
        label={`Parts of ${client_id}`}
        wanted={wanted}
        open={(tab) => void go({ to: '/clients/$id', params: { id: client_id }, search: { tab }, replace: true })}
        tabs={[
          ['grants', 'Grants', () => <ClientGrants client_id={client_id} />],
          ['reach', 'See as the client', () => <Reach client_id={client_id} />],
          ...(may ? [['refusals', 'What it tried', () => <Refusals client_id={client_id} />] as const] : []),
          ['tasks', 'Tasks and tokens', () => <Activity client_id={client_id} />],
          ['use', 'Use it', () => <UseIt client={client} />],
          ...(auth.method === 'federated'
            ? [['policy', 'Trust policy', () => <Policy client={client} auth={auth} />] as const]
            : []),
          ['stop', 'Stop it', () => <Stop client={client} />],
        ]}
      />
    </Page>
  );
}

function exchangeText({ delegable, may_act }: Client): string {
  if (!delegable) return 'no';
  return may_act.length === 0 ? 'by any client' : `by ${may_act.join(', ')}`;
}

function ChangeSettings({ client }: { readonly client: Client }) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        Change the settings
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Settings of ${client.client_id}`}
        closeOnClickOutside={false}
        size="lg"
      >
        <Suspense fallback={<Loading />}>
          <SettingsForm client={client} done={() => setOpened(false)} />
        </Suspense>
      </Modal>
    </>
  );
}
