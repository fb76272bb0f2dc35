import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { type Asked, firstLineText } from '../../parts/gist.ts';
import { TextLink } from '../../parts/link.tsx';
import { Page } from '../../parts/page.tsx';
import classes from './approvals.module.css';
import { FirstLine, Tags } from './first-line.tsx';

const above = <TextLink to="/approvals">Inbox</TextLink>;

interface OnePageProps {
  readonly asked: Asked;
  /** What is said before anything else. */
  readonly said: ReactNode;
  /** What stands below the first line and its tags. */
  readonly first: ReactNode;
  /** Where a person acts. */
  readonly answer: ReactNode;
  /** The rest: what it does, and what is known of it. */
  readonly children: ReactNode;
}

/** The page of one approval or hold: what it is on the left, what a person does about it on the right or under the thumb. */
export function OnePage({ asked, said, first, answer, children }: OnePageProps) {
  return (
    <Page title={firstLineText(asked)} heading={<FirstLine {...asked} />} above={above}>
      {said}
      <div className={classes.columns}>
        <div className={classes.first}>
          <Tags {...asked} />
          {first}
        </div>
        <aside className={classes.aside}>{answer}</aside>
        <div className={classes.rest}>{children}</div>
      </div>
    </Page>
  );
}

interface StaleProps {
  /** What has become of it. */
  readonly children: ReactNode;
  /** Looks at it as it is now; undefined where that is not known yet. */
  readonly look: (() => void) | undefined;
}

/** What changes while it is looked at goes stale: its buttons are dead, and never become others. */
export function Stale({ children, look }: StaleProps) {
  return (
    <div className={classes.stale} role="alert">
      <span>
        <strong>This is not as you see it any more.</strong> {children} Its buttons do nothing.
      </span>
      {look === undefined ? null : (
        <Button variant="default" size="xs" onClick={look}>
          Show it as it is now
        </Button>
      )}
    </div>
  );
}
