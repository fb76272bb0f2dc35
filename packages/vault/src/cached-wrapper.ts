import { createHash } from 'node:crypto';
import { bindingBytes } from './context.ts';
import type { KeyWrapper, WrapContext } from './key-wrapper.ts';

/** The longest a data key may stay unwrapped, in milliseconds (standards 5.3). */
export const MAX_CACHE_MS = 5 * 60_000;

/** How long and how many. `now` in milliseconds. */
export interface WrapperCacheOptions {
  readonly now: () => number;
  /** At most `MAX_CACHE_MS`. */
  readonly maxAgeMs: number;
  readonly maxEntries: number;
}

/** A key wrapper that remembers what it unwrapped, for key management services that are far away or charge by the call. */
export interface CachedWrapper extends KeyWrapper {
  /** Forgets and zeroes everything. */
  clear(): void;
}

interface Entry {
  readonly dek: Uint8Array;
  readonly until: number;
}

/** Wraps a key wrapper in a bounded cache. Every caller gets a copy of its own to zero; what leaves the cache is zeroed. */
export function cachedWrapper(inner: KeyWrapper, options: WrapperCacheOptions): CachedWrapper {
  if (options.maxAgeMs > MAX_CACHE_MS) throw new RangeError('data keys are cached for at most 5 minutes');
  const entries = new Map<string, Entry>();
  const drop = (id: string): void => {
    entries.get(id)?.dek.fill(0);
    entries.delete(id);
  };
  const keep = (id: string, dek: Uint8Array): void => {
    drop(id);
    for (const [other, entry] of entries) {
      if (entry.until > options.now() && entries.size < options.maxEntries) break;
      drop(other);
    }
    entries.set(id, { dek: Uint8Array.from(dek), until: options.now() + options.maxAgeMs });
  };
  return {
    kekId: inner.kekId,
    wrap: (dek, context) => inner.wrap(dek, context),
    healthy: () => inner.healthy(),
    async unwrap(wrapped, context) {
      const id = idOf(wrapped, context);
      const found = entries.get(id);
      if (found && found.until > options.now()) return Uint8Array.from(found.dek);
      drop(id);
      const dek = await inner.unwrap(wrapped, context);
      keep(id, dek);
      return dek;
    },
    clear: () => [...entries.keys()].forEach(drop),
  };
}

/** Both the wrapped bytes and the context: a hit must prove as much as an unwrap. */
function idOf(wrapped: Uint8Array, context: WrapContext): string {
  return createHash('sha256').update(bindingBytes('writ/cache', context)).update(wrapped).digest('base64');
}
