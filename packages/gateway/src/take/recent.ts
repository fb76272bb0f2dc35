/** An entry, between the one used before it and the one used after it. */
interface Entry<V> {
  readonly key: string;
  readonly value: V;
  before: Entry<V> | undefined;
  after: Entry<V> | undefined;
}

/**
 * A map in bounded memory: the entry that was used longest ago is forgotten first. Using an entry only moves it in a linked list: deleting
 * it from a `Map` and adding it again, at every request, would make garbage of the map's own tables.
 */
export class RecentMap<V> {
  readonly #most: number;
  readonly #entries = new Map<string, Entry<V>>();
  #oldest: Entry<V> | undefined;
  #newest: Entry<V> | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  /** Returns all values, in no meaningful order. */
  values(): V[] {
    return Array.from(this.#entries.values(), ({ value }) => value);
  }

  /** Returns the value of a key, and marks the key as used now. */
  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry === this.#newest) return entry?.value;
    this.#unlink(entry);
    this.#append(entry);
    return entry.value;
  }

  /** Returns the value of a key without marking the key as used. */
  peek(key: string): V | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Adds a key that is not in the map. Returns the value that was forgotten for it. */
  add(key: string, value: V): V | undefined {
    const entry: Entry<V> = { key, value, before: undefined, after: undefined };
    this.#entries.set(key, entry);
    this.#append(entry);
    const oldest = this.#oldest;
    if (oldest === undefined || this.#entries.size <= this.#most) return undefined;
    this.#entries.delete(oldest.key);
    this.#unlink(oldest);
    return oldest.value;
  }

  /** Forgets all entries. */
  clear(): void {
    this.#entries.clear();
    this.#oldest = undefined;
    this.#newest = undefined;
  }

  #append(entry: Entry<V>): void {
    entry.before = this.#newest;
    entry.after = undefined;
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.after = entry;
    this.#newest = entry;
  }

  #unlink({ before, after }: Entry<V>): void {
    if (before === undefined) this.#oldest = after;
    else before.after = after;
    if (after === undefined) this.#newest = before;
    else after.before = before;
  }
}
