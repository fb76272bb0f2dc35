/** A request's headers as they came: every occurrence counts, because two of a kind can be read in two ways. */
export class HeaderTable {
  readonly #values = new Map<string, string[]>();
  /** How many header lines there were. */
  readonly lines: number;

  /** Takes Node's `rawHeaders`: names and values in turn. */
  constructor(raw: readonly string[]) {
    this.lines = raw.length >> 1;
    for (let i = 0; i + 1 < raw.length; i += 2) {
      const name = (raw[i] ?? '').toLowerCase();
      const value = raw[i + 1] ?? '';
      const known = this.#values.get(name);
      if (known === undefined) this.#values.set(name, [value]);
      else known.push(value);
    }
  }

  /** The first value, or undefined. */
  get(name: string): string | undefined {
    return this.#values.get(name)?.[0];
  }

  /** Every value. */
  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Tells whether the header came more than once. */
  repeats(name: string): boolean {
    return (this.#values.get(name)?.length ?? 0) > 1;
  }
}
