import { setTimeout as sleep } from 'node:timers/promises';

/** Repeats until it no longer throws, for at most half a minute. */
export async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 300) throw error;
      await sleep(100);
    }
  }
}
