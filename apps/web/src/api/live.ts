import { type Query, type QueryClient, type QueryKey, useQueryClient } from '@tanstack/react-query';
import { followEvents } from '@writ/api';
import { useEffect } from 'react';
import { call, signIn } from './client.ts';
import { createRounds, EVERYTHING, staleAfter } from './stale.ts';

/** Reads again what events have made stale, as long as the component is there. */
export function useLiveQueries(): void {
  const client = useQueryClient();
  useEffect(() => {
    const ended = new AbortController();
    void follow(client, ended.signal);
    return () => ended.abort();
  }, [client]);
}

async function follow(client: QueryClient, signal: AbortSignal): Promise<void> {
  const wait = (ms: number): Promise<void> => pause(ms, signal);
  const makeStale = createRounds((stale) => readAgain(client, stale), wait);
  const open = async (after: number | undefined) => {
    const events = await call('events.stream', after === undefined ? {} : { after }, { signal });
    // What happened after the page had read, and before the stream was there, is in no event.
    makeStale([EVERYTHING]);
    return events;
  };
  while (!signal.aborted) {
    try {
      for await (const { kind } of followEvents({ open, wait, signal })) makeStale(staleAfter(kind));
    } catch {
      // The session ended, or the page goes away: the next sign-in begins again.
      await signIn.passed();
      await wait(1_000);
    }
  }
}

/** Waits, in milliseconds; not any longer once the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

/**
 * Reads the queries of these nouns again, and returns the nouns to read once more: a read that was under way already may be older than the
 * event. It is not cancelled: under a steady flow of events it would never end.
 */
async function readAgain(client: QueryClient, stale: ReadonlySet<string>): Promise<readonly string[]> {
  const predicate = ({ queryKey }: Query): boolean => stale.has(EVERYTHING) || stale.has(nounOf(queryKey));
  const underWay = client.getQueryCache().findAll({ type: 'active', fetchStatus: 'fetching', predicate });
  await client.invalidateQueries({ predicate }, { cancelRefetch: false });
  return underWay.map(({ queryKey }) => nounOf(queryKey));
}

function nounOf([id]: QueryKey): string {
  return String(id).split('.')[0] ?? '';
}
