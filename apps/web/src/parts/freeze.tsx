import { Button, Group, Modal, Stack, Textarea } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useApi, useChange } from '../api/queries.ts';
import { Inert } from './inert.tsx';
import { TextLink } from './link.tsx';
import { Section } from './page.tsx';
import { Failure } from './states.tsx';

type OneSubject = { readonly connection: string } | { readonly client_id: string };

/** What is frozen: everything, one connection, one client or one task. */
export type FreezeSubject = { readonly all: true } | { readonly task_id: string } | OneSubject;

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

interface FreezeSectionProps {
  readonly subject: OneSubject;
  /** What stops while it is frozen, and what does not. */
  readonly about: string;
  /** Whether this person may freeze. */
  readonly may: boolean;
}

/** Whether a connection or a client is frozen, and else the button that freezes it. */
export function FreezeSection({ subject, about, may }: FreezeSectionProps) {
  const [scope, id] =
    'client_id' in subject ? (['client', subject.client_id] as const) : (['connection', subject.connection] as const);
  const freezes = useApi('freeze.list', { limit: 1000 });
  const frozen = freezes.data?.items.find((each) => each.scope === scope && each.subject === id);
  if (frozen)
    return (
      <Section title={`The ${scope} is frozen`} about={about}>
        <p>
          <Inert text={frozen.reason} />. An owner lifts it: <TextLink to="/freeze">see what is frozen</TextLink>.
        </p>
      </Section>
    );
  return (
    <Section title={`Freeze the ${scope}`} about={`${about} An owner lifts it; nothing is lost.`}>
      {may ? (
        <Freeze
          subject={subject}
          button={(open) => (
            <Group>
              <Button variant="default" onClick={open}>
                Freeze {id}
              </Button>
            </Group>
          )}
        />
      ) : (
        <p>An approver can freeze it.</p>
      )}
    </Section>
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
        description="The clients that are stopped read it, and so does everybody here."
        value={reason}
        maxLength={200}
        autosize
        data-autofocus
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Failure error={freeze.error} />
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
  if ('connection' in subject)
    return {
      title: `Freeze ${subject.connection}`,
      what: 'No request of any client goes through this connection from now on.',
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
