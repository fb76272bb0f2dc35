import type { Store } from '@writ/store';

/** The largest difference of the clocks, in milliseconds, with which anything is decided (invariant 4). */
export const MOST_SKEW = 5_000;

/** The least that the database's clock is ahead of ours (behind: negative), in milliseconds; 0 where a slow answer leaves it open. */
export async function certainSkew(store: Store): Promise<number> {
  const before = store.now();
  const skew = await store.clockSkew();
  const doubt = (store.now() - before) / 2;
  return Math.sign(skew) * Math.max(0, Math.abs(skew) - doubt);
}
