/**
 * The budget of each client, over all endpoints together: requests under way, memory of their bodies, time of the one thread for judging
 * them, and questions to the provider because of them. A person who is signed in has a budget like a client.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { WritError } from '@writ/core';
import type { GatewayLimits } from '../limits.ts';
import { createRateLimit, type RateLimit } from '../take/rate-limit.ts';
import { Shares } from '../take/shares.ts';
import { Lines } from './lines.ts';
import { Turns } from './turns.ts';

/** The gateway's limits that hold for each client. */
export type ClientLimits = Pick<
  GatewayLimits,
  | 'client_concurrent'
  | 'client_waiting'
  | 'client_body_memory_bytes'
  | 'client_judging_ms'
  | 'client_judging_burst_ms'
  | 'client_reads'
  | 'client_reading_ms'
  | 'client_reading_burst_ms'
  | 'client_questions_per_second'
  | 'client_questions'
  | 'client_questions_of_call'
  | 'tasks'
>;

/** The client for which the provider is asked, and the connection: each connection has its own quota. */
export interface Asker {
  readonly client_id: string;
  readonly connection_id: string;
  /** True for a request that only reads. What it needs is remembered for minutes, so it is served even while the budget is used up. */
  readonly reads: boolean;
}

/**
 * The result of some work, and how to give back the questions it cost. They are given back for a call that is then sent, since the call
 * itself costs the provider more.
 */
export interface AskedFor<T> {
  readonly value: T;
  giveBack(): void;
}

/** Holds, for each asynchronous run of work, the function that counts a question for its client. */
const askers = new AsyncLocalStorage<() => void>();

/** Charges one question to the client for which the provider is asked. A question of the broker itself is charged to nobody. */
export function noteQuestion(): void {
  askers.getStore()?.();
}

/** The budgets of all clients. A process has one object of this class, which all endpoints use. */
export class ClientBudgets {
  /** Requests under way. */
  readonly requests: Shares;
  /** Requests that wait for a human: these hold no place. */
  readonly waiting: Shares;
  /** Bytes that bodies hold. */
  readonly bodies: Shares;
  /** Large reads: one at a time for all, since an embedded database does nothing else meanwhile; clients alternate. */
  readonly #reads: Lines;
  readonly #reading: RateLimit;
  readonly #time: RateLimit;
  readonly #turns: Turns;
  readonly #questions: RateLimit;
  readonly #questions_of_call: number;
  readonly #now: () => number;

  /** `now` in milliseconds. */
  constructor(limits: ClientLimits, now: () => number) {
    const { tasks: keys } = limits;
    this.requests = new Shares(limits.client_concurrent);
    this.waiting = new Shares(limits.client_waiting);
    this.bodies = new Shares(limits.client_body_memory_bytes);
    this.#reads = new Lines(limits.client_reads);
    const rate = (per_second: number, burst: number): RateLimit => createRateLimit({ per_second, burst, keys, now });
    this.#reading = rate(limits.client_reading_ms, limits.client_reading_burst_ms);
    this.#time = rate(limits.client_judging_ms, limits.client_judging_burst_ms);
    this.#questions = rate(limits.client_questions_per_second, limits.client_questions);
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
   * Begins to judge a request, which takes time of the one thread. Throws `WritError` (`rate_limited`) while the client's budget for that
   * is used up.
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
   * Runs work that takes milliseconds of the one thread, in the client's turn, and charges the time until the work waits for something.
   * Throws `WritError` (`rate_limited`) if the client's budget is still used up when its turn comes.
   */
  inTurn<T>(client_id: string, work: () => T | Promise<T>): Promise<T> {
    return this.#turns.run(client_id, work);
  }

  /**
   * Reads much for a client, in its turn, and charges the time from then on: not that of others' reads before it. Throws `WritError` (`rate_limited`)
   * where too much of its waits, or its time for this is used up.
   */
  async read<T>(client_id: string, work: () => Promise<T>): Promise<T> {
    return await this.#reads.run(client_id, async () => {
      const wait = this.#reading.behind(client_id);
      if (wait > 0) throw new WritError('rate_limited', { retry_after: wait });
      const began = this.#now();
      try {
        return await work();
      } finally {
        this.#reading.spend(client_id, this.#now() - began);
      }
    });
  }

  /**
   * Reads one more part of something long that was begun, in the client's turn, however much of its waits: else what was begun would break
   * off. It is not charged: whoever reads it waits between the parts.
   */
  async readOn<T>(client_id: string, work: () => Promise<T>): Promise<T> {
    return await this.#reads.goOn(client_id, work);
  }

  /** Continues to judge a request. The time is charged, but a used-up budget does not stop a request that was begun. */
  judgeOn<T>(client_id: string, work: () => T): T {
    const began = this.#now();
    try {
      return work();
    } finally {
      // A turn is charged as a whole.
      if (!this.#turns.isOf(client_id)) this.charge(client_id, this.#now() - began);
    }
  }

  /** Charges time of the one thread, in milliseconds. */
  charge(client_id: string, ms: number): void {
    this.#time.spend(client_id, ms);
  }

  /**
   * Runs work that may ask the provider, and charges each question. Throws `WritError` (`rate_limited`) while the client's calls that were
   * not sent have caused too many questions.
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
