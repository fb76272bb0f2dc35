import { ActionIcon, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import classes from './copy.module.css';
import { Inert, InertLines } from './inert.tsx';

/** A button that copies. `what` says what it copies, for those who do not see what it stands beside. */
export function Copy({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <CopyButton value={text} timeout={1_500}>
      {({ copied, copy }) => (
        <ActionIcon
          variant="subtle"
          size="sm"
          color={copied ? 'verdigris' : 'gray'}
          onClick={copy}
          title={copied ? 'Copied' : `Copy ${what}`}
          aria-label={copied ? 'Copied' : `Copy ${what}`}
        >
          {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
        </ActionIcon>
      )}
    </CopyButton>
  );
}

/** An id: whole, copyable, never cut off where it matters. */
export function Id({ id, what = 'id' }: { readonly id: string; readonly what?: string }) {
  return (
    <span className={classes.id}>
      <code>
        <Inert text={id} />
      </code>
      <Copy text={id} what={what} />
    </span>
  );
}

/** Text to be taken elsewhere: a command, JSON, a snippet. `what` names it. */
export function Snippet({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <div className={classes.snippet}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
      <section className={classes.scrolled} tabIndex={0} aria-label={what}>
        <pre>
          <InertLines text={text} />
        </pre>
      </section>
      <span className={classes.corner}>
        <Copy text={text} what={what} />
      </span>
    </div>
  );
}
