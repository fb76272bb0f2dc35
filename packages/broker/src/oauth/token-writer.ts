/** Records issued tokens in groups: a batch begins when the one before has ended, so that one waits for nobody and many share a commit. */
import { WritError } from '@writ/core';
import { type IssuedToken, insertIssued } from '@writ/store';
import type { BaseServices } from '../context.ts';

/** Writes token rows. */
export interface TokenWriter {
  /** Resolves when the token and its task are durable. Throws `WritError` (`unavailable`), or `invalid_request` for a task that has ended. */
  write(issued: IssuedToken): Promise<void>;
}

interface Waiter {
  readonly issued: IssuedToken;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const BATCH = 256;
const QUEUE = 10_000;

/** Makes a writer. */
export function createTokenWriter({ store }: Pick<BaseServices, 'store'>): TokenWriter {
  let waiting: Waiter[] = [];
  let busy = false;
  const flush = async (): Promise<void> => {
    await Promise.resolve();
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      try {
        const ended = await store.transaction((tx) =>
          insertIssued(
            tx,
            batch.map(({ issued }) => issued),
          ),
        );
        for (const { issued, resolve, reject } of batch) {
          if (ended.has(issued.token.jti)) reject(taskEnded());
          else resolve();
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    busy = false;
  };
  return {
    write: (issued) => {
      if (waiting.length >= QUEUE)
        throw new WritError('unavailable', { detail: 'Too much is waiting to be recorded.' });
      return new Promise((resolve, reject) => {
        waiting.push({ issued, resolve, reject });
        if (busy) return;
        busy = true;
        flush().catch(reject);
      });
    },
  };
}

function taskEnded(): WritError {
  return new WritError('task_ended', { detail: 'The task has ended: begin another one.' });
}
