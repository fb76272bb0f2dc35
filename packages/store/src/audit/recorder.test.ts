import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DATABASES, OPENING, openTestStore, type TestStore } from '../../../../test/support/store.ts';
import { verifyChain } from '../../../core/src/audit/chain.ts';
import type { Driver } from '../database.ts';
import { lost } from '../errors.ts';
import { DEFAULT_ORGANIZATION as organization_id } from '../store.ts';
import {
  type AuditLog,
  appendIn,
  auditHead,
  bumpEpochs,
  exportAuditEvents,
  openAuditLog,
  readEpochs,
} from './index.ts';

describe.each(DATABASES)('a batch of the log, %s', (kind) => {
  let opened: TestStore;
  let log: AuditLog;
  let trips: string[] = [];
  /** Runs beside the next `transact`, before or after it. */
  let before: (() => Promise<unknown>) | undefined;
  let after: (() => Promise<unknown>) | undefined;

  beforeAll(async () => {
    opened = await openTestStore(kind);
  }, OPENING);
  afterAll(() => opened.dispose());
  beforeEach(async () => {
    const { driver } = opened.store;
    const watched: Driver = {
      ...driver,
      exchange: (...rounds) => {
        trips.push('two');
        return driver.exchange(...rounds);
      },
      transact: async (statement) => {
        trips.push('one');
        const [first, then] = [before, after];
        [before, after] = [undefined, undefined];
        await first?.();
        const result = await driver.transact(statement);
        await then?.();
        return result;
      },
    };
    log = openAuditLog({ ...opened.store, driver: watched }, { organization_id });
    // The first batch learns how the log ends; the second learns that nobody else writes.
    for (let batch = 0; batch < 2; batch += 1) await log.append({ kind: 'test.warm' });
    trips = [];
  });

  const keys = [{ scope: 'client', subject: 'ci' }] as const;
  const relying = async () => ({
    epochs: await readEpochs(opened.store.db, { organization_id, keys }),
    instead: () => ({ kind: 'test.refused' }),
  });
  const bump = () =>
    opened.store.transaction((tx) => bumpEpochs(tx, { organization_id, now: opened.store.now(), keys }));
  const writeElsewhere = () =>
    opened.store.transaction((tx) =>
      appendIn(tx, { organization_id, now: opened.store.now(), event: { kind: 'test.elsewhere' } }),
    );
  const lines = () => Array.fromAsync(exportAuditEvents(opened.store.db, { organization_id }));
  const expectWhole = async (): Promise<string[]> => {
    const entries = await lines();
    const head = await auditHead(opened.store.db, { organization_id });
    expect(await verifyChain(entries, { head })).toMatchObject({ whole: true });
    return entries;
  };

  test('takes one round trip while nobody else writes', async () => {
    const conditions = await relying();
    const done = await Promise.all([log.append({ kind: 'test.one' }, conditions), log.append({ kind: 'test.one' })]);
    await log.append({ kind: 'test.one' }, conditions);
    expect(trips).toEqual(['one', 'one']);
    expect(done.map(({ written }) => written)).toEqual(['event', 'event']);
    await expectWhole();
  });

  test('that finds entries of another writer is chained to them, and written once', async () => {
    before = writeElsewhere;
    const { seq } = await log.append({ kind: 'test.after' }, await relying());
    expect(trips).toEqual(['one', 'two']);
    const entries = await expectWhole();
    expect(entries[seq - 2]).toContain('test.elsewhere');
    expect(entries.filter((entry) => entry.includes('test.after'))).toHaveLength(1);
  });

  test('takes two round trips while others write, and one after they have stopped', async () => {
    for (let turn = 0; turn < 3; turn += 1) {
      await writeElsewhere();
      await log.append({ kind: 'test.turn' });
    }
    expect(trips).toEqual(['one', 'two', 'two', 'two']);
    for (let turn = 0; turn < 3; turn += 1) await log.append({ kind: 'test.turn' });
    expect(trips.slice(4)).toEqual(['two', 'one', 'one']);
    await expectWhole();
  });

  test('that finds a moved epoch records refusals for the events that rely on it, and for no others', async () => {
    const conditions = await relying();
    before = bump;
    const [stale, free] = await Promise.all([
      log.append({ kind: 'test.overtaken' }, conditions),
      log.append({ kind: 'test.free' }),
    ]);
    expect(trips).toEqual(['one', 'two']);
    expect(stale).toMatchObject({ written: 'instead', stale: keys });
    expect(free).toMatchObject({ written: 'event', stale: [] });
    const entries = await expectWhole();
    expect(entries.filter((entry) => entry.includes('test.overtaken'))).toEqual([]);
    expect(entries[stale.seq - 1]).toContain('test.refused');
    expect(entries.filter((entry) => entry.includes('test.free'))).toHaveLength(1);
    // A stop alone does not count as another writer.
    await log.append({ kind: 'test.next' });
    expect(trips.slice(2)).toEqual(['one']);
  });

  test('with two events that rely on different epochs of one subject refuses the older one', async () => {
    const old = await relying();
    await bump();
    const current = await relying();
    const done = await Promise.all([log.append({ kind: 'test.old' }, old), log.append({ kind: 'test.new' }, current)]);
    expect(done.map(({ written }) => written)).toEqual(['instead', 'event']);
    await expectWhole();
  });

  test.each(['written', 'not written'])(
    'whose answer is lost (%s) is told to nobody, and the next finds the end',
    async (what) => {
      const loss = async (): Promise<never> => {
        throw lost(new Error('the answer was lost'));
      };
      if (what === 'written') after = loss;
      else before = loss;
      await expect(log.append({ kind: `test.lost ${what}` })).rejects.toMatchObject({ code: 'unavailable' });
      const { seq } = await log.append({ kind: 'test.found' });
      expect(trips).toEqual(['one', 'two']);
      const entries = await expectWhole();
      expect(entries[seq - 1]).toContain('test.found');
      expect(entries.filter((entry) => entry.includes(`test.lost ${what}`))).toHaveLength(what === 'written' ? 1 : 0);
    },
  );

  test('refuses only the event whose epoch has a subject that could be read as two', async () => {
    const epochs = [{ scope: 'client', subject: 'a\nclient\x02b', epoch: 0 }] as const;
    const [odd, fine] = await Promise.allSettled([
      log.append({ kind: 'test.odd' }, { epochs, instead: () => ({ kind: 'test.refused' }) }),
      log.append({ kind: 'test.fine' }),
    ]);
    expect(odd).toMatchObject({ status: 'rejected', reason: { code: 'internal' } });
    expect(fine).toMatchObject({ status: 'fulfilled' });
  });
});

