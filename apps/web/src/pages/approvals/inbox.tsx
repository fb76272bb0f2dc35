import { SegmentedControl } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Page } from '../../parts/page.tsx';
import { Answered, EndedHolds } from './history.tsx';
import type { InboxView } from './search.ts';
import { Waiting } from './waiting.tsx';

/** What waits for a person's yes or no, what waits for its time, and what was. */
export function InboxPage() {
  const { show = 'waiting', state } = useSearch({ from: '/signed-in/approvals' });
  const go = useNavigate();
  return (
    <Page
      title="Inbox"
      actions={
        <SegmentedControl
          aria-label="What to show"
          value={show}
          onChange={(value) => void go({ to: '/approvals', search: { show: value as InboxView } })}
          data={[
            { value: 'waiting', label: 'Waiting' },
            { value: 'answered', label: 'Answered' },
            { value: 'holds', label: 'Held before' },
          ]}
        />
      }
    >
      {show === 'waiting' ? <Waiting /> : null}
      {show === 'answered' ? <Answered state={state} /> : null}
      {show === 'holds' ? <EndedHolds /> : null}
    </Page>
  );
}
