/** The requests that were allowed and have not ended. A broker must know them when it stops. */
import { WritError } from '@writ/core';
import type { BrokerEvent } from '../event.ts';
import type { Underway, UnderwayFacts, UnderwayRequest } from '../live.ts';

/** One request, from before its decision is recorded until its end is. */
class Request implements UnderwayRequest {
  readonly request_id: string;
  readonly facts: UnderwayFacts;
  /** A number of the log: the record of its decision comes after it. */
  floor: number;
  isAllowed = false;
  /** True where nothing was sent, and it is not known whether the decision was recorded. */
  isDoubtful = false;
  /** Its end, where that could not be recorded yet. */
  unrecorded: BrokerEvent | undefined;
  readonly #underway: Requests;

  constructor(
    underway: Requests,
    { request_id, facts, floor }: Pick<UnderwayRequest, 'request_id' | 'facts' | 'floor'>,
  ) {
    this.#underway = underway;
    this.request_id = request_id;
    this.facts = facts;
    this.floor = floor;
  }

  /** To be called when its decision was recorded in `seq` and it may be forwarded. */
  allowed(seq: number): void {
    this.isAllowed = true;
    this.floor = seq - 1;
    this.#underway.reached(seq);
  }

  /** To be called when its end is recorded, or it was never allowed. */
  end(): void {
    this.#underway.ended(this);
  }

  /** To be called when it has ended and that could not be recorded. */
  keep(unrecorded: BrokerEvent): void {
    this.unrecorded = unrecorded;
  }

  /** To be called when it was not sent, but the record that allows it may be there. */
  doubt(): void {
    this.isDoubtful = true;
  }
}

/** Stops a request under way, with nothing more to be delivered. */
type Cut = (reason: 'stopping') => void;

/** The requests under way at one broker. */
class Requests implements Underway {
  /** This process's own name, in the events of what it allowed. */
  readonly broker_id: string;
  readonly #requests = new Set<Request>();
  readonly #cuts = new Set<Cut>();
  #last: number;
  #stopped = false;
  #empty: (() => void) | undefined;

  /** `last`: where the log ended before the first request. */
  constructor(broker_id: string, last: number) {
    this.broker_id = broker_id;
    this.#last = last;
  }

  /** To be called before a decision is recorded. Throws once the broker is stopping: a request that begins now could not end. */
  begin(request_id: string, facts: UnderwayFacts): UnderwayRequest {
    if (this.#stopped) throw new WritError('unavailable', { detail: 'Writ is being stopped.', retry_after: 1 });
    const request = new Request(this, { request_id, facts, floor: this.#last });
    this.#requests.add(request);
    return request;
  }

  /** To be called when the log has reached this number. */
  reached(seq: number): void {
    this.#last = Math.max(this.#last, seq);
  }

  /** See `UnderwayRequest.end`. */
  ended(request: Request): void {
    this.#requests.delete(request);
    if (this.#isEmpty()) this.#empty?.();
  }

  /** Requests that were not sent and may have been recorded as allowed. */
  doubtful(): readonly UnderwayRequest[] {
    return [...this.#requests].filter(({ isDoubtful }) => isDoubtful);
  }

  /** Requests that were allowed and have no recorded end. `unrecorded` is the end to be recorded, where it is known. */
  open(): readonly UnderwayRequest[] {
    return [...this.#requests].filter(({ isAllowed }) => isAllowed);
  }

  /** The number of the log up to which every request that this broker allowed has its recorded end. */
  settled(): number {
    let settled = this.#last;
    for (const { floor } of this.#requests) settled = Math.min(settled, floor);
    return settled;
  }

  /** Calls back when the broker stops; returns how to stop listening. */
  onStop(cut: Cut): () => void {
    if (this.#stopped) cut('stopping');
    this.#cuts.add(cut);
    return () => this.#cuts.delete(cut);
  }

  /** Lets no request begin any more, cuts off those under way, and returns when all have ended, or after `limit` ms. */
  async stop(limit: number): Promise<void> {
    this.#stopped = true;
    for (const cut of [...this.#cuts]) cut('stopping');
    if (this.#isEmpty()) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#empty = resolve;
      timer = setTimeout(resolve, limit);
    });
    clearTimeout(timer);
  }

  /** Tells whether only requests in doubt are left. */
  #isEmpty(): boolean {
    for (const { isDoubtful } of this.#requests) if (!isDoubtful) return false;
    return true;
  }
}

/** Makes what knows the requests under way of one process. `last`: where the log ended before the first of them. */
export function createUnderway(broker_id: string, last: number): Underway {
  return new Requests(broker_id, last);
}
