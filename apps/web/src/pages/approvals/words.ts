import type { OutputOf } from '@writ/api';
import { counted } from '@writ/core';
import type { Approval, Shown } from '../../parts/gist.ts';

/** A hold as the API shows it. */
export type Hold = OutputOf<'holds.get'>;
/** What would be lost, as the provider says now. */
export type Blast = NonNullable<Shown['blast_radius']>;

/** What the forms of an answer are given. `dead`: what it is about has changed, so that nothing here does anything any more. */
export interface AnswerProps {
  readonly approval: Approval;
  readonly dead: boolean;
  readonly done: (after: Approval) => void;
}

/** Whether something is destroyed, or access made: such a thing is looked at by itself. */
export function isGrave({ shown }: Pick<Approval, 'shown'>): boolean {
  return (
    shown?.operations.some(({ effect }) => effect === 'destroy' || effect === 'escalate') === true ||
    (shown?.confirm.length ?? 0) > 0
  );
}

/** The yeses that count. */
export function yesesOf({ votes }: Pick<Approval, 'votes'>): Approval['votes'] {
  return votes.filter(({ yes, counts }) => yes && counts);
}

/** `15 minutes`, `2 hours`, `1 day`: a length of time in its largest whole unit. */
export function lengthOf(seconds: number): string {
  const [unit, size] = (
    [
      ['day', 86_400],
      ['hour', 3_600],
      ['minute', 60],
    ] as const
  ).find(([, length]) => seconds % length === 0 && seconds >= length) ?? ['second', 1];
  return counted(seconds / size, unit, `${unit}s`);
}
