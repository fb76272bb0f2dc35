import { NativeSelect, SegmentedControl } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { inert } from '@writ/core';
import { useApi, useApiList } from '../../api/queries.ts';
import { Id } from '../../parts/copy.tsx';
import { Inert } from '../../parts/inert.tsx';
import { TextLink } from '../../parts/link.tsx';
import { List } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { TaskLabel } from '../../parts/state-labels.tsx';
import { Empty } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import classes from './tasks.module.css';

/** Every task: what agents say they are doing, and the handle by which each is stopped. */
export function TasksPage() {
  const { status, client } = useSearch({ from: '/signed-in/tasks' });
  const go = useNavigate();
  const clients = useApi('clients.list', { limit: 1000 });
  const list = useApiList('tasks.list', {
    ...(status !== undefined && { status }),
    ...(client !== undefined && { client_id: client }),
  });
  const show = (next: { readonly status?: string | undefined; readonly client?: string | undefined }): void => {
    const search = { status, client, ...next };
    void go({
      to: '/tasks',
      search: {
        ...((search.status === 'live' || search.status === 'ended') && { status: search.status }),
        ...(search.client && { client: search.client }),
      },
    });
  };
  return (
    <Page title="Tasks" about="What tokens were asked for, and the handle by which to stop it.">
      <div className={classes.filters}>
        <SegmentedControl
          aria-label="Which tasks"
          value={status ?? 'all'}
          onChange={(value) => show({ status: value })}
          data={[
            { value: 'all', label: 'All' },
            { value: 'live', label: 'Live' },
            { value: 'ended', label: 'Ended' },
          ]}
        />
        <NativeSelect
          aria-label="Of which client"
          value={client ?? ''}
          onChange={(event) => show({ client: event.currentTarget.value })}
          data={[
            { value: '', label: 'Every client' },
            ...(clients.data?.items ?? []).map(({ client_id, name }) => ({
              value: client_id,
              label: inert(`${name} (${client_id})`),
            })),
          ]}
        />
      </div>
      <List
        label="Tasks"
        list={list}
        keyOf={({ id }) => id}
        empty={
          <Empty title="No tasks" action={<TextLink to="/clients">See the clients</TextLink>}>
            A task begins with its first token.
          </Empty>
        }
        columns={[
          {
            name: 'Purpose',
            width: '38%',
            cell: ({ id, purpose }) => (
              <TextLink to="/tasks/$id" params={{ id }}>
                {purpose === null ? 'no purpose was given' : <Inert text={purpose} />}
              </TextLink>
            ),
          },
          { name: 'Client', cell: ({ client_id }) => <Inert text={client_id} /> },
          {
            name: 'State',
            width: '90px',
            cell: (task) => <TaskLabel status={task.status} />,
          },
          { name: 'Last token', width: '130px', cell: ({ last_token_at }) => <Time at={last_token_at} /> },
          { name: 'Task', cell: ({ id }) => <Id id={id} what="the task's id" /> },
        ]}
      />
    </Page>
  );
}
