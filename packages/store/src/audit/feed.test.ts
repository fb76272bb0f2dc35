import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { DATABASES, OPENING, openTestStore, type TestStore } from '../../../../test/support/store.ts';
import { DEFAULT_ORGANIZATION as organization_id } from '../store.ts';
import { bumpEpochs, pruneChanges, recordChanges, watchChanges } from './index.ts';

describe.each(DATABASES)('the change feed, %s', (kind) => {
  let opened: TestStore;
  let offset = 0;
  beforeAll(async () => {
    opened = await openTestStore(kind, () => Date.now() + offset);
  }, OPENING);
  afterAll(() => opened.dispose());

  const change = (subject: string): Promise<void> =>
    opened.store.transaction((tx) =>
      bumpEpochs(tx, { organization_id, now: opened.store.now(), keys: [{ scope: 'client', subject }] }),
    );

  async function watch(interval: number) {
    const seen: { seq: number; kind: string; subject: string }[] = [];
    const onGap = vi.fn();
    const feed = await watchChanges(opened.store, {
      organization_id,
      onChange: (one) => seen.push(one),
      onGap,
      interval,
    });
    return { seen, onGap, feed };
  }

  test('reports what changed since it began, by NOTIFY alone where polls are far apart', async () => {
    await change('before');
    const { seen, feed } = await watch(600_000);
    await change('a');
    await change('b');
    await vi.waitFor(() => expect(seen.map(({ subject }) => subject)).toEqual(['a', 'b']), { timeout: 30_000 });
    expect(seen[1]?.seq).toBe((seen[0]?.seq ?? 0) + 1);
    await feed.stop();
    await change('after');
    expect(seen).toHaveLength(2);
  });

  test('reports a change only once it is committed', async () => {
    const { seen, feed } = await watch(10);
    const failed = opened.store.transaction(async (tx) => {
      await recordChanges(tx, {
        organization_id,
        now: opened.store.now(),
        changes: [{ kind: 'grant', subject: 'undone' }],
      });
      throw new RangeError('undone');
    });
    await expect(failed).rejects.toThrow(RangeError);
    await change('done');
    await vi.waitFor(() => expect(seen.map(({ subject }) => subject)).toEqual(['done']), { timeout: 30_000 });
    await feed.stop();
  });

  test('says up to when it has certainly reported every change', async () => {
    const began = opened.store.now();
    const { feed } = await watch(10);
    const first = feed.confirmedAt();
    expect(first).toBeGreaterThanOrEqual(began);
    expect(first).toBeLessThanOrEqual(opened.store.now());
    await vi.waitFor(() => expect(feed.confirmedAt()).toBeGreaterThan(first), { timeout: 30_000 });
    await feed.stop();
    const last = feed.confirmedAt();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(feed.confirmedAt()).toBe(last);
  });

  test('callers that need certainty share one question, and every change committed before has been reported to them', async () => {
    const { seen, feed } = await watch(600_000);
    await change('needed');
    const now = opened.store.now();
    let asked = 0;
    const heard = await Promise.all(
      Array.from({ length: 200 }, async () => {
        await feed.confirm(now);
        asked = Math.max(asked, feed.confirmedAt());
        return seen.map(({ subject }) => subject).includes('needed');
      }),
    );
    expect(heard).not.toContain(false);
    expect(asked).toBe(feed.confirmedAt());
    expect(asked).toBeGreaterThanOrEqual(now);
    await feed.confirm(0);
    await feed.stop();
    await expect(feed.confirm(opened.store.now() + 1_000)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('reports that changes were pruned before it saw them', async () => {
    const { seen, onGap, feed } = await watch(10);
    await opened.store.transaction(async (tx) => {
      const now = opened.store.now();
      await recordChanges(tx, { organization_id, now, changes: [{ kind: 'grant', subject: 'old' }] });
      await pruneChanges(tx, { organization_id, before: now + 1, limit: 1000 });
    });
    await vi.waitFor(() => expect(onGap).toHaveBeenCalledOnce(), { timeout: 30_000 });
    await change('new');
    await vi.waitFor(() => expect(seen.map(({ subject }) => subject)).toEqual(['new']), { timeout: 30_000 });
    expect(onGap).toHaveBeenCalledOnce();
    await feed.stop();
  });

  test('measures how far the database’s clock is from ours', async () => {
    for (const ahead of [0, 10_000]) {
      offset = ahead;
      const began = Date.now();
      const skew = await opened.store.clockSkew();
      // It is as exact as the question is short; the database may be another machine's.
      const within = (Date.now() - began) / 2 + 1_000;
      offset = 0;
      expect(Math.abs(skew + ahead)).toBeLessThanOrEqual(within);
    }
  });
});
