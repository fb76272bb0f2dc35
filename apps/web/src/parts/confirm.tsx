import { Button, Group, Modal, Stack } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { NotProven } from '../api/proof.ts';
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

/** A button that says what it will do before it does it. */
export function Confirm({ title, children, run, button, danger = true }: ConfirmProps) {
  const [opened, setOpened] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const open = (): void => {
    setProblem(undefined);
    setOpened(true);
  };
  const go = async (): Promise<void> => {
    setBusy(true);
    try {
      await run();
      setOpened(false);
    } catch (error) {
      if (!(error instanceof NotProven)) setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      {button(open)}
      <Modal opened={opened} onClose={() => setOpened(false)} title={title} size="md">
        <Stack gap="md">
          <div>{children}</div>
          {problem === undefined ? null : <Failure error={problem} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" data-autofocus onClick={() => setOpened(false)}>
              Go back
            </Button>
            <Button loading={busy} onClick={() => void go()} {...(danger && { color: 'destroy' })}>
              {title}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
