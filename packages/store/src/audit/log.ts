import { WritError } from '@writ/core';
import type { Driver } from '../database.ts';
import { lost, translate } from '../errors.ts';
import { refuseInsideTransaction } from '../guard.ts';
import { type Appended, lockAndCheck, type Pending, recordBatch } from './batch.ts';
import { type AuditEvent, type EpochVector, prepareEvent } from './event.ts';
import { type IssuedToken, prepareToken } from './issued.ts';

/**
 * The epochs an event relies on, and the event (a refusal) to record in its place if any of them has moved. `issued`: the token
 * that the event tells of, recorded in the same transaction, or with the refusal not at all.
 */
export interface Conditions {
  readonly epochs: EpochVector;
  readonly instead: AuditEvent;
  readonly issued?: IssuedToken;
}

/** The log of one organization, as brokers write it. */
export interface AuditLog {
  /**
   * Records an event and returns when it is durable. With `conditions`, what was recorded may be `instead`: look at `written`.
   * Throws `WritError`: `unavailable` when it could not be recorded or too many wait (nothing may be done then), `internal` when
   * it cannot be written as JSON.
   */
  append(event: AuditEvent, conditions?: Conditions): Promise<Appended>;
  /** Resolves when no event waits any more. */
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

interface Waiter extends Pending {
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: WritError) => void;
}

/**
 * Opens the log of an organization. Events are recorded in groups: a batch begins when the one before has ended, so that one
 * waits for nobody and many share a transaction; there is no timer.
 *
 * Why an acknowledged freeze or revocation wins over every request whose record is not yet committed (invariant 8): both take
 * the lock of the head and keep it until they commit. Either the batch had it first: then its records are committed before the
 * freeze, hence before the freeze is acknowledged. Or the freeze had it first: then the batch waits for that commit, and its
 * epochs are read in a statement that begins afterwards, which at READ COMMITTED sees them moved.
 */
export function openAuditLog(
  store: { readonly driver: Driver; readonly now: () => number },
  { organization_id, batch = 512, queue = 10_000 }: AuditLogOptions,
): AuditLog {
  let waiting: Waiter[] = [];
  let flushing: Promise<void> | undefined;

  const flush = async (): Promise<void> => {
    // Events that are appended in the same turn share the first batch.
    await Promise.resolve();
    while (waiting.length > 0) {
      const taken = waiting.slice(0, batch);
      waiting = waiting.slice(batch);
      await write(store.driver, organization_id, taken);
    }
    flushing = undefined;
  };

  return {
    append: async (event, conditions) => {
      refuseInsideTransaction('append');
      if (waiting.length >= queue)
        throw new WritError('unavailable', { detail: 'Too much is waiting to be recorded.' });
      return new Promise((resolve, reject) => {
        waiting.push({ ...prepare(event, conditions, store.now()), resolve, reject });
        flushing ??= flush();
      });
    },
    drain: async () => {
      await flushing;
    },
  };
}

function prepare(event: AuditEvent, conditions: Conditions | undefined, at: number): Pending {
  const prepared = prepareEvent(event, at);
  if (!conditions) return { event: prepared };
  const { epochs, instead, issued } = conditions;
  return {
    event: prepared,
    epochs,
    instead: () => prepareEvent(instead, at),
    ...(issued === undefined ? {} : { issued: prepareToken(issued) }),
  };
}

/** Never throws: each waiter is told. After a failed commit it is not known whether the batch is durable, so nobody is told it is. */
async function write(driver: Driver, organizationId: string, batch: readonly Waiter[]): Promise<void> {
  try {
    let outcomes: readonly (Appended | WritError)[] = [];
    await driver.exchange(lockAndCheck(organizationId, batch), (results) => {
      const record = recordBatch(organizationId, batch, results);
      outcomes = record.outcomes;
      return record.statements;
    });
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
