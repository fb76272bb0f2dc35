import { useApiList } from '../../api/queries.ts';
import { Inert } from '../../parts/inert.tsx';
import { List } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';

/** What waits for a person's yes or no. */
export function InboxPage() {
  const list = useApiList('approvals.list', { state: 'pending' });
  return (
    <Page title="Inbox" about="Requests that wait for a person.">
      <List
        label="Approvals"
        list={list}
        keyOf={({ id }) => id}
        empty={<Empty title="Nothing waits for you">Requests that need a person's yes come here by themselves.</Empty>}
        columns={[
          { name: 'Client', cell: ({ client_id }) => <Inert text={client_id} /> },
          { name: 'Operations', cell: ({ operations }) => operations.join(', ') },
          { name: 'Ends', width: '140px', cell: ({ expires_at }) => <Time at={expires_at} /> },
        ]}
      />
    </Page>
  );
}
