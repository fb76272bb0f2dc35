import { ActionIcon, Button, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { inert } from '@writ/core';
import type { ReactNode } from 'react';
import classes from './copy.module.css';
import { Inert, InertLines } from './inert.tsx';

interface CopyProps {
  readonly text: string;
  /** What it copies, for those who do not see what it stands beside. */
  readonly what: string;
  /** Called once it was copied. */
  readonly copied?: (() => void) | undefined;
}

/** A button that copies. */
export function Copy({ text, what, copied: done }: CopyProps) {
  return (
    <CopyButton value={text} timeout={1_500}>
      {({ copied, copy }) => (
        <ActionIcon
          variant="subtle"
          size="sm"
          color={copied ? 'verdigris' : 'quiet'}
          onClick={() => {
            copy();
            done?.();
          }}
          title={copied ? 'Copied' : `Copy ${inert(what)}`}
          aria-label={copied ? 'Copied' : `Copy ${inert(what)}`}
        >
          <Sign copied={copied} />
        </ActionIcon>
      )}
    </CopyButton>
  );
}

/** A button with words that copies: `children` says what. */
export function CopyButtonFor({ text, children }: { readonly text: string; readonly children: ReactNode }) {
  return (
    <CopyButton value={text} timeout={1_500}>
      {({ copied, copy }) => (
        <Button variant="default" size="xs" onClick={copy} leftSection={<Sign copied={copied} />}>
          {copied ? 'Copied' : children}
        </Button>
      )}
    </CopyButton>
  );
}

function Sign({ copied }: { readonly copied: boolean }) {
  return copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />;
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

interface SnippetProps extends CopyProps {
  /** True for sentences, whose lines may be broken where it is narrow. */
  readonly isProse?: boolean | undefined;
}

/** Text to be taken elsewhere: a command, JSON, a snippet. `what` names it. */
export function Snippet({ text, what, copied, isProse = false }: SnippetProps) {
  return (
    <div className={classes.snippet}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
      <section className={classes.scrolled} tabIndex={0} aria-label={inert(what)}>
        <pre data-prose={isProse || undefined}>
          <InertLines text={text} />
        </pre>
      </section>
      <span className={classes.corner}>
        <Copy text={text} what={what} copied={copied} />
      </span>
    </div>
  );
}
