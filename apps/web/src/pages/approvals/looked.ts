import { useState } from 'react';

/** What somebody looks at, apart from what it has become meanwhile. */
export interface Looked<T> {
  /** As it was when they began to look; undefined before it was read. */
  readonly view: T | undefined;
  /** What it has become, where that is something else for who decides. */
  readonly since: T | undefined;
  /** Looks at it as it is now. */
  readonly look: () => void;
  /** Looks at what one has made of it oneself. */
  readonly show: (view: T) => void;
}

/**
 * Keeps what is looked at as it is: buttons that change under a finger would do what nobody meant. `keyOf`: what makes it another thing for
 * who decides. `follows`: whether what it has become may be shown at once, since nothing can be done to it any more.
 */
export function useLooked<T>(
  live: T | undefined,
  keyOf: (view: T) => string,
  follows: (before: T, now: T) => boolean,
): Looked<T> {
  const [kept, setKept] = useState<T>();
  const hasChanged = kept !== undefined && live !== undefined && keyOf(kept) !== keyOf(live);
  const isShown = live !== undefined && (kept === undefined || (hasChanged && follows(kept, live)));
  if (isShown) setKept(live);
  return {
    view: isShown ? live : kept,
    since: hasChanged && !isShown ? live : undefined,
    look: () => setKept(live),
    show: setKept,
  };
}
