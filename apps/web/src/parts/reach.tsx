import type { ReactNode } from 'react';
import { Inert } from './inert.tsx';
import classes from './reach.module.css';

/** How many lines of a reach are shown unfolded. */
const FEW = 12;

/** The places that a root credential reaches, in the provider's words. */
export function Reach({ reach }: { readonly reach: readonly string[] }) {
  const lines = (some: readonly string[]): ReactNode => (
    <ul className={classes.lines}>
      {some.map((line) => (
        <li key={line}>
          <Inert text={line} />
        </li>
      ))}
    </ul>
  );
  if (reach.length === 0) return 'nothing that the provider names';
  if (reach.length <= FEW) return lines(reach);
  return (
    <div>
      {lines(reach.slice(0, FEW))}
      <details className={classes.fold}>
        <summary>{reach.length - FEW} more</summary>
        {lines(reach.slice(FEW))}
      </details>
    </div>
  );
}
