import {
  appendIn,
  bumpEpochs,
  exportAuditEvents,
  openAuditLog,
  openStore,
  DEFAULT_ORGANIZATION as organization_id,
  readEpochs,
} from '@writ/store';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { helpers, startProgram } from '../support/program.ts';
import { openTestStore } from '../support/store.ts';

const KEY = { scope: 'connection', subject: 'con_1' } as const;
const { decider } = helpers;

test.each([
  [2, 'two brokers'],
  [1, 'a broker that is alone, and knows how the log ends'],
])(
  'an acknowledged freeze wins over every decision that is not yet recorded, under load: %i, %s',
  {
    timeout: 120_000,
  },
  async (brokers) => {
    const { store, place, dispose } = await openTestStore('postgres');
    const programs = Array.from({ length: brokers }, () => startProgram(decider, [place.options.url ?? '']));
    await Promise.all(programs.map(({ printed }) => printed(1)));
    const sql = postgres(place.options.url ?? '', { max: 1, onnotice: () => undefined });
    const recorded = async (kind: string): Promise<number> =>
      (await sql`select from audit_events where kind = ${kind}`).count;
    const enough = async (freezes: number) => freezes > 30 && (await recorded('race.refused')) >= 30;
    for (let freeze = 1; freeze <= 500 && !(await enough(freeze)); freeze += 1) {
      // Each freeze meets decisions that are under way: some have just been allowed, and whoever made one makes the next.
      const before = await recorded('race.allowed');
      while ((await recorded('race.allowed')) < before + 4) {
        // Asking is the wait.
      }
      await store.transaction(async (tx) => {
        const writing = { organization_id, now: store.now() };
        await bumpEpochs(tx, { ...writing, keys: [KEY] });
        await appendIn(tx, { ...writing, event: { kind: 'race.frozen', data: { epoch: freeze } } });
      });
    }
    await sql.end();
    for (const program of programs) program.write('stop');
    expect(await Promise.all(programs.map(({ ended }) => ended))).toEqual(programs.map(() => 0));

    // In the log's order, which is the order of commit: what was allowed relied on the very epoch that the last freeze left.
    let epoch = 0;
    const counted = { allowed: 0, refused: 0, wrong: 0 };
    for await (const line of exportAuditEvents(store.db, { organization_id })) {
      const event: { kind: string; data: { epoch: number } } = JSON.parse(line);
      if (event.kind === 'race.frozen') epoch = event.data.epoch;
      else if (event.kind === 'race.refused') counted.refused += 1;
      else counted.allowed += 1;
      if (event.kind === 'race.allowed' && event.data.epoch !== epoch) counted.wrong += 1;
      if (event.kind === 'race.refused' && event.data.epoch === epoch) counted.wrong += 1;
    }
    expect(counted.wrong).toBe(0);
    expect(counted.allowed).toBeGreaterThan(100);
    expect(counted.refused).toBeGreaterThanOrEqual(30);
    await dispose();
  },
);

/** Waits until a statement in the database waits for a lock that another transaction has. */
async function untilBlocked(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  await eventually(async () => {
    const waiting = await sql`select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    expect(waiting).toHaveLength(1);
  });
  await sql.end();
}

test.each([
  [0, 'reads the head'],
  [2, 'knows the head'],
])(
  'a decision that waits while a freeze commits is refused, though it was made before: %i batches before, it %s',
  async (batches) => {
    const { store, place, dispose } = await openTestStore('postgres');
    const other = await openStore({ url: place.options.url ?? '', now: Date.now });
    const log = openAuditLog(other, { organization_id });
    for (let batch = 0; batch < batches; batch += 1) await log.append({ kind: 'race.warm' });
    const epochs = await readEpochs(other.db, { organization_id, keys: [KEY] });
    const bumped = Promise.withResolvers<void>();
    const commit = Promise.withResolvers<void>();
    const freezing = store.transaction(async (tx) => {
      await bumpEpochs(tx, { organization_id, now: store.now(), keys: [KEY] });
      bumped.resolve();
      await commit.promise;
    });
    await bumped.promise;
    const waiting = log.append({ kind: 'race.allowed' }, { epochs, instead: () => ({ kind: 'race.refused' }) });
    await untilBlocked(place.options.url ?? '');
    commit.resolve();
    await freezing;
    expect(await waiting).toMatchObject({ written: 'instead', stale: [KEY] });
    await other.close();
    await dispose();
  },
);
