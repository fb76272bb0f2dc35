/** Work that is done one piece after the other for each client: what comes while another piece is under way waits in line. */
import { Shares } from '../take/shares.ts';

/** A line for each key. Keys for which nothing is done or waits are not remembered. */
export class Lines {
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #length: Shares;

  /** `most`: how many pieces of work of one key are under way or wait. */
  constructor(most: number) {
    this.#length = new Shares(most);
  }

  /** Does some work when all that came before for the key is over. Throws `WritError` (`rate_limited`) where the line is too long. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    this.#length.take(key, 1);
    const before = this.#last.get(key);
    const own = before === undefined ? work() : before.then(work);
    const over = own.then(nothing, nothing);
    this.#last.set(key, over);
    try {
      return await own;
    } finally {
      this.#length.give(key, 1);
      if (this.#last.get(key) === over) this.#last.delete(key);
    }
  }
}

function nothing(): void {
  // The next one begins however this one ended.
}
