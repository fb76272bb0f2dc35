import { Tabs } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useApi } from '../../api/queries.ts';
import { Id } from '../../parts/copy.tsx';
import { Inert } from '../../parts/inert.tsx';
import { ButtonLink, TextLink } from '../../parts/link.tsx';
import { Facts, Page, Section } from '../../parts/page.tsx';
import { Ready } from '../../parts/states.tsx';
import { Label } from '../../parts/tags.tsx';
import { Time } from '../../parts/time.tsx';
import { useMay } from '../../shell/me.ts';
import { Stop } from './actions.tsx';
import { ClientGrants } from './grants.tsx';
import { Policy } from './policy-shown.tsx';
import { Reach } from './reach.tsx';
import { Refusals } from './refusals.tsx';
import { ClientTasks, ClientTokens } from './tasks.tsx';
import { UseIt } from './use-it.tsx';
import { type Client, PROOFS, State } from './words.tsx';

/** One client: what it is, what it may do and did, and the ways to stop it. */
export function ClientPage() {
  const { id = '' } = useParams({ strict: false });
  const client = useApi('clients.get', { id });
  return (
    <Ready key={id} query={client}>
      {(data) => <ShownClient client={data} />}
    </Ready>
  );
}

function ShownClient({ client }: { readonly client: Client }) {
  const { client_id, name, kind, auth } = client;
  const may = useMay('admin');
  const [tab, setTab] = useState<string | null>('grants');
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
      <Section title="What it is">
        <Facts
          facts={[
            ['Client id', <Id key="id" id={client_id} what="the client id" />],
            ['Kind', <Label key="kind">{kind}</Label>],
            ['State', <State key="state" client={client} />],
            ['Proves itself by', PROOFS[auth.method]],
            ['Asks with a purpose', client.require_task ? 'always' : 'if it wants to'],
            ['Its tokens can be exchanged', client.delegable ? 'yes' : 'no'],
            ['Owned by', <Owner key="owner" id={client.owner_id} />],
            ['Made', <Time key="made" at={client.created_at} />],
          ]}
        />
      </Section>
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="grants">Grants</Tabs.Tab>
          <Tabs.Tab value="reach">See as the client</Tabs.Tab>
          {may ? <Tabs.Tab value="refusals">What it tried</Tabs.Tab> : null}
          <Tabs.Tab value="tasks">Tasks and tokens</Tabs.Tab>
          <Tabs.Tab value="use">Use it</Tabs.Tab>
          {auth.method === 'federated' ? <Tabs.Tab value="policy">Trust policy</Tabs.Tab> : null}
          <Tabs.Tab value="stop">Stop it</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="grants" pt="md">
          <ClientGrants client_id={client_id} />
        </Tabs.Panel>
        <Tabs.Panel value="reach" pt="md">
          <Reach client_id={client_id} />
        </Tabs.Panel>
        {may ? (
          <Tabs.Panel value="refusals" pt="md">
            <Refusals client_id={client_id} />
          </Tabs.Panel>
        ) : null}
        <Tabs.Panel value="tasks" pt="md">
          <ClientTasks client_id={client_id} />
          <ClientTokens client_id={client_id} />
        </Tabs.Panel>
        <Tabs.Panel value="use" pt="md">
          <UseIt client={client} />
        </Tabs.Panel>
        {auth.method === 'federated' ? (
          <Tabs.Panel value="policy" pt="md">
            <Policy id={client_id} auth={auth} />
          </Tabs.Panel>
        ) : null}
        <Tabs.Panel value="stop" pt="md">
          <Stop client={client} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Owner({ id }: { readonly id: string }) {
  const users = useApi('users.list', { limit: 1000 });
  const owner = users.data?.items.find((user) => user.id === id);
  return owner ? <Inert text={owner.name} /> : <Id id={id} what="the id of its owner" />;
}
