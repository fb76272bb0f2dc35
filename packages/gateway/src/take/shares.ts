/** The share of a common budget that each client, or each network of strangers, may have, so that none can take all of it. */
import { WritError } from '@writ/core';
import type { Account } from './budget.ts';

/** A count for each key, at most `most`. Keys that hold nothing are not remembered. */
export class Shares {
  readonly #most: number;
  readonly #used = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Returns how much a key holds. */
  used(key: string): number {
    return this.#used.get(key) ?? 0;
  }

  /** Takes an amount for a key. Throws `WritError('rate_limited')` if the key would then hold more than its share. */
  take(key: string, amount: number): void {
    const used = this.used(key) + amount;
    if (used > this.#most) {
      throw new WritError('rate_limited', { detail: 'Too much of this client is under way at once.', retry_after: 1 });
    }
    this.#used.set(key, used);
  }

  /** Returns the account of one key. */
  accountOf(key: string): Account {
    return { take: (amount) => this.take(key, amount), give: (amount) => this.give(key, amount) };
  }

  /** Gives an amount of a key back. */
  give(key: string, amount: number): void {
    const used = this.used(key) - amount;
    if (used > 0) this.#used.set(key, used);
    else this.#used.delete(key);
  }
}
