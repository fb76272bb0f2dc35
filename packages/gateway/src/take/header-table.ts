/** A request's headers as they came: every occurrence counts, because two of a kind can be read in two ways. */
export class HeaderTable {
  readonly #first = new Map<string, string>();
  /** Every value of those that came more than once; undefined where none did. */
  #repeated: Map<string, string[]> | undefined;
  /** How many header lines there were. */
  readonly lines: number;

  /** Takes Node's `rawHeaders`: names and values in turn. */
  constructor(raw: readonly string[]) {
    this.lines = raw.length >> 1;
    for (let i = 0; i + 1 < raw.length; i += 2) {
      const name = (raw[i] ?? '').toLowerCase();
      const value = raw[i + 1] ?? '';
      const first = this.#first.get(name);
      if (first === undefined) this.#first.set(name, value);
      else this.#repeat(name, [first, value]);
    }
  }

  /** The first value, or undefined. */
  get(name: string): string | undefined {
    return this.#first.get(name);
  }

  /** Every value. */
  all(name: string): readonly string[] {
    const first = this.#first.get(name);
    return this.#repeated?.get(name) ?? (first === undefined ? [] : [first]);
  }

  has(name: string): boolean {
    return this.#first.has(name);
  }

  /** Tells whether the header came more than once. */
  repeats(name: string): boolean {
    return this.#repeated?.has(name) ?? false;
  }

  #repeat(name: string, [first, value]: readonly [string, string]): void {
    this.#repeated ??= new Map();
    const known = this.#repeated.get(name);
    if (known === undefined) this.#repeated.set(name, [first, value]);
    else known.push(value);
  }
}
