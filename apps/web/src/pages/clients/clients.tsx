import { Group, SegmentedControl, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import type { ClientKind } from '@writ/core';
import { defined } from '@writ/core';
import { useState } from 'react';
import { useMay } from '../../api/me.ts';
import { useApiList } from '../../api/queries.ts';
import { Id } from '../../parts/copy.tsx';
import { Inert } from '../../parts/inert.tsx';
import { ButtonLink, TextLink } from '../../parts/link.tsx';
import { List } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { useSearch } from '../../parts/search.ts';
import { Empty } from '../../parts/states.tsx';
import { Label } from '../../parts/tags.tsx';
import { Time } from '../../parts/time.tsx';
import { PROOFS, State } from './words.tsx';

/** Every client. */
export function ClientsPage() {
  const [kind, setKind] = useState<ClientKind | 'all'>('all');
  const { q, field } = useSearch();
  const list = useApiList('clients.list', defined({ kind: kind === 'all' ? undefined : kind, q: q || undefined }));
  const may = useMay('admin');
  const isFiltered = kind !== 'all' || q !== '';
  return (
    <Page
      title="Clients"
      about="Agents, CI jobs and automation: whoever asks for tokens. A client gets nothing that a grant does not name."
      actions={may ? <ButtonLink to="/clients/new">New client</ButtonLink> : null}
    >
      <Group gap="sm">
        <TextInput
          aria-label="Find a client"
          placeholder="A part of the name or the id"
          leftSection={<IconSearch size={15} aria-hidden />}
          {...field}
        />
        <SegmentedControl
          aria-label="Kind"
          value={kind}
          onChange={(value) => setKind(value as ClientKind | 'all')}
          data={[
            { value: 'all', label: 'All' },
            { value: 'agent', label: 'Agents' },
            { value: 'ci', label: 'CI' },
            { value: 'automation', label: 'Automation' },
          ]}
        />
      </Group>
      <List
        label="Clients"
        list={list}
        keyOf={({ client_id }) => client_id}
        empty={isFiltered ? <NoneFound /> : <NoneYet may={may} />}
        columns={[
          {
            name: 'Name',
            cell: ({ client_id, name }) => (
              <TextLink to="/clients/$id" params={{ id: client_id }}>
                <Inert text={name} />
              </TextLink>
            ),
          },
          { name: 'Client id', cell: ({ client_id }) => <Id id={client_id} what="the client id" /> },
          { name: 'Kind', width: '110px', cell: ({ kind: each }) => <Label>{each}</Label> },
          { name: 'Proves itself by', width: '160px', cell: ({ auth }) => PROOFS[auth.method].name },
          { name: 'State', width: '120px', cell: (client) => <State client={client} /> },
          { name: 'Made', width: '130px', cell: ({ created_at }) => <Time at={created_at} /> },
        ]}
      />
    </Page>
  );
}

function NoneFound() {
  return <Empty title="No client is like that">Look for a part of its name or id, or for another kind.</Empty>;
}

function NoneYet({ may }: { readonly may: boolean }) {
  return (
    <Empty title="No clients yet" action={may ? <ButtonLink to="/setup">Go on with the set-up</ButtonLink> : null}>
      Nobody can ask for a token. The set-up leads from the first agent to its first call.
    </Empty>
  );
}
