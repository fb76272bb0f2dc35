/**
 * Runs work that takes milliseconds of the one thread in turns. Some rounds of the event loop lie between two turns, so that requests that
 * cost little are served in between. Clients alternate, even when one of them has a hundred pieces of work.
 */

/** The functions that turns use. */
export interface TurnOptions {
  /** Called when a client's turn has come. Throws if the client may not continue. */
  readonly check: (client_id: string) => void;
  /** Called with the milliseconds of the thread that a turn took. */
  readonly charge: (client_id: string, ms: number) => void;
  /** The time in milliseconds. */
  readonly now: () => number;
}

interface WaitingWork {
  begin(): void;
  refuse(error: unknown): void;
}

/**
 * Rounds of the event loop between two turns. Node accepts one connection a round: with a turn in every round a new connection would wait
 * for one turn for each connection before it. A round without work takes microseconds.
 */
const ROUNDS_BETWEEN = 16;

/** The most pieces of one client that have begun and wait for a provider's answer: all that wait for the same answer continue together. */
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

  /** Tells whether it is now the client's turn: the time of a turn is charged when it ends. */
  isOf(client_id: string): boolean {
    return this.#client === client_id;
  }

  /** Runs work when the client's turn comes, and waits for its end. Throws what `check` and the work throw. */
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

  /** Runs one turn. The second callback is called when the work has ended or waits for something. */
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

  /** Begins the next turn, and refuses clients that may not continue. Returns the time at which it began; undefined if no work waits. */
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
      // The client goes behind all the others.
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
