/** Remembers facts until something they rely on changes; of too many it forgets the ones that were used longest ago. */
import type { EpochKey, EpochVector } from '@writ/store';

/** Facts, and what they rely on. */
interface Facts {
  readonly epochs: EpochVector;
}

/** A part that facts share with others: `thing` is the same object for all of them. `weight` is in the unit in which facts are weighed. */
export interface SharedPart {
  readonly thing: object;
  readonly weight: number;
}

/** How facts are weighed. */
export interface FactWeights<V> {
  /** The weight of the facts without shared parts; by default 1. */
  readonly weigh?: (facts: V) => number;
  /** The parts that they share with others, which count once for all; by default none. */
  readonly partsOf?: (facts: V) => readonly SharedPart[];
}

/** Facts as they are remembered. */
interface Entry<V> {
  readonly facts: V;
  readonly weight: number;
  readonly parts: readonly SharedPart[];
}

const NO_PARTS: readonly SharedPart[] = [];

/** The changed subjects, as the change feed reports them. */
export interface FactChange {
  readonly kind: string;
  readonly subject: string;
}

/** A bounded memory, by key and by every subject that facts rely on, so that a change looks at nothing else. */
export class FactMemory<V extends Facts> {
  readonly #most: number;
  readonly #weights: FactWeights<V>;
  /** In the order of their last use. */
  readonly #known = new Map<string, Entry<V>>();
  #weight = 0;
  /** How many of the facts share a part. */
  readonly #sharing = new Map<object, number>();
  /** The keys by subject. Nearly every subject has one key, which then stands alone. */
  readonly #bySubject = new Map<string, string | Set<string>>();

  /** `most`: the most that is remembered, in the unit of the weights; without weights, a number of facts. */
  constructor(most: number, weights: FactWeights<V> = {}) {
    this.#most = most;
    this.#weights = weights;
  }

  /** How many facts are remembered. */
  get size(): number {
    return this.#known.size;
  }

  /** Returns facts, and counts them as used last. */
  get(key: string): V | undefined {
    const entry = this.#known.get(key);
    if (entry === undefined) return undefined;
    this.#known.delete(key);
    this.#known.set(key, entry);
    return entry.facts;
  }

  set(key: string, facts: V): void {
    this.delete(key);
    const { weigh, partsOf } = this.#weights;
    const entry = { facts, weight: weigh?.(facts) ?? 1, parts: partsOf?.(facts) ?? NO_PARTS };
    this.#known.set(key, entry);
    this.#weight += entry.weight;
    for (const part of entry.parts) this.#share(part);
    for (const epoch of facts.epochs) this.#note(subjectOf(epoch), key);
    for (const oldest of this.#known.keys()) {
      if (this.#weight <= this.#most) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const entry = this.#known.get(key);
    if (entry === undefined) return;
    this.#known.delete(key);
    this.#weight -= entry.weight;
    for (const part of entry.parts) this.#unshare(part);
    for (const epoch of entry.facts.epochs) this.#unnote(subjectOf(epoch), key);
  }

  /** Forgets all facts that rely on a changed subject. */
  forget({ kind, subject }: FactChange): void {
    const keys = this.#bySubject.get(`${kind}:${subject}`);
    if (keys === undefined) return;
    for (const key of typeof keys === 'string' ? [keys] : [...keys]) this.delete(key);
  }

  clear(): void {
    this.#known.clear();
    this.#weight = 0;
    this.#sharing.clear();
    this.#bySubject.clear();
  }

  #share({ thing, weight }: SharedPart): void {
    const sharing = this.#sharing.get(thing) ?? 0;
    if (sharing === 0) this.#weight += weight;
    this.#sharing.set(thing, sharing + 1);
  }

  #unshare({ thing, weight }: SharedPart): void {
    const sharing = (this.#sharing.get(thing) ?? 0) - 1;
    if (sharing > 0) this.#sharing.set(thing, sharing);
    else {
      this.#sharing.delete(thing);
      this.#weight -= weight;
    }
  }

  #note(subject: string, key: string): void {
    const keys = this.#bySubject.get(subject);
    if (keys === undefined) this.#bySubject.set(subject, key);
    else if (typeof keys !== 'string') keys.add(key);
    else if (keys !== key) this.#bySubject.set(subject, new Set([keys, key]));
  }

  #unnote(subject: string, key: string): void {
    const keys = this.#bySubject.get(subject);
    if (keys === key) this.#bySubject.delete(subject);
    if (keys === undefined || typeof keys === 'string') return;
    keys.delete(key);
    if (keys.size === 0) this.#bySubject.delete(subject);
  }
}

function subjectOf({ scope, subject }: EpochKey): string {
  return `${scope}:${subject}`;
}
