import type { OutputOf } from '@writ/api';
import { compactScope } from '@writ/core';
import classes from './covers.module.css';

/** How many lines of what it covers a row shows. */
const LINES = 3;

/** What a grant covers, in a row of a list: its first lines, and what narrows them. */
export function Covers({ grant }: { readonly grant: OutputOf<'grants.get'> }) {
  const lines = compactScope(grant);
  const narrowed = [
    ...(grant.arguments === undefined ? [] : ['arguments']),
    ...(grant.resources === undefined ? [] : ['resources']),
    ...(grant.limits === undefined ? [] : ['limits']),
  ];
  return (
    <span className={classes.covers}>
      {lines.slice(0, LINES).map((line) => (
        <code key={line}>{`${grant.connection}/${line}`}</code>
      ))}
      {lines.length > LINES || narrowed.length > 0 ? (
        <span className={classes.soft}>
          {[
            ...(lines.length > LINES ? [`${lines.length - LINES} more`] : []),
            ...(narrowed.length > 0 ? [`narrowed by ${narrowed.join(', ')}`] : []),
          ].join('; ')}
        </span>
      ) : null}
    </span>
  );
}
