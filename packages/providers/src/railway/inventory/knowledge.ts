/** How new knowledge must be: asked for at or after this time, milliseconds. */
export interface Need {
  readonly since: number;
}

interface Entry {
  readonly asked: number;
  readonly generation: number;
  readonly value: Promise<unknown>;
}

const MAX_ENTRIES = 20_000;

/**
 * What is known of the provider, each piece with the time its question was begun. One question per piece is under way at a
 * time, and a request joins it only if it was begun late enough. A failed question is forgotten at once.
 */
export class Knowledge {
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  #generation = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Returns the piece if it is new enough, else has it loaded. */
  get<T>(key: string, need: Need, load: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    if (known && known.generation === this.#generation && known.asked >= need.since) return known.value as Promise<T>;
    const entry: Entry = { asked: this.#now(), generation: this.#generation, value: load() };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#forgetOldest();
    entry.value.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    return entry.value as Promise<T>;
  }

  /** Drops everything, answers still under way included: what they say may be from before a change. */
  drop(): void {
    this.#generation += 1;
    this.#entries.clear();
  }

  #forgetOldest(): void {
    if (this.#entries.size <= MAX_ENTRIES) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
