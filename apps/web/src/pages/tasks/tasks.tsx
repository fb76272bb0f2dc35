import { useApiList } from '../../api/queries.ts';
import { Id } from '../../parts/copy.tsx';
import { Inert } from '../../parts/inert.tsx';
import { List } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';

/** Every task. */
export function TasksPage() {
  const list = useApiList('tasks.list', {});
  return (
    <Page title="Tasks" about="What tokens were asked for, and the handle by which to stop it.">
      <List
        label="Tasks"
        list={list}
        keyOf={({ id }) => id}
        empty={<Empty title="No tasks yet">A task begins with its first token.</Empty>}
        columns={[
          {
            name: 'Purpose',
            width: '40%',
            cell: ({ purpose }) => <Inert text={purpose ?? 'no purpose was given'} />,
          },
          { name: 'Client', cell: ({ client_id }) => <Inert text={client_id} /> },
          { name: 'Task', cell: ({ id }) => <Id id={id} what="the task's id" /> },
        ]}
      />
    </Page>
  );
}
