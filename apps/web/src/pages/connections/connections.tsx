import { useApiList } from '../../api/queries.ts';
import { Inert } from '../../parts/inert.tsx';
import { List } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';

/** Every connection. */
export function ConnectionsPage() {
  const list = useApiList('connections.list', {});
  return (
    <Page title="Connections" about="The providers whose root tokens Writ holds.">
      <List
        label="Connections"
        list={list}
        keyOf={({ id }) => id}
        empty={<Empty title="No connections yet">Writ holds no root token.</Empty>}
        columns={[
          { name: 'Connection', cell: ({ slug }) => slug },
          { name: 'Provider', cell: ({ provider }) => provider },
          {
            name: 'Identity',
            width: 'minmax(0, 2fr)',
            cell: ({ identity }) => <Inert text={identity ?? 'not verified'} />,
          },
        ]}
      />
    </Page>
  );
}
