/** A cache of values by text, bounded by their estimated size. Values that were not used for long are dropped first. */
export interface TextCache<Value> {
  get(key: string): Value | undefined;
  /** Keeps a value; `size` in bytes, estimated. A value larger than half the cache is not kept. */
  set(key: string, entry: { readonly value: Value; readonly size: number }): void;
  /** The size of all values in bytes, estimated. */
  readonly size: number;
}

interface Sized<Value> {
  readonly value: Value;
  readonly size: number;
}

/**
 * Makes a cache of at most `bytes`. It has two halves. A used value moves to the young half; when that is full, the old half is dropped as
 * a whole and the young one becomes the old one. So most reads write nothing, while a list in order of use would be written at every read.
 */
export function makeTextCache<Value>(bytes: number): TextCache<Value> {
  const half = bytes / 2;
  let young = new Map<string, Sized<Value>>();
  let old = new Map<string, Sized<Value>>();
  let [youngSize, oldSize] = [0, 0];
  const keep = (key: string, entry: Sized<Value>) => {
    if (entry.size > half) return;
    youngSize -= young.get(key)?.size ?? 0;
    if (youngSize + entry.size > half) {
      [old, oldSize] = [young, youngSize];
      [young, youngSize] = [new Map(), 0];
    }
    young.set(key, entry);
    youngSize += entry.size;
  };
  return {
    get(key) {
      const entry = young.get(key);
      if (entry) return entry.value;
      const aged = old.get(key);
      if (aged) keep(key, aged);
      return aged?.value;
    },
    set: keep,
    get size() {
      return youngSize + oldSize;
    },
  };
}
