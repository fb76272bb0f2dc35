/** The headers of a request exactly as they were sent. Every occurrence is kept, because a repeated header can be read in two ways. */
export class HeaderTable {
  /** The names in lower case, in the order they were sent. There are few, so searching them costs less than building a map. */
  readonly #names: string[] = [];
  readonly #raw: readonly string[];

  /** `raw`: Node's `rawHeaders`, alternating names and values. */
  constructor(raw: readonly string[]) {
    this.#raw = raw;
    for (let i = 0; i + 1 < raw.length; i += 2) this.#names.push((raw[i] ?? '').toLowerCase());
  }

  /** The number of header lines. */
  get lines(): number {
    return this.#names.length;
  }

  /** Returns the first value, or undefined. */
  get(name: string): string | undefined {
    const at = this.#names.indexOf(name);
    return at === -1 ? undefined : this.#raw[2 * at + 1];
  }

  /** Returns all values. */
  all(name: string): readonly string[] {
    if (!this.has(name)) return NONE;
    return this.#raw.filter((_, i) => i % 2 === 1 && this.#names[i >> 1] === name);
  }

  has(name: string): boolean {
    return this.#names.includes(name);
  }

  /** Tells whether the header stands more than once. */
  repeats(name: string): boolean {
    return this.#names.indexOf(name) !== this.#names.lastIndexOf(name);
  }
}

const NONE: readonly string[] = [];
