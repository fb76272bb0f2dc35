/**
 * A program for the checkpoint tests: opens the database given as JSON in its argument and, until killed or for so many rounds,
 * appends events, lets the tree follow and signs it. Prints `ready`, then each note, as JSON, once its transaction has committed.
 */

import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { signCheckpoint } from '@writ/core';
import { growTree, openAuditLog, openStore, DEFAULT_ORGANIZATION as organization_id, signTree } from '@writ/store';
import type { StoreOptions } from '../../packages/store/src/store.ts';

interface Job {
  readonly options: Pick<StoreOptions, 'url' | 'dataDir'>;
  readonly origin: string;
  /** PEM. */
  readonly key: string;
  readonly rounds?: number;
}

const { options, origin, key, rounds = Number.POSITIVE_INFINITY }: Job = JSON.parse(process.argv[2] ?? '');
const signer = { name: origin, privateKey: createPrivateKey(key) };

try {
  const store = await openStore({ ...options, now: Date.now });
  const log = openAuditLog(store, { organization_id });
  process.stdout.write('ready\n');
  for (let round = 0; round < rounds; round += 1) {
    await Promise.all(Array.from({ length: 7 }, () => log.append({ kind: 'signer.test', data: { by: process.pid } })));
    await store.transaction((tx) => growTree(tx, { organization_id, batch: 5 + (round % 7) }));
    const sign = (tree: { size: number; root: Uint8Array }) => signCheckpoint({ origin, ...tree }, signer);
    const { note } = await store.transaction((tx) => signTree(tx, { organization_id, now: Date.now(), rest: 0, sign }));
    if (!process.stdout.write(`${JSON.stringify(note)}\n`)) await once(process.stdout, 'drain');
  }
  await store.close();
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
