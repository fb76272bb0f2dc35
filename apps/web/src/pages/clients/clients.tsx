import { useApiList } from '../../api/queries.ts';
import { Id } from '../../parts/copy.tsx';
import { Inert } from '../../parts/inert.tsx';
import { List } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';
import { Label } from '../../parts/tags.tsx';

/** Every client. */
export function ClientsPage() {
  const list = useApiList('clients.list', {});
  return (
    <Page title="Clients" about="Agents, CI jobs and automation: whoever asks for tokens.">
      <List
        label="Clients"
        list={list}
        keyOf={({ client_id }) => client_id}
        empty={<Empty title="No clients yet">Nobody can ask for a token.</Empty>}
        columns={[
          { name: 'Name', cell: ({ name }) => <Inert text={name} /> },
          {
            name: 'Client id',
            width: 'minmax(0, 2fr)',
            cell: ({ client_id }) => <Id id={client_id} what="the client id" />,
          },
          { name: 'Kind', width: '120px', cell: ({ kind }) => <Label>{kind}</Label> },
        ]}
      />
    </Page>
  );
}
