/**
 * A program for the prune tests: opens the database given as JSON in its argument and goes on with the prune that is not finished.
 * Prints `ready`, then how many entries each step removed, a line each, once its transaction has committed.
 */
import { once } from 'node:events';
import { openStore, DEFAULT_ORGANIZATION as organization_id, removePruned, unfinishedPrune } from '@writ/store';
import type { StoreOptions } from '../../packages/store/src/store.ts';

const options: Pick<StoreOptions, 'url' | 'dataDir'> = JSON.parse(process.argv[2] ?? '');

try {
  const store = await openStore({ ...options, now: Date.now });
  process.stdout.write('ready\n');
  for (;;) {
    const prune = await unfinishedPrune(store.db, { organization_id });
    if (prune === undefined) break;
    const removed = await store.transaction((tx) => removePruned(tx, { prune, batch: 7, now: Date.now() }));
    if (!process.stdout.write(`${removed}\n`)) await once(process.stdout, 'drain');
  }
  await store.close();
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
