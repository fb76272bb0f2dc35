import { useSyncExternalStore } from 'react';

/** The addresses that one-time links lead to. */
const LINKS = ['/setup', '/accept'];

let token: string | undefined;
const listeners = new Set<() => void>();

/** Takes the token out of the address: it is in no history, no title and no bookmark from then on. */
function take(): void {
  const found = /^#token=(.+)$/.exec(location.hash)?.[1];
  if (found === undefined || !LINKS.includes(location.pathname)) return;
  token = found;
  history.replaceState(null, '', location.pathname);
  for (const listener of [...listeners]) listener();
}

// Before anything else of the page runs, and again where a second link is opened over the first.
take();
addEventListener('hashchange', take);

/** Forgets the token: it was used, or is not good. */
export function forgetLinkToken(): void {
  token = undefined;
  for (const listener of [...listeners]) listener();
}

/** The token of the link by which the page was opened. It is in memory alone. */
export function useLinkToken(): string | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => token,
  );
}
