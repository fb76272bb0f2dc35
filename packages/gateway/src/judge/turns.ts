/**
 * Runs work that takes milliseconds of the one thread in turns, some rounds of the event loop apart, so that requests that cost little
 * are served in between. Clients take turns with each other, also where one of them asks a hundred times.
 */

/** What turns are taken with. */
export interface TurnOptions {
  /** Throws where a client may not continue: asked when its turn has come. */
  readonly check: (client_id: string) => void;
  /** Told the milliseconds that a turn took of the thread. */
  readonly charge: (client_id: string, ms: number) => void;
  /** Milliseconds. */
  readonly now: () => number;
}

interface WaitingWork {
  begin(): void;
  refuse(error: unknown): void;
}

/**
 * Rounds of the event loop between two turns. Node accepts one connection a round, no more: with a turn in every round a new connection
 * would wait for as many turns as there are connections before it. A round in which nothing is to be done takes microseconds.
 */
const ROUNDS_BETWEEN = 16;

/** How many pieces of one client may be begun and wait for a provider's answer: those that wait for the same one continue at once. */
const BEGUN = 4;

/** The turns of all clients. */
export class Turns {
  readonly #options: TurnOptions;
  readonly #waiting = new Map<string, WaitingWork[]>();
  readonly #begun = new Map<string, number>();
  #isGoing = false;
  #client: string | undefined;

  constructor(options: TurnOptions) {
    this.#options = options;
  }

  /** Tells whether it is the client's turn just now: what is done then is charged when the turn ends. */
  isOf(client_id: string): boolean {
    return this.#client === client_id;
  }

  /** Does work when the client's turn comes, and waits for it. Throws what `check` throws then, and what the work throws. */
  async run<T>(client_id: string, work: () => T | Promise<T>): Promise<T> {
    await new Promise<void>((begin, refuse) => {
      this.#waiting.set(client_id, [...(this.#waiting.get(client_id) ?? []), { begin, refuse }]);
      this.#next();
    });
    try {
      return await work();
    } finally {
      this.#count(client_id, -1);
      this.#next();
    }
  }

  /** All that a turn does until it waits for something is done when the second of these is called. */
  #next(): void {
    if (this.#isGoing) return;
    this.#isGoing = true;
    let began: number | undefined;
    setImmediate(() => {
      began = this.#begin();
    });
    setImmediate(() => {
      const client_id = this.#client;
      this.#client = undefined;
      if (client_id !== undefined && began !== undefined) {
        this.#options.charge(client_id, this.#options.now() - began);
        this.#nextAfter(ROUNDS_BETWEEN);
      } else this.#isGoing = false;
    });
  }

  #nextAfter(rounds: number): void {
    if (rounds > 0) {
      setImmediate(() => this.#nextAfter(rounds - 1));
      return;
    }
    this.#isGoing = false;
    this.#next();
  }

  /** Begins the next turn, and refuses clients that may not continue. Returns when it began; undefined where nobody waits. */
  #begin(): number | undefined {
    for (const [client_id, waiting] of this.#waiting) {
      if ((this.#begun.get(client_id) ?? 0) >= BEGUN) continue;
      this.#waiting.delete(client_id);
      try {
        this.#options.check(client_id);
      } catch (error) {
        for (const { refuse } of waiting) refuse(error);
        continue;
      }
      const [first, ...others] = waiting;
      // Behind all the others.
      if (others.length > 0) this.#waiting.set(client_id, others);
      this.#count(client_id, 1);
      this.#client = client_id;
      const began = this.#options.now();
      first?.begin();
      return began;
    }
    return undefined;
  }

  #count(client_id: string, by: number): void {
    const begun = (this.#begun.get(client_id) ?? 0) + by;
    if (begun > 0) this.#begun.set(client_id, begun);
    else this.#begun.delete(client_id);
  }
}
