/** A map that keeps the entries used last. */
export class Lru<V> {
  readonly #most: number;
  readonly #entries = new Map<string, { readonly value: V; readonly weight: number }>();
  #weight = 0;

  /** `most`: how much all entries may weigh; how many there may be, where none is given a weight of its own. */
  constructor(most: number) {
    this.#most = most;
  }

  /** How many entries it holds. */
  get size(): number {
    return this.#entries.size;
  }

  /** Returns an entry without marking it as used: `set` does. */
  get(key: string): V | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Keeps an entry as the one used last, and drops those not used for longest while there is too much. */
  set(key: string, value: V, weight = 1): void {
    this.#delete(key);
    this.#entries.set(key, { value, weight });
    this.#weight += weight;
    for (const oldest of this.#weight > this.#most ? this.#entries.keys() : []) {
      this.#delete(oldest);
      if (this.#weight <= this.#most) return;
    }
  }

  /** Drops every entry of which the test is true. */
  deleteWhere(test: (value: V) => boolean): void {
    for (const [key, { value }] of this.#entries) if (test(value)) this.#delete(key);
  }

  /** Drops everything. */
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
