/** The limits of strangers, that is, senders that have not authenticated: requests and memory for each network. */
import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { WritError } from '@writ/core';
import type { IngressLimits } from '../limits.ts';
import type { Body } from './body.ts';
import { type Account, Budget } from './budget.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import { Shares } from './shares.ts';

/** The rate of strangers' requests, by network, in bounded memory. */
export class StrangerRate {
  readonly #rate: RateLimit;

  constructor(options: {
    readonly limits: Pick<IngressLimits, 'stranger_per_second' | 'stranger_burst' | 'remembered'>;
    readonly now: () => number;
  }) {
    const { stranger_per_second, stranger_burst, remembered } = options.limits;
    this.#rate = createRateLimit({
      per_second: stranger_per_second,
      burst: stranger_burst,
      keys: remembered,
      now: options.now,
    });
  }

  /** Takes one. Returns 0 if there was one, else the whole seconds until there will be one. */
  take(network: string): number {
    return this.#rate.take(network);
  }

  /** Takes a number of requests that is known only afterwards. */
  spend(network: string, amount: number): void {
    this.#rate.spend(network, amount);
  }

  /** Gives one back, because the sender was no stranger. */
  giveBack(network: string): void {
    this.#rate.spend(network, -1);
  }
}

/**
 * The credentials that were good recently, and those that were refused, by their SHA-256, in bounded memory. This decides only whose
 * requests do not count as a stranger's.
 */
export class FamiliarCredentials {
  readonly #headers: readonly string[];
  readonly #most: number;
  readonly #good = new Set<string>();
  readonly #refused = new Set<string>();

  /** `headers`: the headers that carry credentials. */
  constructor(options: { readonly headers: readonly string[]; readonly most: number }) {
    this.#headers = options.headers;
    this.#most = options.most;
  }

  has(request: IncomingMessage): boolean {
    return this.#good.has(this.#idOf(request));
  }

  /** True for a request whose credential was refused, or that has none. */
  isRefused(request: IncomingMessage): boolean {
    const id = this.#idOf(request);
    return id === '' || this.#refused.has(id);
  }

  add(request: IncomingMessage): void {
    this.#move(request, { from: this.#refused, to: this.#good });
  }

  refuse(request: IncomingMessage): void {
    this.#move(request, { from: this.#good, to: this.#refused });
  }

  #move(request: IncomingMessage, { from, to }: { readonly from: Set<string>; readonly to: Set<string> }): void {
    const id = this.#idOf(request);
    if (id === '') return;
    from.delete(id);
    to.delete(id);
    to.add(id);
    for (const oldest of to) {
      if (to.size <= this.#most) break;
      to.delete(oldest);
    }
  }

  /** Returns the id of the request's credential; empty if it has none. */
  #idOf({ headers }: IncomingMessage): string {
    const shown = this.#headers.map((name) => headers[name] ?? '').join('\n');
    return shown.trim() === '' ? '' : hash('sha256', shown, 'base64');
  }
}

/** A body that is arriving, and the network of the stranger that sends it. */
interface ComingBody {
  readonly body: Body;
  readonly network: string;
}

/**
 * The bodies of strangers. All of them share one budget, and those of one network a smaller one. If there is no memory for a new body, the
 * oldest body that is still arriving is given up, so that slow clients do not keep out fast ones.
 */
export class StrangerBodies {
  readonly #limits: IngressLimits;
  readonly #all: Budget;
  readonly #networks = new Map<string, Budget>();
  readonly #coming = new Set<ComingBody>();
  /** The number of arriving bodies, by network. */
  readonly #counts: Shares;

  constructor(limits: IngressLimits) {
    this.#limits = limits;
    this.#counts = new Shares(limits.network_bodies);
    this.#all = new Budget(limits.stranger_body_memory_bytes);
  }

  /** How much is charged for all bodies of strangers. */
  get used(): number {
    return this.#all.used;
  }

  /** Returns the account of a network. */
  accountOf(network: string): Account {
    return {
      take: (amount) => {
        this.#take(network, amount);
      },
      give: (amount) => {
        this.#all.give(amount);
        const own = this.#budgetOf(network);
        own.give(amount);
        if (own.used === 0) this.#networks.delete(network);
      },
    };
  }

  /** Counts an arriving body. Returns a function that ends this. */
  follow(coming: ComingBody): () => void {
    const { network } = coming;
    if (this.#counts.used(network) >= this.#limits.network_bodies) this.#giveUpOldest(network);
    this.#counts.take(network, 1);
    this.#coming.add(coming);
    return () => {
      if (this.#coming.delete(coming)) this.#counts.give(network, 1);
    };
  }

  #take(network: string, amount: number): void {
    const own = this.#budgetOf(network);
    while (own.used + amount > this.#limits.network_body_memory_bytes && this.#giveUpOldest(network));
    while (this.#all.used + amount > this.#limits.stranger_body_memory_bytes && this.#giveUpOldest());
    this.#all.take(amount);
    try {
      own.take(amount);
      this.#networks.set(network, own);
    } catch (error) {
      this.#all.give(amount);
      throw error;
    }
  }

  #budgetOf(network: string): Budget {
    return this.#networks.get(network) ?? new Budget(this.#limits.network_body_memory_bytes);
  }

  #giveUpOldest(network?: string): boolean {
    for (const coming of this.#coming) {
      if (network !== undefined && coming.network !== network) continue;
      giveUp(coming);
      return true;
    }
    return false;
  }
}

function giveUp(coming: ComingBody): void {
  coming.body.giveUp(new WritError('unavailable', { detail: 'Writ is busy.', retry_after: 1 }));
}
