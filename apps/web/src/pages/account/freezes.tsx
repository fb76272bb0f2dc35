import type { OutputOf } from '@writ/api';
import { useMay } from '../../api/me.ts';
import { useApiList, useChange } from '../../api/queries.ts';
import { Act } from '../../parts/act.tsx';
import { Inert } from '../../parts/inert.tsx';
import { TextLink } from '../../parts/link.tsx';
import { List } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { Person } from '../../parts/person.tsx';
import { Empty } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';

type Freeze = OutputOf<'freeze.list'>['items'][number];

/** What is stopped, by whom and why, and the way to go on. */
export function FreezesPage() {
  const list = useApiList('freeze.list', {});
  const mayLift = useMay('owner');
  return (
    <Page title="Freeze" about="What is frozen asks, and gets, nothing. An owner lifts a freeze.">
      <List
        label="Freezes"
        list={list}
        keyOf={({ id }) => id}
        empty={
          <Empty title="Nothing is frozen">
            Everything, a connection, a client or a task can be frozen at once, where it stands.
          </Empty>
        }
        columns={[
          { name: 'Frozen', width: '250px', cell: (freeze) => <Frozen freeze={freeze} /> },
          { name: 'Reason', cell: ({ reason }) => <Inert text={reason} /> },
          { name: 'By', width: '170px', cell: ({ created_by }) => <Person id={created_by} what="who froze it" /> },
          { name: 'Since', width: '140px', cell: ({ created_at }) => <Time at={created_at} /> },
          ...(mayLift ? [{ name: 'Actions', width: '160px', cell: (freeze: Freeze) => <Lift freeze={freeze} /> }] : []),
        ]}
      />
    </Page>
  );
}

/** What a freeze stops, and where that is looked at. */
function Frozen({ freeze: { scope, subject } }: { readonly freeze: Freeze }) {
  if (subject === null) return 'everything';
  if (scope === 'connection')
    return (
      <>
        connection{' '}
        <TextLink to="/connections/$slug" params={{ slug: subject }}>
          <Inert text={subject} />
        </TextLink>
      </>
    );
  const to = scope === 'client' ? '/clients/$id' : '/tasks/$id';
  return (
    <>
      {scope}{' '}
      <TextLink to={to} params={{ id: subject }}>
        <Inert text={subject} />
      </TextLink>
    </>
  );
}

function Lift({ freeze: { id, scope, subject } }: { readonly freeze: Freeze }) {
  const lift = useChange('freeze.delete', {
    title: 'Lift the freeze',
    what: `Requests of ${scope === 'all' ? 'everything' : `the ${scope} ${subject}`} pass again from then on. Held requests wait for a person to release them.`,
  });
  return (
    <Act change={lift} onClick={() => lift.mutate({ id })}>
      Lift the freeze
    </Act>
  );
}
