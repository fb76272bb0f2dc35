import type { Live } from '../live.ts';

type Change = Parameters<Parameters<Live['onChange']>[0]>[0];

/** What is heard of changes, on whichever broker they are made. */
export interface Heard {
  /** Resolves once something has changed since this resolved last, or since it was begun to listen; or when the signal is given. */
  next(signal: AbortSignal): Promise<void>;
  stop(): void;
}

/** Listens for changes. Whoever listens first and looks then misses none: after a gap in the feed, `concerns` is asked about undefined. */
export function hear({ onChange }: Pick<Live, 'onChange'>, concerns: (change: Change) => boolean): Heard {
  let heard = false;
  let tell: () => void = () => undefined;
  const stop = onChange((change) => {
    if (!concerns(change)) return;
    heard = true;
    tell();
  });
  const next = async (signal: AbortSignal): Promise<void> => {
    if (!heard && !signal.aborted) {
      await new Promise<void>((resolve) => {
        tell = resolve;
        signal.addEventListener('abort', tell);
      });
      signal.removeEventListener('abort', tell);
    }
    heard = false;
  };
  return { next, stop };
}
