/** Budgets for what requests hold together: bytes, or places. */
import { WritError } from '@writ/core';

/** An account that can be charged for what a request holds. */
export interface Account {
  /** Takes an amount, or throws a `WritError` if less is left. */
  take(amount: number): void;
  /** Gives an amount back. */
  give(amount: number): void;
}

/** A count with a ceiling. */
export class Budget implements Account {
  readonly #most: number;
  #used = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** How much is taken. */
  get used(): number {
    return this.#used;
  }

  /** Takes an amount. Throws `WritError('unavailable')` if less is left. */
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

/** Joins two accounts into one: if one of them has not enough, nothing is taken from either. */
export function bothOf(first: Account, second: Account): Account {
  return {
    take: (amount) => {
      first.take(amount);
      try {
        second.take(amount);
      } catch (error) {
        first.give(amount);
        throw error;
      }
    },
    give: (amount) => {
      first.give(amount);
      second.give(amount);
    },
  };
}
