/** Keeps values by text until their estimated size exceeds a bound; then the longest unused goes first. */
export interface TextCache<Value> {
  get(key: string): Value | undefined;
  /** `size` in bytes, estimated. A value larger than the whole cache is not kept. */
  set(key: string, entry: { readonly value: Value; readonly size: number }): void;
  /** Bytes held, estimated. */
  readonly size: number;
}

/** Makes a cache of at most `bytes`. */
export function makeTextCache<Value>(bytes: number): TextCache<Value> {
  const entries = new Map<string, { readonly value: Value; readonly size: number }>();
  let held = 0;
  const drop = (key: string) => {
    held -= entries.get(key)?.size ?? 0;
    entries.delete(key);
  };
  return {
    get(key) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      // A map iterates in order of insertion: what was used last goes to the end.
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    set(key, entry) {
      drop(key);
      if (entry.size > bytes) return;
      entries.set(key, entry);
      held += entry.size;
      for (const oldest of entries.keys()) {
        if (held <= bytes) break;
        drop(oldest);
      }
    },
    get size() {
      return held;
    },
  };
}
