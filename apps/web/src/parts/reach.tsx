import type { ReactNode } from 'react';
import { Fold, Lines } from './fold.tsx';
import { Inert } from './inert.tsx';

/** How many lines of a reach are shown unfolded. */
const FEW = 12;

/** The places that a root credential reaches, in the provider's words. */
export function Reach({ reach }: { readonly reach: readonly string[] }) {
  const lines = (some: readonly string[]): ReactNode => (
    <Lines>
      {some.map((line) => (
        <li key={line}>
          <Inert text={line} />
        </li>
      ))}
    </Lines>
  );
  if (reach.length === 0) return 'nothing that the provider names';
  if (reach.length <= FEW) return lines(reach);
  return (
    <div>
      {lines(reach.slice(0, FEW))}
      <Fold summary={`${reach.length - FEW} more`}>{lines(reach.slice(FEW))}</Fold>
    </div>
  );
}
