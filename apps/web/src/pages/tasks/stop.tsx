import { Button } from '@mantine/core';
import type { OutputOf } from '@writ/api';
import { useChange } from '../../api/queries.ts';
import { Confirm } from '../../parts/confirm.tsx';

/** Ends a task: its tokens stop at once, and nothing of it waits any more. */
export function EndTask({ task: { id, tokens, approvals, holds } }: { readonly task: OutputOf<'tasks.get'> }) {
  const end = useChange('tasks.end', { title: 'End the task' });
  return (
    <Confirm
      title="End the task"
      run={() => end.mutateAsync({ id })}
      button={(open) => (
        <Button variant="default" onClick={open}>
          End the task …
        </Button>
      )}
    >
      Its {counted(tokens.live, 'live token')} stop at once, {counted(approvals.pending, 'request')} for a yes end, and{' '}
      {counted(holds.waiting, 'held call')} are not sent. It cannot be begun again; the client can begin another task.
    </Confirm>
  );
}

function counted(count: number, what: string): string {
  return `${count >= 1000 ? '1000 or more' : count} ${what}${count === 1 ? '' : 's'}`;
}
