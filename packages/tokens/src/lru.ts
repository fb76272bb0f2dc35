/** A bounded map that keeps the entries that were set last. */
export class Lru<V> {
  readonly #most: number;
  readonly #entries = new Map<string, { readonly value: V; readonly weight: number }>();
  #weight = 0;

  /** `most`: the weight that all entries together may have. The weight of an entry is 1 if none is given. */
  constructor(most: number) {
    this.#most = most;
  }

  /** The number of entries. */
  get size(): number {
    return this.#entries.size;
  }

  /** Returns an entry. Only `set`, and not this, marks it as used. */
  get(key: string): V | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Keeps an entry as the one used last, and drops the entries that were used longest ago while the weight is too high. */
  set(key: string, value: V, weight = 1): void {
    this.#delete(key);
    this.#entries.set(key, { value, weight });
    this.#weight += weight;
    for (const oldest of this.#weight > this.#most ? this.#entries.keys() : []) {
      this.#delete(oldest);
      if (this.#weight <= this.#most) return;
    }
  }

  /** Drops every entry for which the test is true. */
  deleteWhere(test: (value: V) => boolean): void {
    for (const [key, { value }] of this.#entries) if (test(value)) this.#delete(key);
  }

  /** Drops all entries. */
  clear(): void {
    this.#entries.clear();
    this.#weight = 0;
  }

  #delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#weight -= entry.weight;
  }
}
