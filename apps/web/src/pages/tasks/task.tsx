import { Button } from '@mantine/core';
import { IconSnowflake } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import type { OutputOf } from '@writ/api';
import { useMay } from '../../api/me.ts';
import { useApi } from '../../api/queries.ts';
import { Id } from '../../parts/copy.tsx';
import { Freeze } from '../../parts/freeze.tsx';
import { Inert, Quotation } from '../../parts/inert.tsx';
import { LastCalls } from '../../parts/last-calls.tsx';
import { TextLink } from '../../parts/link.tsx';
import { OneThing } from '../../parts/one-thing.tsx';
import { Facts, Page, Section } from '../../parts/page.tsx';
import { Person } from '../../parts/person.tsx';
import { TaskLabel } from '../../parts/state-labels.tsx';
import { Time } from '../../parts/time.tsx';
import { countText } from './counts.ts';
import { EndTask } from './stop.tsx';
import classes from './tasks.module.css';
import { Tokens } from './tokens.tsx';
import { Asked, Held, Standing } from './waits.tsx';

type Task = OutputOf<'tasks.get'>;

/** One task: what it is for, what it holds and waits for, what it did last, and the ways to stop it. */
export function TaskPage() {
  const { id } = useParams({ from: '/signed-in/tasks/$id' });
  const task = useApi('tasks.get', { id });
  return (
    <OneThing thing="task" id={id} to="/tasks" query={task}>
      {(data) => <Whole key={id} task={data} />}
    </OneThing>
  );
}

function Whole({ task }: { readonly task: Task }) {
  const { id, client, client_id, purpose, status, frozen, last_calls } = task;
  const mayStop = useMay('approver');
  const isLive = status === 'live';
  return (
    <Page
      title="Task"
      heading={
        <>
          A task of <Inert text={client?.name ?? client_id} />
        </>
      }
      above={<TextLink to="/tasks">Tasks</TextLink>}
      actions={
        isLive && mayStop ? (
          <>
            {frozen === null ? (
              <Freeze
                subject={{ task_id: id }}
                button={(open) => (
                  <Button variant="default" leftSection={<IconSnowflake size={15} aria-hidden />} onClick={open}>
                    Freeze this task
                  </Button>
                )}
              />
            ) : null}
            <EndTask task={task} />
          </>
        ) : null
      }
    >
      {frozen === null ? null : <Frozen frozen={frozen} />}
      <Quotation text={purpose} who={client?.name ?? client_id} />
      <Section title="What it is">
        <Overview task={task} />
      </Section>
      <Section title="Its last calls">
        <LastCalls calls={last_calls} none="It has called nothing yet." />
      </Section>
      <Asked task={task} />
      <Held task={task} />
      <Standing task={task} />
      <Tokens id={id} />
    </Page>
  );
}

function Frozen({ frozen: { scope, reason } }: { readonly frozen: NonNullable<Task['frozen']> }) {
  const what = { all: 'Everything is', connection: 'Its connection is', client: 'Its client is', task: 'This task is' };
  return (
    <div className={classes.frozen} role="status">
      <strong>{what[scope]} frozen.</strong> <Inert text={reason} />{' '}
      <TextLink to="/freeze" underline="always">
        See the freezes
      </TextLink>
    </div>
  );
}

function Overview({ task }: { readonly task: Task }) {
  const { id, client, client_id, status, created_at, last_token_at, ends_at, ended_at, ended_by } = task;
  const { tokens, approvals, holds, allowances } = task;
  return (
    <Facts
      facts={[
        ['State', <TaskLabel key="state" status={status} />],
        ['Client', <Id key="client" id={client_id} what="the client's id" />],
        ...(client === null ? [] : ([['Kind', client.kind]] as const)),
        ['Task', <Id key="id" id={id} what="the task's id" />],
        ['Began', <Time key="began" at={created_at} />],
        ['Last token', <Time key="last" at={last_token_at} />],
        ended_at === null
          ? ['Ends by itself', <Time key="ends" at={ends_at} />]
          : ['Ended', <Time key="ended" at={ended_at} />],
        ...(ended_by === null
          ? []
          : ([['Ended by', <Person key="by" id={ended_by} what="the id of who ended it" />]] as const)),
        ['Tokens', `${countText(tokens.live)} live of ${countText(tokens.issued)}`],
        ['Approvals', `${countText(approvals.pending)} waiting of ${countText(approvals.asked)}`],
        ['Holds', `${countText(holds.waiting)} waiting of ${countText(holds.made)}`],
        ['Allowances', `${countText(allowances.open)} open`],
      ]}
    />
  );
}
