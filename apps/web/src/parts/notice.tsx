import type { ReactNode } from 'react';
import classes from './notice.module.css';

interface NoticeProps {
  /** What is bad is said at once to those who do not see it. */
  readonly tone: 'good' | 'warn' | 'bad';
  readonly title: ReactNode;
  readonly children?: ReactNode;
}

/** How something stands, in one bold sentence and what follows from it. */
export function Notice({ tone, title, children }: NoticeProps) {
  return (
    <div className={classes.notice} data-tone={tone} role={tone === 'bad' ? 'alert' : 'status'}>
      <strong>{title}</strong>
      {children}
    </div>
  );
}
