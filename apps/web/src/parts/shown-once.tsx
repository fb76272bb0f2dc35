import { Button, Group } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
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
  /** What comes next, once it is stored. */
  readonly action?: ReactNode;
}

/** A secret that Writ does not keep in a form that can be read: seen here, and never again. */
export function ShownOnce({ what, text, children, file, action }: ShownOnceProps) {
  return (
    <section className={classes.once} aria-label={what}>
      <div>{children}</div>
      <Snippet text={text} what={what} />
      <Group gap="sm">
        {action}
        {file === undefined ? null : (
          <Button
            variant="default"
            leftSection={<IconDownload size={15} aria-hidden />}
            onClick={() => save(file, text)}
          >
            Save as {file}
          </Button>
        )}
      </Group>
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
