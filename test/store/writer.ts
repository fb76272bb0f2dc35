/**
 * A program for the crash tests: opens the database given as JSON in its argument, appends events as fast as it can, and prints
 * `ready`, then the sequence number of each event that was acknowledged, a line each.
 */
import { once } from 'node:events';
import { DEFAULT_ORGANIZATION, openAuditLog, openStore } from '@writ/store';
import type { StoreOptions } from '../../packages/store/src/store.ts';

interface Job {
  readonly options: Pick<StoreOptions, 'url' | 'dataDir'>;
  /** How many wait at once. */
  readonly concurrency: number;
  /** How many to append; without it, until killed. */
  readonly count?: number;
  /** Appends nothing, and stays open. */
  readonly idle?: boolean;
}

const job: Job = JSON.parse(process.argv[2] ?? '');
let left = job.count ?? Number.POSITIVE_INFINITY;

/** All who wait for the reader wait together. */
let drained: Promise<void> | undefined;

async function untilDrained(): Promise<void> {
  await once(process.stdout, 'drain');
  drained = undefined;
}

async function appendOn(log: ReturnType<typeof openAuditLog>): Promise<void> {
  while (left > 0) {
    left -= 1;
    const { seq } = await log.append({ kind: 'crash.test', data: { by: process.pid } });
    if (process.stdout.write(`${seq}\n`)) continue;
    drained ??= untilDrained();
    await drained;
  }
}

try {
  const store = await openStore({ ...job.options, now: Date.now });
  const log = openAuditLog(store, { organization_id: DEFAULT_ORGANIZATION });
  process.stdout.write('ready\n');
  if (job.idle) await new Promise((resolve) => setTimeout(resolve, 600_000));
  await Promise.all(Array.from({ length: job.concurrency }, () => appendOn(log)));
  await store.close();
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
