/**
 * What one client may cost, at all doors together: its requests under way, what their bodies hold, the time that judging
 * them takes of the one thread, and what the provider is asked because of them. A person who is signed in has a budget like a client.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { WritError } from '@writ/core';
import type { GatewayLimits } from '../limits.ts';
import { createRateLimit, type RateLimit } from '../take/rate-limit.ts';
import { Shares } from '../take/shares.ts';
import { Turns } from './turns.ts';

/** The bounds of one client, among those of the gateway. */
export type ClientLimits = Pick<
  GatewayLimits,
  | 'client_concurrent'
  | 'client_body_memory_bytes'
  | 'client_judging_ms'
  | 'client_judging_burst_ms'
  | 'client_questions_per_second'
  | 'client_questions'
  | 'client_questions_of_call'
  | 'tasks'
>;

/** The client for which the provider is asked, and the connection: each connection has a quota of its own. */
export interface Asker {
  readonly client_id: string;
  readonly connection_id: string;
  /** True where only reads are asked for: what they need is remembered for minutes, so they are served also while the budget is used up. */
  readonly reads: boolean;
}

/**
 * What was found, and how to give back what asking for it cost: done for a call that is then sent, since that itself costs the provider
 * more.
 */
export interface AskedFor<T> {
  readonly value: T;
  giveBack(): void;
}

/** The client for which something is resolved: told of each question that is begun for it. */
const askers = new AsyncLocalStorage<() => void>();

/** Charges a question to the provider to the client it is asked for; to nobody where the broker asks by itself. */
export function noteQuestion(): void {
  askers.getStore()?.();
}

/** The budgets of all clients. One for the process: every door is given the same. */
export class ClientBudgets {
  /** Requests under way. */
  readonly requests: Shares;
  /** Bytes that bodies hold. */
  readonly bodies: Shares;
  readonly #time: RateLimit;
  readonly #turns: Turns;
  readonly #questions: RateLimit;
  readonly #questions_of_call: number;
  readonly #now: () => number;

  /** `now` in milliseconds. */
  constructor(limits: ClientLimits, now: () => number) {
    const { tasks: keys } = limits;
    this.requests = new Shares(limits.client_concurrent);
    this.bodies = new Shares(limits.client_body_memory_bytes);
    this.#time = createRateLimit({
      per_second: limits.client_judging_ms,
      burst: limits.client_judging_burst_ms,
      keys,
      now,
    });
    this.#questions = createRateLimit({
      per_second: limits.client_questions_per_second,
      burst: limits.client_questions,
      keys,
      now,
    });
    this.#questions_of_call = limits.client_questions_of_call;
    this.#now = now;
    this.#turns = new Turns({
      check: (client_id) => this.refuseBehind(client_id),
      charge: (client_id, ms) => this.charge(client_id, ms),
      now,
    });
  }

  /** Counts a request against its client until it is over. Throws `WritError` (`rate_limited`). */
  enter(client_id: string): () => void {
    this.requests.take(client_id, 1);
    return () => this.requests.give(client_id, 1);
  }

  /**
   * Begins to judge a request: work that takes time of the one thread. Throws `WritError` (`rate_limited`) while the budget for it is used
   * up.
   */
  judge<T>(client_id: string, work: () => T): T {
    this.refuseBehind(client_id);
    return this.judgeOn(client_id, work);
  }

  /** Throws `WritError` (`rate_limited`) while the client's budget of the one thread is used up. */
  refuseBehind(client_id: string): void {
    const wait = this.#time.behind(client_id);
    if (wait > 0) throw new WritError('rate_limited', { retry_after: wait });
  }

  /**
   * Does work that takes milliseconds of the one thread when the client's turn has come, and charges what it takes until it waits for
   * something. Throws `WritError` (`rate_limited`) where earlier work is not made up for then.
   */
  inTurn<T>(client_id: string, work: () => T | Promise<T>): Promise<T> {
    return this.#turns.run(client_id, work);
  }

  /** Continues to judge a request that was begun: its time is charged, and never stops it half-way. */
  judgeOn<T>(client_id: string, work: () => T): T {
    const began = this.#now();
    try {
      return work();
    } finally {
      // A turn is charged as a whole.
      if (!this.#turns.isOf(client_id)) this.charge(client_id, this.#now() - began);
    }
  }

  /** Charges time of the one thread, milliseconds. */
  charge(client_id: string, ms: number): void {
    this.#time.spend(client_id, ms);
  }

  /**
   * Does work for which the provider may be asked, and charges each question. Throws `WritError` (`rate_limited`) while the client has
   * asked too much about calls that came to nothing.
   */
  async ask<T>({ client_id, connection_id, reads }: Asker, work: () => Promise<T>): Promise<AskedFor<T>> {
    const key = `${client_id} ${connection_id}`;
    const wait = reads ? 0 : this.#questions.behind(key);
    if (wait > 0) {
      const detail = 'The provider was asked too often about calls of this client that were then not made.';
      throw new WritError('rate_limited', { detail, retry_after: wait });
    }
    let asked = 0;
    const charge = (): void => {
      if (asked === this.#questions_of_call) return;
      asked += 1;
      this.#questions.spend(key, 1);
    };
    const value = await askers.run(charge, work);
    return { value, giveBack: () => this.#questions.spend(key, -asked) };
  }
}
