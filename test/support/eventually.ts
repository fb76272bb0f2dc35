import { setTimeout as sleep } from 'node:timers/promises';

/** Between two looks, in milliseconds: soon at first, since most of what is waited for is there almost at once. */
const [SOONEST, LATEST] = [10, 100];

/** Repeats until it no longer throws, for at most half a minute. */
export async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 300) throw error;
      await sleep(Math.min(SOONEST * (attempt + 1), LATEST));
    }
  }
}
