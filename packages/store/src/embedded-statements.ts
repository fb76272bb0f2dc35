import { type messages, type PGlite, parse, protocol, type QueryOptions, type Results } from '@electric-sql/pglite';
import type { Result, Statement } from './database.ts';

/** A statement that the database has parsed. */
interface Prepared {
  readonly name: string;
  /** The types of its parameters. */
  readonly types: readonly number[];
  /** What its rows are; none: it has none. */
  readonly columns: readonly messages.BackendMessage[];
}

/** How many statements stay prepared. Each takes some ten KiB of the database's memory. */
const KEPT = 500;

const { serialize } = protocol;

/**
 * Statements of an embedded database, each prepared once: PGlite's own `query` parses anew every time, asks the database six times for
 * each, and copies its table of hundreds of types. Its methods are for within a transaction, or for who alone has the database.
 */
export class EmbeddedStatements {
  readonly #pg: PGlite;
  /** By text, that used last at the end. */
  readonly #prepared = new Map<string, Prepared>();
  /** Names of statements that are not used any more. */
  readonly #over: string[] = [];
  #made = 0;

  constructor(pg: PGlite) {
    this.#pg = pg;
  }

  /** Runs them in order, in one round trip. Throws the database's error of the first that fails; later ones do not run then. */
  async run(statements: readonly Statement[]): Promise<readonly Result[]> {
    if (statements.length === 0) return [];
    const prepared: Prepared[] = [];
    const parts: Uint8Array[] = [];
    for (const { text, params = [] } of statements) {
      const statement = await this.#prepare(text);
      const values = params.map((value) => (value === null ? null : String(value)));
      prepared.push(statement);
      parts.push(...execution(statement, values));
    }
    const found = await this.#exchange(parts).catch((error: unknown) => {
      for (const { text } of statements) this.#forget(text);
      throw error;
    });
    return resultsOf(prepared, found, this.#pg.parsers);
  }

  /** As PGlite's `query` does: parameters and columns by their types. */
  async query<T>(text: string, params: readonly unknown[] = [], options: QueryOptions = {}): Promise<Results<T>> {
    const prepared = await this.#prepare(text);
    const { serializers } = this.#pg;
    const values = params.map((value, at) => {
      if (value === null || value === undefined) return null;
      return serializers[prepared.types[at] ?? 0]?.(value) ?? String(value);
    });
    const found = await this.#exchange(execution(prepared, values)).catch((error: unknown) => {
      this.#forget(text);
      throw error;
    });
    const parsers = Object.assign(Object.create(this.#pg.parsers), options.parsers);
    const { rowMode = 'object' } = options;
    const [result] = parse.parseResults([...prepared.columns, ...found], parsers, { rowMode });
    return result as Results<T>;
  }

  async #prepare(text: string): Promise<Prepared> {
    const known = this.#prepared.get(text);
    if (known !== undefined) {
      this.#prepared.delete(text);
      this.#prepared.set(text, known);
      return known;
    }
    // A name is never used again after a failure: it is not known how far the database had come.
    this.#made += 1;
    const name = `writ_${this.#made}`;
    const [oldest] = this.#prepared.size < KEPT ? [] : this.#prepared.keys();
    if (oldest !== undefined) this.#forget(oldest);
    const closes = this.#over.splice(0).map((over) => serialize.close({ type: 'S', name: over }));
    const found = await this.#exchange([
      ...closes,
      serialize.parse({ name, text }),
      serialize.describe({ type: 'S', name }),
    ]);
    const prepared = {
      name,
      types: parse.parseDescribeStatementResults(found),
      columns: found.filter((message) => message.name === 'rowDescription'),
    };
    this.#prepared.set(text, prepared);
    return prepared;
  }

  /** What failed is prepared anew: a table may have changed under it. */
  #forget(text: string): void {
    const prepared = this.#prepared.get(text);
    if (prepared === undefined) return;
    this.#prepared.delete(text);
    this.#over.push(prepared.name);
  }

  #exchange(parts: readonly Uint8Array[]): Promise<messages.BackendMessage[]> {
    return this.#pg.execProtocolStream(Buffer.concat([...parts, serialize.sync()]), { syncToFs: false });
  }
}

function execution({ name }: Prepared, values: (string | null)[]): Uint8Array[] {
  return [serialize.bind({ statement: name, values }), serialize.execute({})];
}

function resultsOf(
  prepared: readonly Prepared[],
  found: messages.BackendMessage[],
  parsers: PGlite['parsers'],
): readonly Result[] {
  let from = 0;
  return prepared.map(({ columns }) => {
    const end = found.findIndex(({ name }, at) => at >= from && name === 'commandComplete');
    const [answer] = parse.parseResults([...columns, ...found.slice(from, end + 1)], parsers);
    from = end + 1;
    return { rows: (answer?.rows ?? []) as Result['rows'], count: answer?.rowCount ?? 0 };
  });
}
