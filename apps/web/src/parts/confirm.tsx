import { Button, Group, Modal, Stack } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Inert } from './inert.tsx';
import { Failure } from './states.tsx';

interface ConfirmProps {
  /** What the button says, and to what: `Delete the grant "Deploys"`. */
  readonly title: string;
  /** What it will do, in words. */
  readonly children: ReactNode;
  readonly run: () => Promise<unknown>;
  /** The button that opens it. */
  readonly button: (open: () => void) => ReactNode;
  /** False for what can be taken back. */
  readonly danger?: boolean;
}

/**
 * A button that says what it will do before it does it. What was said when it was opened is what is done: the data behind it may be read
 * again meanwhile, and neither the words nor the change follow.
 */
export function Confirm({ button, danger = true, title, children, run }: ConfirmProps) {
  const [opened, setOpened] = useState(false);
  const [asked, setAsked] = useState({ title, children, run, danger });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const open = (): void => {
    setProblem(undefined);
    setAsked({ title, children, run, danger });
    setOpened(true);
  };
  const go = async (): Promise<void> => {
    setBusy(true);
    try {
      await asked.run();
      setOpened(false);
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      {button(open)}
      <Modal opened={opened} onClose={() => setOpened(false)} title={<Inert text={asked.title} />} size="md">
        <Stack gap="md">
          <div>{asked.children}</div>
          <Failure error={problem} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" data-autofocus onClick={() => setOpened(false)}>
              Go back
            </Button>
            <Button loading={busy} onClick={() => void go()} {...(asked.danger && { color: 'destroy' })}>
              <Inert text={asked.title} />
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
