/**
 * Refusals of strangers in the log. Anybody can cause any number of them. So the first few from a network in a minute, and the first of
 * each kind, are events of their own, and all are counted in one event for each network and minute.
 */
import { defined, type JsonObject } from '@writ/core';
import { networkOf } from '@writ/gateway';
import type { AuditLog } from '@writ/store';
import type { BrokerEvent } from '../event.ts';
import type { RefusalCounter } from '../live.ts';

const MINUTE = 60_000;
/** The most networks that are counted separately in a minute; refusals of further networks are counted together. */
const MOST_NETWORKS = 100;
/** How many refusals of a network in a minute are events of their own though their kind is not new: enough for a person who mistypes. */
const FEW = 5;
/** The most kinds of refusal that a network's count tells apart, and the most networks that a count of many tells apart. */
const MOST_KINDS = 40;
const MOST_KNOWN = 10_000;
/** How many refusals of a minute are events of their own, of all networks together. */
const MOST_AT_ONCE = 120;
/** The most counts that wait for a database that is away; more are counted together. */
const MOST_WAITING = 1000;

/** Makes a counter. */
export function createRefusalCounter(services: {
  readonly audit: Pick<AuditLog, 'append'>;
  readonly now: () => number;
}): RefusalCounter {
  const { audit, now } = services;
  let minute = newMinute(now());
  let waiting: Tally[] = [];
  const turn = (): void => {
    waiting.push(...minute.tallies.values());
    minute = newMinute(now());
  };
  const turnIfOver = (): void => {
    if (minute.began !== minuteOf(now())) turn();
  };
  const write = async (): Promise<void> => {
    const taken = waiting.filter(({ count, recorded }) => count > recorded);
    waiting = [];
    const written = await Promise.allSettled(taken.map((tally) => audit.append(tally.event())));
    waiting = bounded([...taken.filter((_, at) => written[at]?.status === 'rejected'), ...waiting]);
  };
  return {
    count: async (address, event) => {
      turnIfOver();
      const tally = tallyOf(minute, networkOf(address));
      const isFirst = tally.add(event, now());
      const isApart = (isFirst || tally.count <= FEW) && tally.network !== undefined;
      if (!isApart || minute.recorded >= MOST_AT_ONCE) return;
      minute.recorded += 1;
      await audit.append(event);
      tally.recorded += 1;
    },
    flush: async () => {
      turnIfOver();
      await write();
    },
    close: async () => {
      turn();
      await write();
    },
  };
}

interface Minute {
  readonly began: number;
  readonly tallies: Map<string | undefined, Tally>;
  /** How many refusals were recorded as events of their own. */
  recorded: number;
}

const minuteOf = (now: number): number => now - (now % MINUTE);

function newMinute(now: number): Minute {
  return { began: minuteOf(now), tallies: new Map(), recorded: 0 };
}

/** The tally of a network, or of all networks beyond the number that is counted separately. */
function tallyOf({ tallies }: Minute, network: string): Tally {
  const own = tallies.get(network);
  if (own !== undefined) return own;
  const name = tallies.size < MOST_NETWORKS ? network : undefined;
  const tally = tallies.get(name) ?? new Tally(name);
  tallies.set(name, tally);
  tally.know(network);
  return tally;
}

/** Joins the oldest counts into one, so that the newest keep their details. */
function bounded(tallies: readonly Tally[]): Tally[] {
  const [first, ...rest] = tallies;
  if (first === undefined || tallies.length <= MOST_WAITING) return [...tallies];
  const surplus = rest.splice(0, rest.length + 1 - MOST_WAITING);
  return [surplus.reduce((all, one) => all.with(one), new Tally(undefined).with(first)), ...rest];
}

/** The count of the refusals of one kind, as an event shows it. */
interface Kind {
  readonly what: JsonObject;
  count: number;
}

/** How often, when and for what a network was refused; `network` is undefined where many are counted together. */
class Tally {
  readonly network: string | undefined;
  count = 0;
  /** How many of them are events of their own. */
  recorded = 0;
  #first = Number.POSITIVE_INFINITY;
  #last = 0;
  readonly #kinds = new Map<string, Kind>();
  readonly #networks = new Set<string>();

  constructor(network: string | undefined) {
    this.network = network;
  }

  know(network: string): void {
    if (this.#networks.size < MOST_KNOWN) this.#networks.add(network);
  }

  /** Counts a refusal; true for the first of its kind. */
  add({ kind, result, client_id, data = {} }: BrokerEvent, at: number): boolean {
    const { reason, route } = data;
    const what = defined({ kind, result, client_id, reason, route }) as JsonObject;
    this.count += 1;
    this.#first = Math.min(this.#first, at);
    this.#last = Math.max(this.#last, at);
    return this.#countKind({ what, count: 1 });
  }

  /** This tally with those of another, which may be of any network and minute. */
  with(other: Tally): this {
    this.count += other.count;
    this.recorded += other.recorded;
    this.#first = Math.min(this.#first, other.#first);
    this.#last = Math.max(this.#last, other.#last);
    for (const kind of other.#kinds.values()) this.#countKind(kind);
    for (const network of other.#networks) this.know(network);
    return this;
  }

  #countKind({ what, count }: Kind): boolean {
    const key = JSON.stringify(what);
    const known = this.#kinds.get(key);
    if (known !== undefined) known.count += count;
    else if (this.#kinds.size < MOST_KINDS) this.#kinds.set(key, { what, count });
    return known === undefined && this.#kinds.has(key);
  }

  event(): BrokerEvent {
    const { network, count, recorded } = this;
    const told = [...this.#kinds.values()].map((kind) => ({ ...kind.what, count: kind.count }));
    const place = network === undefined ? { networks: this.#networks.size } : { network };
    const [first, last] = [this.#first, this.#last].map((at) => new Date(at).toISOString());
    const seen = { first_seen: first ?? '', last_seen: last ?? '' };
    return {
      kind: 'refusals.counted',
      actor: 'anonymous',
      data: { ...place, ...seen, count, recorded_apart: recorded, refusals: told },
    };
  }
}
