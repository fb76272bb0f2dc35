import { unresolved } from '../review/unresolved.ts';

const REMEMBERED_MS = 30_000;
const WINDOW_MS = 60_000;
/** How many ids a client may have looked up in vain within a minute. */
const MISSES_PER_MINUTE = 20;
const MAX_REMEMBERED = 5000;

/** Ids that were looked up in vain: remembered for 30 s, and budgeted per client, so that guessing costs the provider little. */
export class Misses {
  readonly #now: () => number;
  readonly #until = new Map<string, number>();
  readonly #spent = new Map<string, number[]>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Tells whether the id was looked up in vain within the last 30 s. */
  knows(key: string): boolean {
    return (this.#until.get(key) ?? 0) > this.#now();
  }

  /** Throws `environment_unresolved` while the client has no budget left. To be called before the provider is asked. */
  check(client: string): void {
    if (this.#recent(client).length < MISSES_PER_MINUTE) return;
    throw unresolved(
      `This client named ${MISSES_PER_MINUTE} things within a minute that could not be found; no more are looked up for now.`,
    );
  }

  /** Takes one from the client's budget, and remembers the id if the provider said that it does not exist. */
  spend(client: string, missed?: string): void {
    this.#spent.set(client, [...this.#recent(client), this.#now()]);
    bound(this.#spent);
    if (missed === undefined) return;
    this.#until.set(missed, this.#now() + REMEMBERED_MS);
    bound(this.#until);
  }

  /** Forgets the ids, not the budgets: a forwarded call may have made them. */
  drop(): void {
    this.#until.clear();
  }

  #recent(client: string): number[] {
    return (this.#spent.get(client) ?? []).filter((at) => at > this.#now() - WINDOW_MS);
  }
}

function bound(map: Map<string, unknown>): void {
  if (map.size <= MAX_REMEMBERED) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
