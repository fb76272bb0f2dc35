/** The required freshness of knowledge: its question must have been asked at or after this time, in milliseconds. */
export interface Need {
  readonly since: number;
}

interface Entry {
  /** When its question was begun; undefined while it waits for an earlier question to end. */
  asked: number | undefined;
  /** The latest of the times that the waiting callers ask for. */
  since: number;
  readonly value: Promise<unknown>;
}

const MAX_ENTRIES = 20_000;

/**
 * What is known of the provider, each piece with the time at which its question was begun. One question for each piece is under way at a
 * time. A request joins it if it was begun late enough; all other requests together wait for the next one. So the provider is asked one
 * question after the other, even if many want the newest answer. A failed question is forgotten at once.
 */
export class Knowledge {
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  /** The questions under way or waiting, by piece, with those whose answers will not be kept. */
  readonly #busy = new Map<string, Promise<unknown>>();

  #version = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A version: changes whenever any piece may have changed. */
  get version(): number {
    return this.#version;
  }

  /** Returns the piece if it is new enough, else loads it. `load` is told how new everything it uses must be. */
  get<T>(key: string, need: Need, load: (need: Need) => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    if (known && (known.asked === undefined || known.asked >= need.since)) {
      known.since = Math.max(known.since, need.since);
      return known.value as Promise<T>;
    }
    const entry = this.#ask(key, need, load);
    this.#version += 1;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#forgetOldest();
    entry.value.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    return entry.value as Promise<T>;
  }

  #ask<T>(key: string, need: Need, load: (need: Need) => Promise<T>): Entry {
    const before = this.#busy.get(key);
    const begin = (): Promise<T> => {
      entry.asked = this.#now();
      return load({ since: entry.since });
    };
    const times = { asked: before ? undefined : this.#now(), since: need.since };
    const entry: Entry = { ...times, value: before ? before.then(begin, begin) : load(need) };
    this.#busy.set(key, entry.value);
    const end = (): void => {
      if (this.#busy.get(key) === entry.value) this.#busy.delete(key);
    };
    entry.value.then(end, end);
    return entry;
  }

  /** Drops everything, also answers that are still under way: they may be from before a change. */
  drop(): void {
    this.#version += 1;
    this.#entries.clear();
  }

  #forgetOldest(): void {
    if (this.#entries.size <= MAX_ENTRIES) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
