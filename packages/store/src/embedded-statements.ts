import { type messages, type PGlite, parse, protocol } from '@electric-sql/pglite';
import type { Result, Statement } from './database.ts';

/**
 * Runs several statements at once on an embedded database, each prepared once: PGlite's own `query` parses anew every time, and asks
 * the database six times for each.
 */
export class EmbeddedStatements {
  readonly #pg: PGlite;
  readonly #names = new Map<string, string>();
  #made = 0;

  constructor(pg: PGlite) {
    this.#pg = pg;
  }

  /** Runs them in order, within the transaction that is open. Throws the database's error of the first that fails; later ones do not run then. */
  async run(statements: readonly Statement[]): Promise<readonly Result[]> {
    if (statements.length === 0) return [];
    const { serialize } = protocol;
    const isNew = new Map<string, string>();
    const parts: Uint8Array[] = [];
    for (const { text, params = [] } of statements) {
      let name = this.#names.get(text) ?? isNew.get(text);
      if (name === undefined) {
        // Never used again after a failure: it is not known how far the database had come.
        this.#made += 1;
        name = `writ_${this.#made}`;
        isNew.set(text, name);
        parts.push(serialize.parse({ name, text }));
      }
      const values = params.map((value) => (value === null ? null : String(value)));
      parts.push(serialize.bind({ statement: name, values }), serialize.describe({ type: 'P' }), serialize.execute({}));
    }
    const found = await this.#pg.execProtocolStream(Buffer.concat([...parts, serialize.sync()]), { syncToFs: false });
    for (const [text, name] of isNew) this.#names.set(text, name);
    return this.#resultsOf(statements, found);
  }

  #resultsOf(statements: readonly Statement[], found: messages.BackendMessage[]): readonly Result[] {
    let from = 0;
    return statements.map(() => {
      const end = found.findIndex(({ name }, at) => at >= from && name === 'commandComplete');
      const [answer] = parse.parseResults(found.slice(from, end + 1), this.#pg.parsers);
      from = end + 1;
      return { rows: (answer?.rows ?? []) as Result['rows'], count: answer?.rowCount ?? 0 };
    });
  }
}
