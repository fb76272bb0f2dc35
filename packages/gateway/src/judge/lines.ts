/** Work that is done one piece after the other. Each client has a line of its own, and their turns alternate, however long a line is. */
import { Shares } from '../take/shares.ts';

/** The lines of all clients. Those for which nothing waits are not remembered. */
export class Lines {
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #length: Shares;
  #isGoing = false;

  /** `most`: how many pieces of work of one key are under way or wait. */
  constructor(most: number) {
    this.#length = new Shares(most);
  }

  /** Does some work in the key's turn. Throws `WritError` (`rate_limited`) where its line is too long. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    this.#length.take(key, 1);
    try {
      return await this.goOn(key, work);
    } finally {
      this.#length.give(key, 1);
    }
  }

  /** Does one more piece of work that was begun: it waits for its turn, and its line is never too long for it. */
  async goOn<T>(key: string, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((begin) => {
      this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), begin]);
      this.#next();
    });
    try {
      return await work();
    } finally {
      this.#isGoing = false;
      this.#next();
    }
  }

  #next(): void {
    const [next] = this.#waiting;
    if (this.#isGoing || next === undefined) return;
    const [key, [first, ...others]] = next;
    this.#waiting.delete(key);
    // The key goes behind all the others.
    if (others.length > 0) this.#waiting.set(key, others);
    this.#isGoing = true;
    first?.();
  }
}
