import { NativeSelect } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useApiList } from '../../api/queries.ts';
import { firstLineText } from '../../parts/gist.ts';
import { Inert } from '../../parts/inert.tsx';
import { TextLink } from '../../parts/link.tsx';
import { List } from '../../parts/list.tsx';
import { ApprovalLabel, approvalState, HoldLabel } from '../../parts/state-labels.tsx';
import { Empty } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import inbox from './inbox.module.css';
import { ANSWERED, type AnsweredState } from './search.ts';

/** What was asked and has been answered, or has ended. */
export function Answered({ state }: { readonly state: AnsweredState | undefined }) {
  const list = useApiList('approvals.list', state === undefined ? {} : { state });
  const go = useNavigate();
  return (
    <>
      <NativeSelect
        aria-label="Which"
        className={inbox.filter ?? ''}
        value={state ?? ''}
        data={[
          { value: '', label: 'All that was answered or has ended' },
          ...ANSWERED.map((each) => ({ value: each, label: approvalState(each) })),
        ]}
        onChange={(event) => {
          const chosen = ANSWERED.find((each) => each === event.currentTarget.value);
          void go({ to: '/approvals', search: { show: 'answered', ...(chosen !== undefined && { state: chosen }) } });
        }}
      />
      <List
        label="Answered requests"
        list={{ ...list, items: list.items?.filter((approval) => approval.state !== 'pending') }}
        keyOf={({ id }) => id}
        empty={
          <Empty title="Nothing of that kind">
            Answered requests stay here for a week; the log keeps what matters.
          </Empty>
        }
        columns={[
          {
            name: 'Request',
            width: '44%',
            cell: (approval) => (
              <TextLink to="/approvals/$id" params={{ id: approval.id }}>
                {firstLineText(approval)}
              </TextLink>
            ),
          },
          { name: 'Client', cell: ({ client_id }) => <Inert text={client_id} /> },
          { name: 'State', cell: ({ state: each }) => <ApprovalLabel state={each} /> },
          {
            name: 'Asked',
            width: '140px',
            cell: ({ created_at }) => <Time at={created_at} />,
          },
        ]}
      />
    </>
  );
}

/** What waited for its time, and what became of it. */
export function EndedHolds() {
  const list = useApiList('holds.list', { open: 'false' });
  return (
    <List
      label="Ended holds"
      list={list}
      keyOf={({ id }) => id}
      empty={<Empty title="Nothing was held yet">What waits for its time is in the inbox until then.</Empty>}
      columns={[
        {
          name: 'Request',
          width: '44%',
          cell: (hold) => (
            <TextLink to="/holds/$id" params={{ id: hold.id }}>
              {firstLineText(hold)}
            </TextLink>
          ),
        },
        { name: 'Client', cell: ({ client_id }) => <Inert text={client_id} /> },
        { name: 'State', cell: ({ state }) => <HoldLabel state={state} /> },
        {
          name: 'Ended',
          width: '140px',
          cell: ({ ended_at }) => (ended_at === null ? 'not yet' : <Time at={ended_at} />),
        },
      ]}
    />
  );
}
