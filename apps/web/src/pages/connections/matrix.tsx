import { EFFECTS, type Effect } from '@writ/core';
import type { ReactNode } from 'react';
import { EffectTag } from '../../parts/tags.tsx';
import classes from './connections.module.css';

interface MatrixProps<T> {
  readonly label: string;
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly environment: (row: T) => ReactNode;
  readonly cell: (row: T, effect: Effect) => ReactNode;
  /** A column behind the effects. */
  readonly last?: { readonly name: string; readonly cell: (row: T) => ReactNode } | undefined;
}

/** A table by environment and effect: without room for it each environment is a card. */
export function Matrix<T>({ label, rows, keyOf, environment, cell, last }: MatrixProps<T>) {
  return (
    <div className={classes.container}>
      <table className={classes.matrix} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">Environment</th>
            {EFFECTS.map((effect) => (
              <th key={effect} scope="col">
                <EffectTag effect={effect} />
              </th>
            ))}
            {last === undefined ? null : <th scope="col">{last.name}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              <th scope="row">{environment(row)}</th>
              {EFFECTS.map((effect) => (
                <td key={effect} data-name={effect}>
                  {cell(row, effect)}
                </td>
              ))}
              {last === undefined ? null : <td data-name={last.name.toLowerCase()}>{last.cell(row)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
