import { setImmediate as nextTurn } from 'node:timers/promises';
import { WritError } from '@writ/core';
import type { Driver } from '../database.ts';
import { lost, translate } from '../errors.ts';
import { refuseInsideTransaction } from '../guard.ts';
import { type Appended, linesOf, type PendingEvent } from './batch.ts';
import { type AuditEvent, type EpochVector, prepareEvent } from './event.ts';
import { type IssuedToken, prepareToken } from './issued.ts';
import { openRecorder, type Recorder } from './recorder.ts';

/**
 * The epochs that an event relies on, and the function that makes the refusal to record in its place if one of them has moved. `issued`:
 * the token that the event reports; it is recorded in the same transaction, and not at all if the refusal is recorded. `used`:
 * the grants, by id, whose use is noted likewise.
 */
export interface Conditions {
  readonly epochs: EpochVector;
  readonly instead: () => AuditEvent;
  readonly issued?: IssuedToken;
  readonly used?: readonly string[];
}

/** The log of one organization, as brokers write it. */
export interface AuditLog {
  /**
   * Records an event and returns when it is durable. With `conditions`, `instead` may have been recorded: `written` tells.
   * Throws `WritError`: `unavailable` when it could not be recorded or too many wait (nothing may be done then), `internal` when
   * it cannot be written as JSON.
   */
  append(event: AuditEvent, conditions?: Conditions): Promise<Appended>;
  /**
   * Records an event that nothing waits for: together with the next that something waits for, and by itself only where none comes
   * within `PATIENCE`. Otherwise like `append`.
   */
  appendLater(event: AuditEvent): Promise<Appended>;
  /** Records all waiting events, and returns when none waits any more. */
  drain(): Promise<void>;
}

/** How a log is written. */
export interface AuditLogOptions {
  readonly organization_id: string;
  /** The most events in one transaction. */
  readonly batch?: number;
  /** The most events that may wait; more are refused. */
  readonly queue?: number;
}

/** How long an event that nothing waits for may wait for others to share their transaction, in milliseconds. */
const PATIENCE = 50;

interface Waiter {
  readonly pending: PendingEvent;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: WritError) => void;
}

/**
 * Opens the log of an organization. Events are recorded in batches: one begins when the one before has ended, so that a
 * single event does not wait and many share a transaction. Only events given to `appendLater` wait for a timer.
 *
 * Why an acknowledged freeze or revocation wins over every request whose record is not yet committed (invariant 8): both take
 * the lock of the head and keep it until they commit. Either the batch had it first: then its records are committed before the
 * freeze, hence before the freeze is acknowledged. Or the freeze had it first: then the batch waits for that commit, and its
 * epochs are read in a statement that begins afterwards, which at READ COMMITTED sees that they have moved. This holds inside a function
 * of the database too, where each statement sees what was committed before that statement began.
 */
export function openAuditLog(
  store: { readonly driver: Driver; readonly now: () => number },
  { organization_id, batch = 512, queue = 10_000 }: AuditLogOptions,
): AuditLog {
  const record = openRecorder(store.driver, organization_id);
  const waiting: Waiter[] = [];
  const patient: Waiter[] = [];
  let flushing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const flush = async (): Promise<void> => {
    do {
      // Events of the same turn of the event loop share the batch. An embedded database answers in the turn it is asked in:
      // without a turn in between nothing could arrive, and nothing else be done.
      await nextTurn();
      const taken = waiting.splice(0, batch);
      // Events that can wait fill the rest of the batch.
      taken.push(...patient.splice(0, batch - taken.length));
      await write(record, taken);
    } while (waiting.length > 0);
    flushing = undefined;
    if (patient.length > 0) beginLater();
  };
  const begin = (): void => {
    clearTimeout(timer);
    timer = undefined;
    flushing ??= flush();
  };
  const hurry = (): void => {
    waiting.push(...patient.splice(0));
    begin();
  };
  const beginLater = (): void => {
    timer ??= setTimeout(hurry, PATIENCE);
  };
  const enqueue = (list: Waiter[], event: AuditEvent, conditions?: Conditions): Promise<Appended> => {
    refuseInsideTransaction('append');
    if (waiting.length + patient.length >= queue)
      throw new WritError('unavailable', { detail: 'Too much is waiting to be recorded.' });
    const pending = prepare(event, conditions, store.now());
    return new Promise((resolve, reject) => list.push({ pending, resolve, reject }));
  };

  return {
    append: async (event, conditions) => {
      const appended = enqueue(waiting, event, conditions);
      begin();
      return appended;
    },
    appendLater: async (event) => {
      const appended = enqueue(patient, event);
      if (patient.length >= batch) hurry();
      else if (flushing === undefined) beginLater();
      return appended;
    },
    drain: async () => {
      if (patient.length > 0) hurry();
      await flushing;
    },
  };
}

function prepare(event: AuditEvent, conditions: Conditions | undefined, at: number): PendingEvent {
  const prepared = prepareEvent(event, at);
  if (!conditions) return { event: prepared };
  const { epochs, instead, issued, used = [] } = conditions;
  // An event that cannot be checked is refused here, without the others.
  linesOf(epochs);
  return {
    event: prepared,
    epochs,
    instead: () => prepareEvent(instead(), at),
    ...(issued !== undefined && { issued: prepareToken(issued) }),
    ...(used.length > 0 && { used }),
  };
}

/** Never throws: each waiter is told. After a failed commit it is not known whether the batch is durable, so nobody is told it is. */
async function write(record: Recorder, batch: readonly Waiter[]): Promise<void> {
  try {
    const outcomes = await record(batch.map(({ pending }) => pending));
    for (const [at, waiter] of batch.entries()) tell(waiter, outcomes[at]);
  } catch (error) {
    const failure = translate(error);
    const told = failure.code === 'unavailable' ? failure : lost(failure);
    for (const { reject } of batch) reject(told);
  }
}

function tell(waiter: Waiter, outcome: Appended | WritError | undefined): void {
  if (outcome === undefined) waiter.reject(new WritError('internal'));
  else if (outcome instanceof WritError) waiter.reject(outcome);
  else waiter.resolve(outcome);
}
