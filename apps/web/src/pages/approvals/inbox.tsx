import { SegmentedControl } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Suspense } from 'react';
import { later } from '../../parts/later.ts';
import { Page } from '../../parts/page.tsx';
import { Loading } from '../../parts/states.tsx';
import { Notices } from '../../shell/notices.tsx';
import type { InboxView } from './search.ts';

/** Each is loaded when it is asked for. */
const Waiting = later(async () => (await import('./waiting.tsx')).Waiting);
const Answered = later(async () => (await import('./history.tsx')).Answered);
const EndedHolds = later(async () => (await import('./history.tsx')).EndedHolds);

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
      {show === 'waiting' ? <Notices /> : null}
      <Suspense fallback={<Loading lines={6} />}>
        {show === 'waiting' ? <Waiting /> : null}
        {show === 'answered' ? <Answered state={state} /> : null}
        {show === 'holds' ? <EndedHolds /> : null}
      </Suspense>
    </Page>
  );
}
