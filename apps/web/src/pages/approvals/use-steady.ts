import { useEffect, useState } from 'react';
import { type Card, cardsOf, type Item } from './steady.ts';

interface Steady<T> {
  /** Undefined until they are read. */
  readonly cards: readonly Card<T>[] | undefined;
  readonly more: number;
  /** Shows all that wait as they are now. */
  readonly show: () => void;
  /** Takes whatever is read next as it is, once: it was asked for. */
  readonly follow: () => void;
}

/** Keeps a list as it was seen, for as long as `mayMove` says no. */
export function useSteady<T extends Item>(live: readonly T[] | undefined, mayMove: () => boolean): Steady<T> {
  const [seen, setSeen] = useState<readonly T[]>();
  useEffect(() => {
    if (live !== undefined) setSeen((before) => (before === undefined || mayMove() ? live : before));
  }, [live, mayMove]);
  const kept = seen ?? live;
  return {
    ...(live === undefined || kept === undefined ? { cards: undefined, more: 0 } : cardsOf(kept, live)),
    show: () => setSeen(live),
    follow: () => setSeen(undefined),
  };
}

/**
 * Whether nobody's hand is near: the page is not looked at, or a pointer is elsewhere and nothing in it has the focus. A finger may come down
 * at any moment, on whatever is there by then: where there is no pointer that can hover, nothing ever moves by itself.
 */
export function isHandAway(place: HTMLElement | null): boolean {
  if (document.hidden || place === null) return true;
  return matchMedia('(hover: hover)').matches && !place.matches(':hover, :focus-within');
}