describe('the statement that records a batch', () => {
  let opened: TestStore;
  beforeAll(async () => {
    opened = await openTestStore('postgres');
    await openAuditLog(opened.store, { organization_id }).append({ kind: 'test.first' });
  }, OPENING);
  afterAll(() => opened.dispose());

  /** Calls it for one event, in a transaction that `begin` begins; `own` stands for that transaction. */
  const record = async (begin: string, lockedIn: string | null, before?: string): Promise<unknown> => {
    const sql = postgres(opened.place.options.url ?? '', { max: 1, onnotice: () => undefined });
    const { seq, hash } = await auditHead(opened.store.db, { organization_id });
    const columns = ['{}', 'h', hash, new Date(0).toISOString(), 'test.raw', ...Array(7).fill('\x01')];
    const params = [organization_id, lockedIn, seq, before ?? hash, seq + 1, 'h', '', null, null, ...columns];
    const marks = params
      .map((_, index) =>
        index === 1 && lockedIn === 'own' ? `replace($2, 'own', pg_current_xact_id()::text)` : `$${index + 1}`,
      )
      .join(', ');
    try {
      await sql.unsafe(begin);
      const [row] = await sql.unsafe(`select record_audit_batch(${marks}) as recorded`, params);
      await sql.unsafe('rollback');
      return row?.['recorded'];
    } catch (error) {
      return (error as { code: string }).code;
    } finally {
      await sql.end();
    }
  };

  test('writes only at READ COMMITTED: otherwise it would not see what was stopped while it waited for the lock', async () => {
    expect(await record('begin isolation level read committed', null)).toBe(true);
    expect(await record('begin isolation level repeatable read', null)).toBe('25000');
    expect(await record('begin isolation level serializable', null)).toBe('25000');
  });

  test('writes only in the transaction that read the epochs', async () => {
    expect(await record('begin isolation level read committed', '1')).toBe('40001');
  });

  test('takes a log that ends otherwise for a failure in the transaction that locked it, and elsewhere for another writer', async () => {
    expect(await record('begin isolation level read committed', 'own')).toBe(true);
    expect(await record('begin isolation level read committed', 'own', 'other')).toBe('40001');
    expect(await record('begin isolation level read committed', null, 'other')).toBe(false);
  });

  test('waits for the lock no longer than its writer waits for it', async () => {
    const holder = postgres(opened.place.options.url ?? '', { max: 1 });
    await holder.unsafe('begin');
    await holder.unsafe('select from audit_head for update');
    expect(await record('begin isolation level read committed', null)).toBe('55P03');
    await holder.unsafe('rollback');
    await holder.end();
  });
});
