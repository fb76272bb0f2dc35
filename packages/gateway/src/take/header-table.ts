/** A request's headers as they came: every occurrence counts, because two of a kind can be read in two ways. */
export class HeaderTable {
  /** Lower case, in the order they came. There are few, so looking through them costs less than a map of them would. */
  readonly #names: string[] = [];
  readonly #raw: readonly string[];

  /** Takes Node's `rawHeaders`: names and values in turn. */
  constructor(raw: readonly string[]) {
    this.#raw = raw;
    for (let i = 0; i + 1 < raw.length; i += 2) this.#names.push((raw[i] ?? '').toLowerCase());
  }

  /** How many header lines there were. */
  get lines(): number {
    return this.#names.length;
  }

  /** The first value, or undefined. */
  get(name: string): string | undefined {
    const at = this.#names.indexOf(name);
    return at === -1 ? undefined : this.#raw[2 * at + 1];
  }

  /** Every value. */
  all(name: string): readonly string[] {
    if (!this.has(name)) return NONE;
    return this.#raw.filter((_, i) => i % 2 === 1 && this.#names[i >> 1] === name);
  }

  has(name: string): boolean {
    return this.#names.includes(name);
  }

  /** Tells whether the header came more than once. */
  repeats(name: string): boolean {
    return this.#names.indexOf(name) !== this.#names.lastIndexOf(name);
  }
}

const NONE: readonly string[] = [];
