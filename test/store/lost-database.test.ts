import { WritError } from '@writ/core';
import {
  auditHead,
  bumpEpochs,
  exportAuditEvents,
  openAuditLog,
  openStore,
  DEFAULT_ORGANIZATION as organization_id,
  type Store,
  watchChanges,
} from '@writ/store';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyChain } from '../../packages/core/src/audit/chain.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { makePlace } from '../support/store.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

async function expectWhole(store: Store): Promise<string[]> {
  const head = await auditHead(store.db, { organization_id });
  const entries = await Array.fromAsync(exportAuditEvents(store.db, { organization_id }));
  expect(await verifyChain(entries, { head })).toMatchObject({ whole: true });
  return entries;
}

test('while the database is gone everything is refused; when it is back everything works, and nothing acknowledged is lost', {
  timeout: 60_000,
}, async () => {
  const store = await openStore({ url: cluster.url, now: Date.now });
  const log = openAuditLog(store, { organization_id });
  const seen: string[] = [];
  const errors: string[] = [];
  const feed = await watchChanges(store, {
    organization_id,
    onChange: ({ subject }) => seen.push(subject),
    onGap: () => seen.push('gap'),
    onError: ({ code }) => errors.push(code),
  });
  const acknowledged: number[] = [];
  let working = true;
  const busy = Array.from({ length: 10 }, async () => {
    while (working) {
      await log.append({ kind: 'loss.test' }).then(
        ({ seq }) => acknowledged.push(seq),
        (error: unknown) => expect(error).toMatchObject({ code: 'unavailable' }),
      );
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  });
  await eventually(async () => expect(acknowledged.length).toBeGreaterThan(100));

  await cluster.halt();
  await expect(log.append({ kind: 'loss.refused' })).rejects.toMatchObject({ code: 'unavailable' });
  await expect(store.ping()).rejects.toMatchObject({ code: 'unavailable' });
  await expect(store.transaction((tx) => bumpEpochs(tx, { organization_id, now: 1, keys: [] }))).rejects.toMatchObject({
    code: 'unavailable',
  });
  await eventually(async () => expect(errors).toContain('unavailable'));
  const confirmed = feed.confirmedAt();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(feed.confirmedAt()).toBe(confirmed);

  await cluster.resume();
  await eventually(() => store.ping());
  const { seq } = await eventually(() => log.append({ kind: 'loss.after' }));
  const keys = [{ scope: 'task', subject: 'tsk_after' }] as const;
  await eventually(() => store.transaction((tx) => bumpEpochs(tx, { organization_id, now: store.now(), keys })));
  await eventually(async () => expect(seen).toEqual(['tsk_after']));
  expect(feed.confirmedAt()).toBeGreaterThan(confirmed);
  working = false;
  await Promise.all(busy);

  const entries = await expectWhole(store);
  for (const one of [...acknowledged, seq]) expect(entries[one - 1]).toMatch(/"kind":"loss\.(test|after)"/);
  expect(entries.filter((entry) => entry.includes('loss.refused'))).toEqual([]);
  await feed.stop();
  await store.close();
});

const ENDINGS = {
  'goes on to the database': async (again: () => Promise<void>) => {
    await expect(again()).rejects.toMatchObject({ code: 'unavailable' });
  },
  'throws an error of its own': async () => {
    throw new RangeError('for another reason');
  },
  'knows nothing of it': async () => undefined,
};

test.each(Object.entries(ENDINGS))(
  'a connection that breaks inside a transaction takes all of it along, when what comes after %s',
  { timeout: 60_000 },
  async (_, after) => {
    const place = await makePlace('postgres');
    const store = await openStore({ url: place.options.url ?? '', now: Date.now });
    const log = openAuditLog(store, { organization_id });
    const admin = postgres(place.options.url ?? '', { max: 1, onnotice: () => undefined });
    const keys = [{ scope: 'task', subject: 'tsk_1' }] as const;
    for (let round = 0; round < 5; round += 1) {
      const broken = store.transaction(async (tx) => {
        const bump = () => bumpEpochs(tx, { organization_id, now: store.now(), keys });
        await bump();
        await admin`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()`;
        if (round > 0) await new Promise((resolve) => setTimeout(resolve, round * 10));
        await after(bump);
        await new Promise((resolve) => setTimeout(resolve, round * 10));
      });
      await expect(broken).rejects.toSatisfy((error: unknown) => error instanceof RangeError || isUnavailable(error));
      await eventually(() => log.append({ kind: 'loss.after' }));
      await eventually(() => store.ping());
    }
    expect(await admin`select * from epochs`).toHaveLength(0);
    expect(await admin`select change_seq from audit_head`).toMatchObject([{ change_seq: '0' }]);
    await expectWhole(store);
    await admin.end();
    await store.close();
    await place.remove();
  },
);

function isUnavailable(error: unknown): boolean {
  return error instanceof WritError && error.code === 'unavailable';
}
