import { Button, Modal, Stack, Textarea } from '@mantine/core';
import { IconSnowflake } from '@tabler/icons-react';
import type { OutputOf } from '@writ/api';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Failure } from '../../parts/states.tsx';

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

/** Stops a task until an owner lets it go on. */
export function FreezeTask({ id }: { readonly id: string }) {
  const [opened, setOpened] = useState(false);
  const [reason, setReason] = useState('');
  const freeze = useChange('freeze.create', { title: 'Freeze this task' });
  return (
    <>
      <Button variant="default" leftSection={<IconSnowflake size={15} aria-hidden />} onClick={() => setOpened(true)}>
        Freeze it …
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Freeze this task">
        <Stack gap="md">
          <span>
            No request of this task passes from now on, and no token is issued for it, until an owner lifts it.
          </span>
          <Textarea
            label="Reason"
            description="The agent that is stopped and the other admins read it."
            value={reason}
            maxLength={200}
            autosize
            data-autofocus
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {freeze.error ? <Failure error={freeze.error} /> : null}
          <Button
            color="destroy"
            loading={freeze.isPending}
            disabled={reason.trim() === ''}
            onClick={() => freeze.mutate({ task_id: id, reason }, { onSuccess: () => setOpened(false) })}
          >
            Freeze this task
          </Button>
        </Stack>
      </Modal>
    </>
  );
}
