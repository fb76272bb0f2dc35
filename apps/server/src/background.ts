import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BackupPlace,
  runHolds,
  type Sending,
  type Services,
  sweep,
  tendBackups,
  tendBrokers,
  tendCheckpoints,
  tendKeys,
  tendNotifications,
  tendPrunes,
} from '@writ/broker';
import { refreshStatistics } from '@writ/store';
import { certainSkew, MOST_SKEW } from './clock.ts';
import { whyOver } from './over.ts';
import type { StartError } from './start-error.ts';
import { systemContext } from './system-context.ts';

const CLOCK_EVERY = 5_000;
const OVER_EVERY = 2_000;
/** A server does this by itself; an embedded database never does, and then reads whole indexes where it need not. */
const STATISTICS_EVERY = 30 * 60_000;
const REFUSALS_EVERY = 5_000;
const SWEEP_EVERY = 10 * 60_000;
const CHECKPOINTS_EVERY = 10_000;
/**
 * The pause between two steps of the checkpoints' tree: each step takes some milliseconds, and without a pause they would hold up
 * requests for a second.
 */
const CHECKPOINTS_REST = 50;
const PRUNES_EVERY = 10_000;
const BROKERS_EVERY = 10_000;
const KEYS_EVERY = 60_000;
const NOTIFICATIONS_EVERY = 2_000;
const BACKUPS_EVERY = 60_000;

/** The work of a broker beside answering requests. */
export interface Background {
  /** False while the clock is too far from the database's. */
  isClockTrusted(): boolean;
  /** Begins nothing any more. Resolves when the requests that were being sent by themselves are settled. */
  stop(): Promise<void>;
}

/** What the work needs besides the services. */
export interface BackgroundOptions {
  /** Where backups are kept; undefined where none are made. */
  readonly backups: BackupPlace | undefined;
  readonly onOver: (why: StartError) => void;
  readonly sending: Sending;
}

/**
 * Begins to watch the clock, to remove old rows, to rotate the keys and to let the checkpoints follow the log. Failures are logged and
 * tried again: nothing waits for this work. `onOver` is called with the reason when this broker is of no use any more.
 */
export function startBackground(services: Services, { backups, onOver, sending }: BackgroundOptions): Background {
  let trusted = true;
  let stopped = false;
  const timers = [
    every(CLOCK_EVERY, services, async () => {
      trusted = Math.abs(await certainSkew(services.store)) <= MOST_SKEW;
    }),
    every(OVER_EVERY, services, async () => {
      const why = await whyOver(services);
      if (why !== undefined) onOver(why);
    }),
    every(SWEEP_EVERY, services, () => sweep(systemContext(services))),
    ...(services.store.kind === 'embedded'
      ? [every(STATISTICS_EVERY, services, () => refreshStatistics(services.store.driver))]
      : []),
    every(REFUSALS_EVERY, services, () => services.live.refusals.flush()),
    every(BROKERS_EVERY, services, () => tendBrokers(systemContext(services))),
    every(NOTIFICATIONS_EVERY, services, () => tendNotifications(systemContext(services))),
    every(KEYS_EVERY, services, () => tendKeys(systemContext(services))),
    ...(backups === undefined
      ? []
      : [every(BACKUPS_EVERY, services, () => tendBackups(systemContext(services), backups))]),
    every(PRUNES_EVERY, services, () => tendPrunes(systemContext(services))),
    every(CHECKPOINTS_EVERY, services, async () => {
      while ((await tendCheckpoints(systemContext(services))) && !stopped) {
        await sleep(CHECKPOINTS_REST, undefined, { ref: false });
      }
    }),
  ];
  const holds = runHolds({ context: () => systemContext(services), sending, isTrusted: () => trusted });
  return {
    isClockTrusted: () => trusted,
    stop: () => {
      stopped = true;
      timers.forEach(clearInterval);
      return holds.stop();
    },
  };
}

/** One run at a time: a slow one is not overtaken. */
function every(ms: number, { log }: Services, work: () => Promise<void>): NodeJS.Timeout {
  let busy = false;
  const run = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    await work()
      .catch((error: unknown) => log.error('background_failed', error))
      .finally(() => {
        busy = false;
      });
  };
  return setInterval(() => void run(), ms).unref();
}
