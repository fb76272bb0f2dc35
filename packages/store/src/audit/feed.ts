import { WritError } from '@writ/core';
import type { Driver, Feed } from '../database.ts';
import { translate } from '../errors.ts';
import { CHANGES_CHANNEL, type Change } from './in-transaction.ts';

/** The most changes read at once. */
const PAGE = 500;

const HEAD = 'select change_seq from audit_head where organization_id = $1';
const AFTER = `select seq, kind, subject from changes where organization_id = $1 and seq > $2 order by seq limit ${PAGE}`;

/** A broker's view of the change feed. */
export interface ChangeFeed {
  /**
   * The moment (ms, this process's clock) up to which every committed change has certainly been given to `onChange`: the moment when
   * the last poll was sent, not when it was answered. A broker treats its caches as empty while that is over 1 s ago.
   */
  confirmedAt(): number;
  /**
   * Waits until it is certain that every change committed by `since` (ms) has been given to `onChange`. All callers that wait share one
   * poll: the one under way if it was sent late enough, else the next. Throws `WritError` (`unavailable`) when the database does not answer.
   */
  confirm(since: number): Promise<void>;
  stop(): Promise<void>;
}

export interface WatchOptions {
  readonly organization_id: string;
  readonly onChange: (change: Change & { readonly seq: number }) => void;
  /** Called in place of `onChange` where changes were pruned before they were seen: the broker must forget everything. */
  readonly onGap: () => void;
  /** Called each time the database does not answer. */
  readonly onError?: (error: WritError) => void;
  /** Milliseconds between polls. Default 250. */
  readonly interval?: number;
}

/** Follows the changes that brokers record, from now on. NOTIFY reports them, and polling the sequence finds those that NOTIFY lost. */
export async function watchChanges(
  store: { readonly driver: Driver; readonly now: () => number },
  options: WatchOptions,
): Promise<ChangeFeed> {
  const watcher = new Watcher(store, options);
  await watcher.start();
  return {
    confirmedAt: () => watcher.confirmed,
    confirm: (since) => watcher.confirm(since),
    stop: () => watcher.stop(),
  };
}

/** A caller that waits until it is certain. */
interface Waiter {
  readonly since: number;
  readonly done: () => void;
  readonly failed: (error: WritError) => void;
}

class Watcher {
  confirmed = 0;
  readonly #now: () => number;
  readonly #options: WatchOptions;
  readonly #feed: Feed;
  #seen: number | undefined;
  #polling: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  /** When the poll under way was sent. */
  #asked: number | undefined;
  #waiting: Waiter[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(store: { readonly driver: Driver; readonly now: () => number }, options: WatchOptions) {
    this.#now = store.now;
    this.#options = options;
    this.#feed = store.driver.feed(CHANGES_CHANNEL, () => this.#wake());
  }

  async start(): Promise<void> {
    await this.#poll();
    this.#schedule();
  }

  confirm(since: number): Promise<void> {
    if (this.confirmed >= since) return Promise.resolve();
    return new Promise((done, failed) => {
      this.#waiting.push({ since, done, failed });
      if (this.#stopped) this.#fail(new WritError('unavailable', { detail: 'Writ is stopping.' }));
      else if (this.#asked === undefined || this.#asked < since) this.#wake();
    });
  }

  #fail(error: WritError): void {
    for (const { failed } of this.#waiting.splice(0)) failed(error);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#polling;
    this.#fail(new WritError('unavailable', { detail: 'Writ is stopping.' }));
    await this.#feed.stop();
  }

  /** Polls once at a time; a NOTIFY during a poll asks for another one after it. */
  #wake(): void {
    this.#again = true;
    if (this.#polling || this.#stopped || this.#seen === undefined) return;
    clearTimeout(this.#timer);
    this.#polling = this.#pollUntilQuiet().finally(() => {
      this.#polling = undefined;
      // Another poll may have been asked for just as the last one ended.
      if (this.#again) this.#wake();
      else this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.#wake(), this.#options.interval ?? 250);
    this.#timer.unref();
  }

  async #pollUntilQuiet(): Promise<void> {
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        await this.#poll();
      }
    } catch (error) {
      this.#again = false;
      const told = translate(error);
      this.#fail(told);
      this.#options.onError?.(told);
    }
  }

  async #poll(): Promise<void> {
    this.#asked = this.#now();
    try {
      await this.#askFrom(this.#asked);
    } finally {
      this.#asked = undefined;
    }
  }

  async #askFrom(asked: number): Promise<void> {
    const { organization_id } = this.#options;
    const { rows } = await this.#feed.run({ text: HEAD, params: [organization_id] });
    const last = Number(rows[0]?.['change_seq']);
    this.#seen ??= last;
    while (this.#seen < last) this.#seen = await this.#read(this.#seen, last);
    this.confirmed = asked;
    const satisfied = this.#waiting.filter(({ since }) => since <= asked);
    this.#waiting = this.#waiting.filter(({ since }) => since > asked);
    for (const { done } of satisfied) done();
  }

  /** Gives the changes of one page to `onChange`, and returns the number of the last one; `last` where all have been pruned. */
  async #read(after: number, last: number): Promise<number> {
    const { rows } = await this.#feed.run({ text: AFTER, params: [this.#options.organization_id, after] });
    const found = rows.map((row) => ({
      seq: Number(row['seq']),
      kind: String(row['kind']),
      subject: String(row['subject']),
    }));
    if (found[0]?.seq !== after + 1) this.#options.onGap();
    for (const change of found) this.#options.onChange(change);
    return found.at(-1)?.seq ?? last;
  }
}
