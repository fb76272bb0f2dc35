/** Limits: what is counted in one statement is never more than the limit, on any number of brokers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { id, makeClient } from '../../../../test/support/rows.ts';
import { DATABASES, OPENING, openTestStore, type TestStore } from '../../../../test/support/store.ts';
import { limit_counts } from '../schema/index.ts';
import { openStore, DEFAULT_ORGANIZATION as organization_id, type Store } from '../store.ts';
import { type LimitUse, limitUsed, sweepExpired, useLimits } from './index.ts';

describe.each(DATABASES)('limits, %s', (kind) => {
  let opened: TestStore;
  let store: Store;
  /** Another broker's, where the database can serve two. */
  let other: Store;
  beforeAll(async () => {
    opened = await openTestStore(kind);
    store = opened.store;
    other = kind === 'postgres' ? await openStore({ ...opened.place.options, now: Date.now }) : store;
  }, OPENING);
  afterAll(async () => {
    if (other !== store) await other?.close();
    await opened?.dispose();
  });

  const use = (more: Partial<LimitUse> = {}): LimitUse => ({
    organization_id,
    client_id: 'cli',
    task_id: 'tsk_1',
    limit_key: id('key'),
    per: 'week',
    adds: 1,
    most: 5,
    ...more,
  });

  class NotEnough extends Error {
    readonly use: LimitUse;
    constructor(lacking: LimitUse) {
      super('not enough');
      this.use = lacking;
    }
  }

  /** Counts as the verbs do: all or nothing. Returns the limit of which not enough was left. */
  async function counted(uses: readonly LimitUse[], by = store): Promise<LimitUse | undefined> {
    try {
      await by.transaction(async (tx) => {
        const lacking = await useLimits(tx, uses);
        if (lacking !== undefined) throw new NotEnough(lacking);
      });
      return undefined;
    } catch (error) {
      if (error instanceof NotEnough) return error.use;
      throw error;
    }
  }

  test('of fifty calls at once for the last of a limit exactly one passes', async () => {
    const last = use({ most: 5 });
    expect(await counted([{ ...last, adds: 4 }])).toBeUndefined();
    const all = await Promise.all(Array.from({ length: 50 }, (_, index) => counted([last], index % 2 ? store : other)));
    expect(all.filter((lacking) => lacking === undefined)).toHaveLength(1);
    expect(await limitUsed(store.db, last)).toBe(5);
  });

  test('fifty calls at once against the same limits, told in any order, wait for each other and never for ever', async () => {
    const both = [use({ most: 20 }), use({ most: 30 })];
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        counted(index % 2 ? both : both.toReversed(), index % 3 ? store : other),
      ),
    );
    expect(all.filter((lacking) => lacking === undefined)).toHaveLength(20);
    for (const each of both) expect(await limitUsed(store.db, each)).toBe(20);
  });

  test('what does not suffice counts nothing, of no limit', async () => {
    const [wide, narrow] = [use({ most: 100, adds: 50 }), use({ most: 5, adds: 6 })];
    expect(await counted([wide, narrow])).toBe(narrow);
    expect([await limitUsed(store.db, wide), await limitUsed(store.db, narrow)]).toEqual([0, 0]);
    const first = use({ adds: Number.MAX_SAFE_INTEGER, most: Number.MAX_SAFE_INTEGER });
    expect([await counted([first]), await counted([{ ...first, adds: 1 }])]).toEqual([
      undefined,
      { ...first, adds: 1 },
    ]);
    expect(await limitUsed(store.db, first)).toBe(Number.MAX_SAFE_INTEGER);
    expect(await counted([{ ...first, adds: 0 }])).toBeUndefined();
  });

  test('another client, another meaning and another task count apart; a wider limit goes on from what is counted', async () => {
    const one = use({ per: 'task', most: 1 });
    expect(await counted([one])).toBeUndefined();
    expect(await counted([one])).toBe(one);
    for (const apart of [{ client_id: 'other' }, { limit_key: id('key') }, { task_id: 'tsk_2' }])
      expect(await counted([{ ...one, ...apart }])).toBeUndefined();
    expect(await counted([{ ...one, most: 2 }])).toBeUndefined();
    expect(await counted([{ ...one, most: 2 }])).toMatchObject({ most: 2 });
  });

  test('a period begins anew with the hour, the day or the week of UTC, and what is past is swept up', async () => {
    const uses = (['hour', 'day', 'week'] as const).map((per) => use({ per, most: 1 }));
    expect(await counted(uses)).toBeUndefined();
    const rows = await store.db.select().from(limit_counts);
    const own = uses.map(({ limit_key }) => rows.find((row) => row.limit_key === limit_key));
    const [hour, day, week] = own.map((row) => new Date(row?.ends_at ?? 0));
    expect([hour?.getUTCMinutes(), day?.getUTCHours(), week?.getUTCHours(), week?.getUTCDay()]).toEqual([0, 0, 0, 1]);
    for (const row of own) expect(row?.ends_at).toBeGreaterThan(Date.now());
    // As the next period finds it: the count of this one is under another name.
    await store.driver.script(async (run) => {
      await run({
        text: `update limit_counts set period = '2026-01-01T00', ends_at = '2026-01-02' where used = 1 and ends_at is not null`,
      });
    });
    expect(await counted(uses)).toBeUndefined();
    const client_id = await makeClient(store);
    for (const [task, ends] of [
      ['tsk_over', '2026-01-01'],
      ['tsk_alive', '2999-01-01'],
    ] as const) {
      await store.driver.script(async (run) => {
        await run({
          text: `insert into tasks (organization_id, id, client_id, created_at, last_token_at, ends_at)
            values ('${organization_id}', '${task}', '${client_id}', '2026-01-01', '2026-01-01', '${ends}')`,
        });
      });
      await counted([use({ per: 'task', task_id: task })]);
    }
    await sweepExpired(store.db, { organization_id, before: Date.now() - 1000, used_before: 0 });
    const left = (await store.db.select().from(limit_counts)).map(({ period }) => period);
    expect(left).toEqual(expect.arrayContaining(['tsk_alive']));
    expect(left.filter((period) => period === 'tsk_over' || period.startsWith('2026-01-01'))).toEqual([]);
  });
});
