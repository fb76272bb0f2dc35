/** A token bucket for each key, in bounded memory: the key unused for longest is forgotten first. */
export interface RateLimit {
  /** Takes one. Returns 0 when it was there, else the whole seconds until one will be. */
  take(key: string): number;
  /** Takes what was used, known only afterwards: the bucket may fall below zero, and then takes longer to fill. */
  spend(key: string, amount: number): void;
  /** Takes nothing. Returns 0 while the bucket is not below zero, else the whole seconds until it is not. */
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
  const buckets = new Map<string, Bucket>();
  const refill = (key: string): Bucket => {
    const now = options.now();
    const bucket = buckets.get(key);
    if (bucket === undefined) return { tokens: options.burst, at: now };
    const passed = Math.max(0, now - bucket.at) / 1000;
    return { tokens: Math.min(options.burst, bucket.tokens + passed * options.per_second), at: now };
  };
  const keep = (key: string, bucket: Bucket): void => {
    buckets.delete(key);
    buckets.set(key, bucket);
    for (const oldest of buckets.keys()) {
      if (buckets.size <= options.keys) break;
      buckets.delete(oldest);
    }
  };
  return {
    behind: (key) => Math.max(0, Math.ceil(-refill(key).tokens / options.per_second)),
    spend: (key, amount) => {
      const bucket = refill(key);
      keep(key, { ...bucket, tokens: bucket.tokens - amount });
    },
    take: (key) => {
      const bucket = refill(key);
      const enough = bucket.tokens >= 1;
      if (enough) bucket.tokens -= 1;
      keep(key, bucket);
      return enough ? 0 : Math.ceil((1 - bucket.tokens) / options.per_second);
    },
  };
}
