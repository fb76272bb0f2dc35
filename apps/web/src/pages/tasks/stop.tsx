import { Button } from '@mantine/core';
import type { OutputOf } from '@writ/api';
import { useChange } from '../../api/queries.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { countedText } from './counts.ts';

/** Ends a task: its tokens stop at once, and nothing of it waits any more. */
export function EndTask({ task: { id, tokens, approvals, holds } }: { readonly task: OutputOf<'tasks.get'> }) {
  const end = useChange('tasks.end', { title: 'End the task' });
  return (
    <Confirm
      title="End the task"
      run={() => end.mutateAsync({ id })}
      button={(open) => (
        <Button variant="default" onClick={open}>
          End the task
        </Button>
      )}
    >
      Its {countedText(tokens.live, 'live token stops', 'live tokens stop')} at once,{' '}
      {countedText(approvals.pending, 'request for a yes ends', 'requests for a yes end')}, and{' '}
      {countedText(holds.waiting, 'held call is', 'held calls are')} not sent. It cannot be begun again; the client can
      begin another task.
    </Confirm>
  );
}
