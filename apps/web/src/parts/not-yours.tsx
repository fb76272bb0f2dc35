import type { ReactNode } from 'react';
import { Page } from './page.tsx';
import { Empty } from './states.tsx';

interface NotYoursProps {
  /** The page's own title. */
  readonly title: string;
  readonly above: ReactNode;
  /** Who may: `An admin makes grants`. */
  readonly heading: string;
  /** Where this person can go on. */
  readonly action: ReactNode;
  /** What their role may. */
  readonly children: ReactNode;
}

/** A page that is for another role: it says whose it is, and asks for nothing that would be refused. */
export function NotYours({ title, above, heading, action, children }: NotYoursProps) {
  return (
    <Page title={title} above={above}>
      <Empty title={heading} action={action}>
        {children}
      </Empty>
    </Page>
  );
}
