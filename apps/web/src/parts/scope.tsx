import { compactScope, type Detail } from '@writ/core';
import { Inert } from './inert.tsx';
import classes from './scope.module.css';
import { narrowingOf, openOf } from './scope-words.ts';

/** Details whole: every environment and operation, and all that narrows them. What somebody says yes to is never cut. */
export function Scopes({ details }: { readonly details: readonly Detail[] }) {
  return details.map((detail, index) => (
    <ul key={index} className={classes.scope}>
      {compactScope(detail).map((piece) => (
        <li key={piece}>
          <code>
            <Inert text={`${detail.connection}/${piece}`} />
          </code>
        </li>
      ))}
      {narrowingOf(detail).map((line) => (
        <li key={line}>
          <code>
            <Inert text={line} />
          </code>
        </li>
      ))}
      {openOf(detail) === undefined ? null : <li className={classes.open}>{openOf(detail)}</li>}
    </ul>
  ));
}
