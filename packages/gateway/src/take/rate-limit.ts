import { RecentMap } from './recent.ts';

/** A token bucket for each key, in bounded memory: the key that was used longest ago is forgotten first. */
export interface RateLimit {
  /** Takes one. Returns 0 if there was one, else the whole seconds until there will be one. */
  take(key: string): number;
  /** Takes an amount that is known only after its use: the bucket may fall below zero, and then takes longer to fill. */
  spend(key: string, amount: number): void;
  /** Takes nothing. Returns 0 if the bucket is at zero or above, else the whole seconds until it is. */
  behind(key: string): number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Makes buckets of `burst` that fill by `per_second`, for at most `keys` keys. `now` in milliseconds. */
export function createRateLimit(options: {
  readonly per_second: number;
  readonly burst: number;
  readonly keys: number;
  readonly now: () => number;
}): RateLimit {
  const { per_second, burst, now } = options;
  const buckets = new RecentMap<Bucket>(options.keys);
  const refill = (bucket: Bucket): Bucket => {
    const at = now();
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, at - bucket.at) / 1000) * per_second);
    bucket.at = at;
    return bucket;
  };
  const bucketOf = (key: string): Bucket => {
    const known = buckets.get(key);
    if (known !== undefined) return refill(known);
    const full = { tokens: burst, at: now() };
    buckets.add(key, full);
    return full;
  };
  return {
    behind: (key) => {
      const known = buckets.peek(key);
      return known === undefined ? 0 : Math.max(0, Math.ceil(-refill(known).tokens / per_second));
    },
    spend: (key, amount) => {
      bucketOf(key).tokens -= amount;
    },
    take: (key) => {
      const bucket = bucketOf(key);
      if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / per_second);
      bucket.tokens -= 1;
      return 0;
    },
  };
}
