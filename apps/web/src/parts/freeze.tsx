import { Button, Modal, Stack, Textarea } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useChange } from '../api/queries.ts';
import { Failure } from './states.tsx';

/** What is frozen: everything, one client or one task. */
export type FreezeSubject = { readonly all: true } | { readonly client_id: string } | { readonly task_id: string };

interface FreezeProps {
  readonly subject: FreezeSubject;
  /** The button that opens it. */
  readonly button: (open: () => void) => ReactNode;
}

/** A button that stops something until an owner lets it go on: it says what stops, and asks for the reason. */
export function Freeze({ subject, button }: FreezeProps) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      {button(() => setOpened(true))}
      <Modal opened={opened} onClose={() => setOpened(false)} title={wordsOf(subject).title}>
        <FreezeForm subject={subject} done={() => setOpened(false)} />
      </Modal>
    </>
  );
}

function FreezeForm({ subject, done }: { readonly subject: FreezeSubject; readonly done: () => void }) {
  const [reason, setReason] = useState('');
  const { title, what } = wordsOf(subject);
  const freeze = useChange('freeze.create', { title });
  return (
    <Stack gap="md">
      <span>{what} Answers under way are cut off, and held requests wait. An owner lifts it.</span>
      <Textarea
        label="Reason"
        description="The agents that are stopped read it, and so does everybody here."
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
        onClick={() => freeze.mutate({ ...subject, reason }, { onSuccess: done })}
      >
        {title}
      </Button>
    </Stack>
  );
}

function wordsOf(subject: FreezeSubject): { readonly title: string; readonly what: string } {
  if ('client_id' in subject)
    return {
      title: `Freeze ${subject.client_id}`,
      what: 'No request of this client passes from now on, and no token is issued for it.',
    };
  if ('task_id' in subject)
    return {
      title: 'Freeze this task',
      what: 'No request of this task passes from now on, and no token is issued for it.',
    };
  return {
    title: 'Freeze everything',
    what: 'No request of any client passes from now on, on any connection, and no token is issued.',
  };
}
