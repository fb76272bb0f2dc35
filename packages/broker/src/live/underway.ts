/** The requests that were allowed and have not ended: what a broker must know of when it stops. */
import { WritError } from '@writ/core';
import type { Caller, GatewayConnection } from '@writ/gateway';
import type { BrokerEvent } from '../audit/record.ts';

/** Who sent a request, and to which connection. */
export interface Known {
  readonly connection: GatewayConnection;
  readonly caller: Caller;
}

interface Request {
  /** The log's number below which the record of its decision cannot be. */
  readonly floor: number;
  readonly known?: Known;
  /** How it ended, where that could not be recorded yet. */
  unrecorded?: BrokerEvent;
  /** Nothing was sent, and whether its decision was recorded is not known. */
  doubtful?: boolean;
}

/** Stops a request under way, with nothing more to be delivered. */
export type Cut = (reason: 'stopping') => void;

/** What is under way at one broker. */
export class Underway {
  /** This process's own name, in the events of what it allowed. */
  readonly broker_id: string;
  readonly #requests = new Map<string, Request>();
  readonly #cuts = new Set<Cut>();
  #last: number;
  #stopped = false;
  #empty: (() => void) | undefined;

  /** `last`: where the log ended before the first request. */
  constructor(broker_id: string, last: number) {
    this.broker_id = broker_id;
    this.#last = last;
  }

  /** A decision is about to be recorded. Throws once the broker is stopping: what begins now could not end. */
  begin(request_id: string): void {
    if (this.#stopped) throw new WritError('unavailable', { detail: 'Writ is being stopped.', retry_after: 1 });
    this.#requests.set(request_id, { floor: this.#last });
  }

  /** It was recorded in `seq`, and may be forwarded. */
  allowed(request_id: string, { seq, known }: { readonly seq: number; readonly known: Known }): void {
    this.#last = Math.max(this.#last, seq);
    this.#requests.set(request_id, { floor: seq - 1, known });
  }

  /** Whose request it is, once it was allowed. */
  find(request_id: string): Known | undefined {
    return this.#requests.get(request_id)?.known;
  }

  /** It has ended, and that is recorded; or it was never allowed. */
  end(request_id: string): void {
    this.#requests.delete(request_id);
    if (this.#requests.size === this.doubtful().length) this.#empty?.();
  }

  /** It has ended, and that could not be recorded. */
  keep(request_id: string, unrecorded: BrokerEvent): void {
    const request = this.#requests.get(request_id);
    if (request !== undefined) request.unrecorded = unrecorded;
  }

  /** It was not sent, but the record that allows it may be there. */
  doubt(request_id: string): void {
    const request = this.#requests.get(request_id);
    if (request !== undefined) request.doubtful = true;
  }

  /** What was not sent, and may have been recorded as allowed. */
  doubtful(): readonly string[] {
    return [...this.#requests].filter(([, { doubtful }]) => doubtful).map(([id]) => id);
  }

  /** What has ended without a record so far. */
  unrecorded(): readonly (readonly [request_id: string, event: BrokerEvent])[] {
    return [...this.#requests].flatMap(([id, { unrecorded }]) => (unrecorded ? [[id, unrecorded] as const] : []));
  }

  /** All that was allowed and has no recorded end, with what is to be recorded where that is known. */
  open(): readonly (readonly [request_id: string, request: Readonly<Request>])[] {
    return [...this.#requests].filter(([, { known }]) => known !== undefined);
  }

  /** Everything this broker allowed up to this number of the log has its recorded end. */
  settled(): number {
    return Math.min(this.#last, ...[...this.#requests.values()].map(({ floor }) => floor));
  }

  /** Calls back when the broker stops; returns how to stop listening. */
  onStop(cut: Cut): () => void {
    if (this.#stopped) cut('stopping');
    this.#cuts.add(cut);
    return () => this.#cuts.delete(cut);
  }

  /** Refuses what would begin, cuts off what is under way, and returns when all of it has ended, or after `limit` ms. */
  async stop(limit: number): Promise<void> {
    this.#stopped = true;
    for (const cut of [...this.#cuts]) cut('stopping');
    if (this.#requests.size === this.doubtful().length) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#empty = resolve;
      timer = setTimeout(resolve, limit);
    });
    clearTimeout(timer);
  }
}
