import { useApiList } from '../../api/queries.ts';
import { Inert } from '../../parts/inert.tsx';
import { List } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';
import { Label } from '../../parts/tags.tsx';

/** Everybody who may sign in. */
export function PeoplePage() {
  const list = useApiList('users.list', {});
  return (
    <Page title="People" about="Who signs in here, and what they may do.">
      <List
        label="People"
        list={list}
        keyOf={({ id }) => id}
        empty={<Empty title="Nobody yet">The first owner is made by the link that Writ prints when it starts.</Empty>}
        columns={[
          { name: 'Name', cell: ({ name }) => <Inert text={name} /> },
          { name: 'E-mail address', cell: ({ email }) => <Inert text={email} /> },
          { name: 'Role', width: '120px', cell: ({ role }) => <Label>{role}</Label> },
        ]}
      />
    </Page>
  );
}
