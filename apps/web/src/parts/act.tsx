import { Button, type ButtonProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { Failure } from './states.tsx';

interface ActProps extends ButtonProps {
  /** What it sends, by `useChange`. */
  readonly change: { readonly isPending: boolean; readonly error: unknown };
  readonly onClick: () => void;
  /** What it does, and to what, where that does not stand on it. */
  readonly label?: string;
  readonly children: ReactNode;
}

/** A button in a row that sends a change: busy until that is answered, and what went wrong stands below it. */
export function Act({ change, label, ...button }: ActProps) {
  return (
    <>
      <Button variant="default" size="xs" loading={change.isPending} aria-label={label} {...button} />
      <Failure error={change.error} />
    </>
  );
}
