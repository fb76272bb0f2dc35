/** An entry, between the one used before it and the one used after it. */
interface Entry<V> {
  readonly key: string;
  readonly value: V;
  before: Entry<V> | undefined;
  after: Entry<V> | undefined;
}

/**
 * A map in bounded memory: what was unused for longest is forgotten first. Using an entry only links it anew, since to delete it from a
 * `Map` and add it again, at every request, makes garbage of the map itself.
 */
export class RecentMap<V> {
  readonly #most: number;
  readonly #entries = new Map<string, Entry<V>>();
  #oldest: Entry<V> | undefined;
  #newest: Entry<V> | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  /** Every value, in no order that means anything. */
  values(): V[] {
    return Array.from(this.#entries.values(), ({ value }) => value);
  }

  /** The value of a key, which counts as used now. */
  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry === this.#newest) return entry?.value;
    this.#unlink(entry);
    this.#append(entry);
    return entry.value;
  }

  /** The value of a key, which does not count as used by that. */
  peek(key: string): V | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Adds a key that is not there. Returns what was forgotten for it. */
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

  /** Forgets all. */
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
