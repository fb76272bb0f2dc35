/** The loop that executes holds, on every broker: whichever is there claims what is due. */
import { setTimeout as sleep } from 'node:timers/promises';
import { claimDueHold, type Hold, nextHoldIn } from '@writ/store';
import type { Ctx, SystemActor } from '../context.ts';
import { type Attempted, attemptHold, type Sending } from './execute.ts';
import { settleHold, tendHolds } from './settle.ts';

/** How many holds one broker executes at a time. Each answer is kept in memory until it is whole. */
const MOST = 8;

/** How long a broker sleeps at most, and how often it looks after holds that nobody else looks after, in milliseconds. */
const LONGEST = 2_000;
const TEND_EVERY = 5_000;

/**
 * How long a broker waits before it tries again what may pass by itself, in milliseconds; after the last time the hold waits for a human.
 * Until it is marked as being sent it can still be cancelled.
 */
const PAUSES = [1_000, 4_000, 15_000, 40_000];

/** The executor of holds. */
export interface HoldRunner {
  /** Looks at once whether something is due. */
  wake(): void;
  /** Claims nothing any more, and returns when what was claimed is settled. */
  stop(): Promise<void>;
}

/** The parts of the loop. */
export interface HoldRunnerOptions {
  /** The context of one piece of work. */
  readonly context: () => Ctx<SystemActor>;
  readonly sending: Sending;
  /** False while nothing may be decided, since the clock is too far from the database's. */
  readonly isTrusted: () => boolean;
}

/** Begins to execute holds. Failures are logged and tried again. */
export function runHolds(options: HoldRunnerOptions): HoldRunner {
  return new Runner(options);
}

class Runner implements HoldRunner {
  readonly #options: HoldRunnerOptions;
  readonly #busy = new Set<Promise<void>>();
  readonly #ended: Promise<void>;
  readonly #stopped = new AbortController();
  readonly #unlisten: () => void;
  #tended = 0;
  #wake: () => void = () => undefined;
  #woken = false;

  constructor(options: HoldRunnerOptions) {
    this.#options = options;
    const { live } = options.context();
    this.#unlisten = live.onChange((change) => {
      if (change === undefined || change.kind === 'hold') this.wake();
    });
    this.#ended = this.#run();
  }

  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#unlisten();
    this.#stopped.abort();
    this.wake();
    await this.#ended;
    await Promise.all(this.#busy);
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      let ms = LONGEST;
      try {
        ms = await this.#look();
      } catch (error) {
        this.#options.context().log.error('background_failed', error);
      }
      await this.#sleep(ms);
    }
  }

  /** Claims what is due, and returns in how many milliseconds to look again. */
  async #look(): Promise<number> {
    this.#woken = false;
    const ctx = this.#options.context();
    if (!this.#options.isTrusted()) return LONGEST;
    if (Math.abs(ctx.now() - this.#tended) >= TEND_EVERY) {
      this.#tended = ctx.now();
      await tendHolds(ctx);
    }
    const { store, organization_id, live } = ctx;
    const claim = { organization_id, broker_id: live.underway.broker_id };
    while (this.#busy.size < MOST) {
      // First, because nearly always nothing is due, and to claim nothing costs more than to read this.
      const next = await nextHoldIn(store.db, { organization_id });
      if (next === undefined || next > 0) return Math.min(LONGEST, Math.max(next ?? LONGEST, 250));
      const hold = await claimDueHold(store.db, claim);
      // One that is due and cannot be claimed is being claimed by another broker, or is to be parked.
      if (hold === undefined) return 250;
      this.#begin(hold);
    }
    return LONGEST;
  }

  #begin(hold: Hold): void {
    const work = this.#execute(hold).finally(() => {
      this.#busy.delete(work);
      this.wake();
    });
    this.#busy.add(work);
  }

  /** Executes a hold and records what came of it, as often as that takes. Never rejects. */
  async #execute(hold: Hold): Promise<void> {
    const ctx = this.#options.context();
    const attempted = await this.#attempt(ctx, hold);
    for (let ms = 250; ; ms = Math.min(2 * ms, LONGEST)) {
      try {
        await settleHold(ctx, hold, attempted);
        return;
      } catch (error) {
        ctx.log.error('hold_unrecorded', error);
        // Another broker settles it when this one is gone.
        if (this.#stopped.signal.aborted) return;
        await this.#pause(ms);
      }
    }
  }

  async #attempt(ctx: Ctx<SystemActor>, hold: Hold): Promise<Attempted> {
    const { sending } = this.#options;
    for (const ms of PAUSES) {
      const attempted = await attemptHold(ctx, { hold, sending });
      if (!('back' in attempted) || attempted.back !== 'again') return attempted;
      await this.#pause(ms);
      if (this.#stopped.signal.aborted) return { ...attempted, back: 'claim' };
    }
    return await attemptHold(ctx, { hold, sending });
  }

  #sleep(ms: number): Promise<void> {
    if (this.#woken) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Waits, but not once the runner is to stop. */
  async #pause(ms: number): Promise<void> {
    const { signal } = this.#stopped;
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  }
}
