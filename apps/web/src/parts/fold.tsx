import type { ReactNode } from 'react';
import classes from './fold.module.css';

interface FoldProps {
  readonly summary: ReactNode;
  readonly children: ReactNode;
  /** True where it is unfolded from the first. */
  readonly open?: boolean;
}

/** What most do not need to see, behind a line that says what it is. */
export function Fold({ summary, children, open = false }: FoldProps) {
  return (
    <details className={classes.fold} open={open}>
      <summary>{summary}</summary>
      {children}
    </details>
  );
}

/** Short lines, side by side where there is room. */
export function Lines({ children }: { readonly children: ReactNode }) {
  return <ul className={classes.lines}>{children}</ul>;
}
