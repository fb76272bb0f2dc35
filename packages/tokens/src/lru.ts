/** A map that keeps the entries used last. */
export class Lru<V> {
  readonly #most: number;
  readonly #entries = new Map<string, V>();

  constructor(most: number) {
    this.#most = most;
  }

  /** How many entries it holds. */
  get size(): number {
    return this.#entries.size;
  }

  /** Returns an entry without marking it as used: `set` does. */
  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  /** Keeps an entry as the one used last, and drops the one not used for longest when there are too many. */
  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#most) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }

  /** Drops every entry of which the test is true. */
  deleteWhere(test: (value: V) => boolean): void {
    for (const [key, value] of this.#entries) if (test(value)) this.#entries.delete(key);
  }

  /** Drops everything. */
  clear(): void {
    this.#entries.clear();
  }
}
