import { compactScope } from '@writ/core';
import { useApiList } from '../../api/queries.ts';
import { Inert } from '../../parts/inert.tsx';
import { List } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';

/** Every grant: who may do what, and whether it is used. */
export function GrantsPage() {
  const list = useApiList('grants.list', {});
  return (
    <Page title="Grants" about="What each client may ask for. A token never exceeds its grants as they stand.">
      <List
        label="Grants"
        list={list}
        keyOf={({ id }) => id}
        empty={<Empty title="No grants yet">A client without a grant gets no token.</Empty>}
        columns={[
          { name: 'Name', cell: ({ name, id }) => <Inert text={name ?? id} /> },
          { name: 'Client', cell: ({ client_id }) => <Inert text={client_id} /> },
          {
            name: 'Covers',
            width: '40%',
            cell: (grant) => <code>{`${grant.connection}/${compactScope(grant).slice(0, 2).join(', ')}`}</code>,
          },
          {
            name: 'Last used',
            width: '130px',
            cell: ({ last_used_at }) => (last_used_at === null ? 'never' : <Time at={last_used_at} />),
          },
        ]}
      />
    </Page>
  );
}
