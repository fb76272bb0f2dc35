/** What all requests together may hold. */
import { WritError } from '@writ/core';

/** A count with a ceiling. */
export class Budget {
  readonly #most: number;
  #used = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** How much is taken. */
  get used(): number {
    return this.#used;
  }

  /** Takes an amount. Throws `WritError('unavailable')` when not that much is left. */
  take(amount: number): void {
    if (this.#used + amount > this.#most) {
      throw new WritError('unavailable', { detail: 'Writ is busy.', retry_after: 1 });
    }
    this.#used += amount;
  }

  /** Gives an amount back. */
  give(amount: number): void {
    this.#used -= amount;
  }
}
