import type { AuditHead, WritError } from '@writ/core';
import type { Driver } from '../database.ts';
import {
  type Appended,
  type BatchRecord,
  headOf,
  lockAndCheck,
  needsTwoRounds,
  type PendingEvent,
  recordAfter,
  recordLocked,
  wasRecorded,
} from './batch.ts';

/** Records one batch at a time, and returns the answer for each waiter. Throws where the batch is not known to be durable. */
export type Recorder = (batch: readonly PendingEvent[]) => Promise<readonly (Appended | WritError)[]>;

/**
 * Records the batches of one organization. A writer that is alone wrote the end of the log itself and so knows it: it sends a batch in
 * one round, which the database takes only where the head and every epoch are as the batch has them. Where they are not, or another
 * broker has written since, it takes two rounds: the first locks and reads the head, the second records refusals for stale events.
 */
export function openRecorder(driver: Driver, organizationId: string): Recorder {
  /** Where this writer left the log; undefined while it is not known whether its last batch is there. */
  let left: AuditHead | undefined;
  /** Whether nobody else wrote between this writer's last two batches. */
  let isAlone = false;

  const inOneRound = async (batch: readonly PendingEvent[]): Promise<BatchRecord | undefined> => {
    if (!isAlone || left === undefined || needsTwoRounds(batch)) return undefined;
    const record = recordAfter(organizationId, batch, left);
    const [statement] = record.statements;
    return statement !== undefined && wasRecorded(await driver.transact(statement)) ? record : undefined;
  };
  const inTwoRounds = async (batch: readonly PendingEvent[]): Promise<BatchRecord> => {
    const known = left;
    let record: BatchRecord | undefined;
    await driver.exchange(lockAndCheck(organizationId, batch), (results) => {
      isAlone = headOf(results[0]).hash === known?.hash;
      record = recordLocked(organizationId, batch, results);
      return record.statements;
    });
    if (record === undefined) throw new TypeError('the head was not read');
    return record;
  };
  return async (batch) => {
    try {
      const { head, outcomes } = (await inOneRound(batch)) ?? (await inTwoRounds(batch));
      left = head;
      return outcomes;
    } catch (error) {
      left = undefined;
      throw error;
    }
  };
}
