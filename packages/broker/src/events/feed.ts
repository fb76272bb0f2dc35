/** The end of the log as one broker follows it, for all of its streams of events together; and how many streams there may be. */
import { WritError } from '@writ/core';
import { auditHead } from '@writ/store';
import type { BaseServices } from '../context.ts';
import type { EventFeed } from '../live.ts';

/** The most streams of one session or client, and of a broker. */
const EACH = 6;
const ALL = 200;

/** How often the log is looked at while a stream waits, milliseconds. What the change feed reports is looked at at once. */
const EVERY = 500;

interface Waiter {
  readonly seq: number;
  readonly resolve: (head: number) => void;
  readonly reject: (error: unknown) => void;
}

/** Follows the log; asks nothing while nobody waits. */
export function createEventFeed({
  store,
  organization_id,
}: Pick<BaseServices, 'store' | 'organization_id'>): EventFeed {
  const waiting = new Set<Waiter>();
  const places = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let isLooking = false;

  const look = async (): Promise<void> => {
    try {
      const { seq } = await auditHead(store.db, { organization_id });
      for (const waiter of waiting) if (seq > waiter.seq) waiter.resolve(seq);
    } catch (error) {
      for (const waiter of waiting) waiter.reject(error);
    }
  };
  const wake = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.size === 0 || isLooking) return;
    isLooking = true;
    void look().finally(() => {
      isLooking = false;
      if (waiting.size > 0) timer ??= setTimeout(wake, EVERY);
    });
  };
  return {
    wake,
    after: (seq, signal) =>
      new Promise<number>((done, failed) => {
        const finish = (): void => {
          waiting.delete(waiter);
          signal.removeEventListener('abort', aborted);
        };
        const aborted = (): void => waiter.resolve(seq);
        const waiter: Waiter = {
          seq,
          resolve: (head) => {
            finish();
            done(head);
          },
          reject: (error) => {
            finish();
            failed(error);
          },
        };
        waiting.add(waiter);
        signal.addEventListener('abort', aborted);
        if (signal.aborted) aborted();
        else wake();
      }),
    enter: (who) => {
      const own = places.get(who) ?? 0;
      const all = [...places.values()].reduce((sum, count) => sum + count, 0);
      if (own >= EACH || all >= ALL) {
        const whose = own >= EACH ? 'You have' : 'This broker has';
        const detail = `${whose} as many streams of events open as there may be. Close one, then repeat it.`;
        throw new WritError('rate_limited', { detail, retry_after: 10 });
      }
      places.set(who, own + 1);
      return () => {
        const left = (places.get(who) ?? 1) - 1;
        if (left > 0) places.set(who, left);
        else places.delete(who);
      };
    },
  };
}
