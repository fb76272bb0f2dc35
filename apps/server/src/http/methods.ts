/** The methods that each path takes, for `Allow`, which must be right also where the patterns of two routes overlap. */

interface Entry {
  readonly pattern: RegExp;
  readonly methods: readonly string[];
}

/** The methods of every path there is. */
export class MethodTable {
  readonly #entries: Entry[] = [];

  /** Adds a path with `{name}` for what may stand there. */
  add(path: string, methods: readonly string[]): void {
    const pattern = path
      .split('/')
      .map((part) => (/^\{\w+\}$/.test(part) ? '[^/]+' : part.replaceAll('.', '\\.')))
      .join('/');
    this.#entries.push({ pattern: new RegExp(`^${pattern}$`), methods });
  }

  /** The methods a path takes, as `Allow` lists them (RFC 9110 section 10.2.1); undefined for a path that is not there. */
  allow(path: string): string | undefined {
    const found = this.#entries.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods);
    if (found.length === 0) return undefined;
    const all = [...found, ...(found.includes('GET') ? ['HEAD'] : []), 'OPTIONS'];
    return [...new Set(all)].join(', ');
  }
}
