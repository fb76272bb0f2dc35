import { Button, Group, Modal, Stack } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useBlocker } from '@tanstack/react-router';
import { inert } from '@writ/core';
import { type ReactNode, useState } from 'react';
import { Snippet } from './copy.tsx';
import classes from './shown-once.module.css';

interface ShownOnceProps {
  /** What it is: `The secret of deploy-bot`. */
  readonly what: string;
  readonly text: string;
  /** Where it belongs, and that it is not shown again. */
  readonly children: ReactNode;
  /** The name of the file that it is saved as; without one, it can only be copied. */
  readonly file?: string;
  /** What comes next, once it is stored: a button's name and what it does. */
  readonly next?: readonly [name: string, go: () => void];
  /** What else leads on. */
  readonly action?: ReactNode;
  /** True where the person has it already: nothing is lost by leaving. */
  readonly isKept?: boolean;
}

/**
 * A secret that Writ does not keep in a form that can be read: seen here, and never again. Until it was copied or saved, whatever would
 * take it away (the next step, a link, closing the page) asks first.
 */
export function ShownOnce({ what, text, children, file, next, action, isKept = false }: ShownOnceProps) {
  const [taken, setTaken] = useState(isKept);
  const [asked, setAsked] = useState(false);
  const leaving = useBlocker({
    shouldBlockFn: () => !taken,
    enableBeforeUnload: () => !taken,
    withResolver: true,
  });
  const isLeaving = leaving.status === 'blocked';
  const stay = (): void => {
    setAsked(false);
    if (isLeaving) leaving.reset();
  };
  const go = (): void => {
    setAsked(false);
    if (isLeaving) leaving.proceed();
    else next?.[1]();
  };
  return (
    <section className={classes.once} aria-label={inert(what)} onCopy={() => setTaken(true)}>
      <div>{children}</div>
      <Snippet text={text} what={what} copied={() => setTaken(true)} />
      <Group gap="sm">
        {next === undefined ? null : <Button onClick={() => (taken ? next[1]() : setAsked(true))}>{next[0]}</Button>}
        {action}
        {file === undefined ? null : (
          <Button
            variant="default"
            leftSection={<IconDownload size={15} aria-hidden />}
            onClick={() => {
              save(file, text);
              setTaken(true);
            }}
          >
            Save as {file}
          </Button>
        )}
      </Group>
      <Modal opened={asked || isLeaving} onClose={stay} title={`${what} was not copied or saved here`}>
        <Stack gap="md">
          <span>It is shown this once, and is gone when you go on. Is it stored somewhere?</span>
          <Group justify="flex-end" gap="sm">
            <Button variant="default" data-autofocus onClick={stay}>
              Go back to it
            </Button>
            <Button color="destroy" onClick={go}>
              Go on without it
            </Button>
          </Group>
        </Stack>
      </Modal>
    </section>
  );
}

/** Gives the browser a file to save; it is made in the page, and sent nowhere. */
function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
