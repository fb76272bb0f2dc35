/** Remembers loaded values and refusals, and loads each value once for all callers that want it. */
import { type ErrorCode, WritError } from '@writ/core';
import type { EpochVector } from '@writ/store';
import { type FactChange, FactMemory, type SharedPart } from './fact-memory.ts';

/** The result of loading, and what it relies on. */
export type Loaded<V> =
  | { readonly epochs: EpochVector; readonly value: V; readonly until?: number }
  | { readonly epochs: EpochVector; readonly error: WritError; readonly until: number };

/** How one thing is loaded. */
export type Load<V> = () => Promise<Loaded<V>>;

/** A load under way, with what changed meanwhile: it may have read what was there before. */
interface Flight<V> {
  readonly loaded: Promise<Loaded<V>>;
  readonly heard: FactChange[];
  cleared: boolean;
  /** The load that begins when this one ends, for all callers that need the state from then on. */
  next?: Promise<Loaded<V>>;
}

/** The options of a memory of loads. `now` in milliseconds. */
export interface LoadsOptions<V = unknown> {
  /** How much is remembered: a number of things, or bytes where they are weighed; beyond it, those used longest ago are forgotten. */
  readonly most: number;
  /** About how many bytes a value takes of the heap; undefined for a refusal. */
  readonly weigh?: (value: V | undefined) => number;
  /** The parts of a value that it shares with others, which count once. */
  readonly partsOf?: (value: V) => readonly SharedPart[];
  readonly now: () => number;
  /** Waits until every change is certain to have arrived; undefined where that is certain already. */
  readonly confirmed: () => Promise<void> | undefined;
}

/** A bounded memory of loads, by key. */
export class Loads<V> {
  readonly #options: LoadsOptions<V>;
  readonly #memory: FactMemory<Loaded<V>>;
  readonly #flights = new Map<string, Flight<V>>();

  constructor(options: LoadsOptions<V>) {
    const { most, weigh = () => 1, partsOf } = options;
    this.#options = options;
    this.#memory = new FactMemory(most, {
      weigh: (loaded) => weigh('value' in loaded ? loaded.value : undefined),
      partsOf: (loaded) => ('value' in loaded ? (partsOf?.(loaded.value) ?? []) : []),
    });
  }

  /** The remembered value, whether or not it is up to date. */
  peek(key: string): V | undefined {
    const known = this.#memory.get(key);
    return known !== undefined && 'value' in known ? known.value : undefined;
  }

  /** The remembered value, else the loaded one: by the load that is under way, where nothing has changed since it began. */
  async get(key: string, load: Load<V>): Promise<V> {
    const waiting = this.#options.confirmed();
    if (waiting !== undefined) await waiting;
    const known = this.#memory.get(key);
    if (known !== undefined && (known.until ?? Number.POSITIVE_INFINITY) > this.#options.now()) return valueIn(known);
    const flight = this.#flights.get(key);
    if (flight === undefined) return valueIn(await this.#start(key, load));
    const untouched = flight.heard.length === 0 && !flight.cleared;
    return valueIn(await (untouched ? flight.loaded : this.#after(flight, key, load)));
  }

  /** The present value, from a load that begins after this call. All callers that come before it begins share it. */
  async reload(key: string, load: Load<V>): Promise<V> {
    this.#memory.delete(key);
    const flight = this.#flights.get(key);
    return valueIn(await (flight === undefined ? this.#start(key, load) : this.#after(flight, key, load)));
  }

  /** Forgets every value that relies on a changed subject. */
  forget(change: FactChange): void {
    this.#memory.forget(change);
    for (const flight of this.#flights.values()) flight.heard.push(change);
  }

  clear(): void {
    this.#memory.clear();
    for (const flight of this.#flights.values()) flight.cleared = true;
  }

  #after(flight: Flight<V>, key: string, load: Load<V>): Promise<Loaded<V>> {
    flight.next ??= flight.loaded.then(
      () => this.#start(key, load),
      () => this.#start(key, load),
    );
    return flight.next;
  }

  #start(key: string, load: Load<V>): Promise<Loaded<V>> {
    const flight: Flight<V> = { loaded: load(), heard: [], cleared: false };
    this.#flights.set(key, flight);
    const end = (loaded?: Loaded<V>): void => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
      if (loaded !== undefined && !overtaken(flight, loaded)) this.#memory.set(key, loaded);
    };
    flight.loaded.then(end, () => end());
    return flight.loaded;
  }
}

function valueIn<V>(loaded: Loaded<V>): V {
  // All callers get the same error object: the holder of the token is found by it.
  if ('error' in loaded) throw loaded.error;
  return loaded.value;
}

function overtaken<V>({ heard, cleared }: Flight<V>, { epochs }: Loaded<V>): boolean {
  return (
    cleared || heard.some(({ kind, subject }) => epochs.some((one) => one.scope === kind && one.subject === subject))
  );
}

/** How long a refusal is remembered, in milliseconds; the change feed ends that sooner where something changes. */
export const REFUSED_MS = 5_000;

const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['invalid_token', 'task_ended', 'frozen']);

/** Loads by `work`. Its refusal is remembered for a moment, since a refused caller often asks again at once. */
export async function loading<V>(
  { epochs, now }: { readonly epochs: EpochVector; readonly now: () => number },
  work: () => Promise<V>,
): Promise<Loaded<V>> {
  try {
    return { epochs, value: await work() };
  } catch (error) {
    if (!(error instanceof WritError) || !REFUSALS.has(error.code)) throw error;
    return { epochs, error, until: now() + REFUSED_MS };
  }
}
