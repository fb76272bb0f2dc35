import { PRUNED, pruneData, rootHash, verifyLog } from '@writ/core';
import {
  appendIn,
  exportAuditEvents,
  growTree,
  insertPrune,
  openAuditLog,
  openStore,
  DEFAULT_ORGANIZATION as organization_id,
  treeUpTo,
} from '@writ/store';
import { describe, expect, test } from 'vitest';
import { helpers, startProgram } from '../support/program.ts';
import { DATABASES, makePlace, type Place } from '../support/store.ts';

const { pruner } = helpers;
const LAST = 700;

/** Opens the database for some work, and closes it: the embedded one is one process's at a time. */
async function using<T>(
  { options }: Place,
  work: (store: Awaited<ReturnType<typeof openStore>>) => Promise<T>,
): Promise<T> {
  const store = await openStore({ ...options, now: Date.now });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** A log of which the first entries are said to be pruned, none of them removed yet; answers what was signed of it. */
function begun(place: Place) {
  return using(place, async (store) => {
    const log = openAuditLog(store, { organization_id });
    await Promise.all(Array.from({ length: LAST + 50 }, (_, n) => log.append({ kind: 'prune.test', data: { n } })));
    while ((await store.transaction((tx) => growTree(tx, { organization_id, batch: 500 })))?.more);
    const upTo = await treeUpTo(store.db, { organization_id, last: LAST });
    const { tree } = await treeUpTo(store.db, { organization_id, last: LAST + 50 });
    await store.transaction(async (tx) => {
      const row = { organization_id, first_seq: 1, last_seq: LAST, pruned_by: 'usr_x', pruned_at: Date.now() };
      await insertPrune(tx, { ...row, finished_at: null });
      const event = { kind: PRUNED, data: pruneData({ first: 1, last: LAST, ...upTo }) };
      await appendIn(tx, { organization_id, now: Date.now(), event });
    });
    return [{ name: 'the checkpoint', size: LAST + 50, root: rootHash(tree) }];
  });
}

describe.each(DATABASES)('a prune killed in the middle of its work, %s', (kind) => {
  test('leaves a log that is whole each time, and is finished in the end', { timeout: 120_000 }, async () => {
    const place = await makePlace(kind);
    const signed = await begun(place);
    const check = () =>
      using(place, async (store) => {
        const entries = await Array.fromAsync(exportAuditEvents(store.db, { organization_id }));
        expect(await verifyLog(entries, { signed })).toMatchObject({
          whole: true,
          entries: 51,
          pruned: { last: LAST },
        });
        const [row] = (await store.driver.script((run) => run({ text: 'select count(*)::int as n from audit_events' })))
          .rows;
        return Number(row?.['n']);
      });
    let left = await check();
    for (const steps of [3, 20]) {
      const program = startProgram(pruner, [JSON.stringify(place.options)]);
      await program.printed(1 + steps);
      await program.kill();
      expect(program.stderr()).toBe('');
      const now = await check();
      // A quick machine may have finished before it was killed.
      expect(now < left || now === 51).toBe(true);
      left = now;
    }
    const last = startProgram(pruner, [JSON.stringify(place.options)]);
    expect([await last.ended, last.stderr()]).toEqual([0, '']);
    expect(await check()).toBe(51);
    await place.remove();
  });
});
