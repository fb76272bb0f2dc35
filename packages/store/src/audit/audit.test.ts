import { GENESIS_HASH } from '@writ/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DATABASES, OPENING, openTestStore, type TestStore } from '../../../../test/support/store.ts';
import { verifyChain } from '../../../core/src/audit/chain.ts';
import { DEFAULT_ORGANIZATION as organization_id } from '../store.ts';
import { readableFrom } from './filter.ts';
import {
  type AuditFilter,
  appendIfCurrent,
  appendIn,
  auditHead,
  bumpEpochs,
  countAuditEvents,
  exportAuditEvents,
  listAuditEvents,
  openAuditLog,
  readEpochs,
} from './index.ts';

async function exported(test: TestStore): Promise<string[]> {
  return Array.fromAsync(exportAuditEvents(test.store.db, { organization_id, batch: 70 }));
}

describe.each(DATABASES)('the audit log, %s', (kind) => {
  let opened: TestStore;
  beforeAll(async () => {
    opened = await openTestStore(kind);
  }, OPENING);
  afterAll(() => opened.dispose());

  let exchanges = 0;
  /** The store, with its transactions of the log counted. */
  const counted = (store: TestStore['store']): TestStore['store'] => {
    const exchange: typeof store.driver.exchange = (...rounds) => {
      exchanges += 1;
      return store.driver.exchange(...rounds);
    };
    const transact: typeof store.driver.transact = (statement) => {
      exchanges += 1;
      return store.driver.transact(statement);
    };
    return { ...store, driver: { ...store.driver, exchange, transact } };
  };

  test('begins empty', async () => {
    expect(await auditHead(opened.store.db, { organization_id })).toEqual({ seq: 0, hash: GENESIS_HASH });
    expect(await exported(opened)).toEqual([]);
  });

  test('keeps one gap-free chain under concurrent appends of two writers and of transactions', async () => {
    const { store } = opened;
    const logs = [openAuditLog(store, { organization_id, batch: 7 }), openAuditLog(store, { organization_id })];
    const inBatches = Array.from({ length: 200 }, async (_, number) => {
      const event = {
        kind: 'test.appended',
        actor: 'user:\0\n\x01',
        operations: ['a\x02b', 'c'],
        result: '',
        data: { number, text: 'é\u2028\0"\\' },
      };
      return logs[number % 2]?.append(event);
    });
    const inTransactions = Array.from({ length: 10 }, (_, number) =>
      store.transaction((tx) =>
        appendIn(tx, { organization_id, now: store.now(), event: { kind: 'test.appended', data: { number } } }),
      ),
    );
    const done = await Promise.all([...inBatches, ...inTransactions]);
    const seqs = done.map((appended) => appended?.seq ?? 0).sort((a, b) => a - b);
    expect(seqs).toEqual(Array.from({ length: 210 }, (_, index) => index + 1));
    const lines = await exported(opened);
    const head = await auditHead(store.db, { organization_id });
    expect(await verifyChain(lines, { head })).toEqual({ whole: true, entries: 210, head });
    for (const appended of done) {
      expect(lines[(appended?.seq ?? 0) - 1]).toContain('"kind":"test.appended"');
    }
  });

  test('records the refusal instead of an event whose epochs have moved, and says which', async () => {
    const { store } = opened;
    const log = openAuditLog(store, { organization_id });
    const keys = [
      { scope: 'client', subject: 'ci' },
      { scope: 'task', subject: 'tsk_1' },
    ] as const;
    const epochs = await readEpochs(store.db, { organization_id, keys });
    expect(epochs.map(({ epoch }) => epoch)).toEqual([0, 0]);
    const allowed = { kind: 'request.allowed', client_id: 'ci', request_id: 'req_1' };
    const instead = () => ({ kind: 'request.refused', client_id: 'ci', request_id: 'req_1' });
    expect(await log.append(allowed, { epochs, instead })).toMatchObject({ written: 'event', stale: [] });
    await store.transaction((tx) => bumpEpochs(tx, { organization_id, now: store.now(), keys: [keys[1], keys[1]] }));
    const stale = await log.append(allowed, { epochs, instead });
    expect(stale).toMatchObject({ written: 'instead', stale: [keys[1]] });
    const [newest] = (await listAuditEvents(store.db, { organization_id, limit: 1 })).items;
    expect(newest).toMatchObject({ seq: stale.seq, hash: stale.hash });
    expect(newest?.event).toContain('request.refused');
    expect((await readEpochs(store.db, { organization_id, keys })).map(({ epoch }) => epoch)).toEqual([0, 1]);
  });

  test('records in a transaction only while the epochs are current, and says which have moved', async () => {
    const { store } = opened;
    const keys = [{ scope: 'client', subject: 'cond' } as const, { scope: 'task', subject: 'cond' } as const];
    const read = await readEpochs(store.db, { organization_id, keys });
    const at = { organization_id, now: store.now(), event: { kind: 'test.conditional' }, epochs: read };
    const { head } = await store.transaction((tx) => appendIfCurrent(tx, at));
    expect(head).toEqual(await auditHead(store.db, { organization_id }));
    await store.transaction((tx) => bumpEpochs(tx, { organization_id, now: store.now(), keys: keys.slice(1) }));
    const after = await auditHead(store.db, { organization_id });
    expect(await store.transaction((tx) => appendIfCurrent(tx, at))).toEqual({ stale: [read[1]] });
    expect(await auditHead(store.db, { organization_id })).toEqual(after);
  });

  test('holds no event of a transaction that was rolled back, and has no gap there', async () => {
    const { store } = opened;
    const before = await auditHead(store.db, { organization_id });
    const failed = store.transaction(async (tx) => {
      await appendIn(tx, { organization_id, now: store.now(), event: { kind: 'test.lost' } });
      throw new RangeError('changed my mind');
    });
    await expect(failed).rejects.toThrow(RangeError);
    expect(await auditHead(store.db, { organization_id })).toEqual(before);
    const { seq } = await openAuditLog(store, { organization_id }).append({ kind: 'test.kept' });
    expect(seq).toBe(before.seq + 1);
  });

  test('refuses an event that it cannot write, and records the others of its batch', async () => {
    const log = openAuditLog(opened.store, { organization_id });
    const [unwritable, wide, wideFine, large, fine] = await Promise.allSettled([
      log.append({ kind: '\ud800' }),
      log.append({ kind: 'test.large', data: { text: '\u20ac'.repeat(22_000) } }),
      log.append({ kind: 'test.wide', data: { text: '\u20ac'.repeat(21_500) } }),
      log.append({ kind: 'test.large', data: { text: 'x'.repeat(70_000) } }),
      log.append({ kind: 'test.fine' }),
    ]);
    expect(unwritable).toMatchObject({ status: 'rejected', reason: { code: 'internal' } });
    expect(wide).toMatchObject({ status: 'rejected', reason: { code: 'internal' } });
    expect(wideFine).toMatchObject({ status: 'fulfilled' });
    expect(large).toMatchObject({ status: 'rejected', reason: { code: 'internal' } });
    expect(fine).toMatchObject({ status: 'fulfilled' });
  });

  test('refuses an event when as many as may wait are waiting', async () => {
    const log = openAuditLog(opened.store, { organization_id, queue: 3 });
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => log.append({ kind: 'test.queued' })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(results.at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
  });

  test('records an event that nothing waits for with the next event that something waits for, or soon by itself, or when drained', async () => {
    const { store } = opened;
    const log = openAuditLog(counted(store), { organization_id });
    exchanges = 0;
    const later = log.appendLater({ kind: 'test.later' });
    const now = log.append({ kind: 'test.now' });
    expect((await later).seq).toBe((await now).seq + 1);
    expect(exchanges).toBe(1);
    await log.appendLater({ kind: 'test.alone' });
    expect(exchanges).toBe(2);
    const drained = log.appendLater({ kind: 'test.drained' });
    await log.drain();
    expect(exchanges).toBe(3);
    await drained;
  });

  test('events that nothing waits for have the same limit as others, and are recorded however many others come after them', async () => {
    const log = openAuditLog(opened.store, { organization_id, batch: 2, queue: 6 });
    const later = Array.from({ length: 3 }, () => log.appendLater({ kind: 'test.later' }));
    const more = await Promise.allSettled(Array.from({ length: 5 }, () => log.append({ kind: 'test.queued' })));
    expect(more.map(({ status }) => status)).toEqual([...Array(3).fill('fulfilled'), 'rejected', 'rejected']);
    await Promise.all(later);
  });

  test('records the events of one turn of the event loop in one transaction', async () => {
    const log = openAuditLog(counted(opened.store), { organization_id });
    exchanges = 0;
    const callers = Array.from({ length: 8 }, async () => {
      for (let round = 0; round < 5; round += 1) await log.append({ kind: 'test.grouped' });
    });
    await Promise.all(callers);
    expect(exchanges).toBeLessThan(10);
  });

  test('cannot be awaited inside a transaction, where the wait would never end', async () => {
    const log = openAuditLog(opened.store, { organization_id });
    await expect(opened.store.transaction(() => log.append({ kind: 'test.inside' }))).rejects.toThrow(TypeError);
    await expect(opened.store.transaction(() => opened.store.ping())).rejects.toThrow(TypeError);
  });

  test('is listed newest first, page by page, by every filter', async () => {
    const { store } = opened;
    const log = openAuditLog(store, { organization_id });
    const mark = {
      kind: 'test.listed',
      actor: 'user:u',
      client_id: 'c',
      task_id: 't',
      connection: 'n',
      result: 'r',
      request_id: 'q',
    };
    await log.append({ ...mark, operations: ['volumeDelete', 'serviceDelete'] });
    await log.append({ kind: 'test.other' });
    for (const [name, value] of Object.entries({ ...mark, operation: 'volumeDelete' })) {
      const { items } = await listAuditEvents(store.db, { organization_id, filter: { [name]: value }, limit: 10 });
      expect(items, name).toHaveLength(1);
    }
    const later = { from: store.now() + 60_000 };
    expect((await listAuditEvents(store.db, { organization_id, filter: later, limit: 10 })).items).toEqual([]);
    const seen: number[] = [];
    for (let before: number | undefined; ; ) {
      const page = await listAuditEvents(store.db, { organization_id, limit: 50, ...(before ? { before } : {}) });
      seen.push(...page.items.map(({ seq }) => seq));
      before = page.next;
      if (before === undefined) break;
    }
    const { seq } = await auditHead(store.db, { organization_id });
    expect(seen).toEqual(Array.from({ length: seq }, (_, index) => seq - index));
  });

  test('is searched by a part of the text, by any operation of an event and by its effects', async () => {
    const { store } = opened;
    const log = openAuditLog(store, { organization_id });
    const told = (effect: string) => ({ operations: [{ name: 'x', effect }] });
    await log.append({ kind: 'test.first', operations: ['serviceDelete', 'bucketDelete'], data: told('destroy') });
    await log.append({
      kind: 'test.second',
      operations: ['bucketDelete'],
      data: { ...told('read'), said: 'a "Rental" \\ 100%_' },
    });
    await log.append({ kind: 'test.third', data: { said: '"effect":"destroy"', note: 'bucketDelete' } });
    const found = async (filter: AuditFilter) =>
      (await listAuditEvents(store.db, { organization_id, filter, limit: 10 })).items.map(
        ({ event }) => JSON.parse(event).kind,
      );
    expect(await found({ operation: 'bucketDelete' })).toEqual(['test.second', 'test.first']);
    expect(await found({ operation: 'bucketDelete', effect: 'read' })).toEqual(['test.second']);
    expect(await found({ operation: 'bucketDelete', kind: 'test.first' })).toEqual(['test.first']);
    expect(await found({ effect: 'destroy' })).toEqual(['test.first']);
    for (const text of ['a "rental" \\ 100%_', '100%_', 'RENTAL', '"Rental"']) {
      expect(await found({ text }), text).toEqual(['test.second']);
    }
    expect(await found({ text: 'a_"rental' })).toEqual([]);
    const [first] = (await listAuditEvents(store.db, { organization_id, filter: { kind: 'test.first' }, limit: 1 }))
      .items;
    expect(await found({ text: first?.hash.slice(0, 12) ?? '' })).toEqual([]);
  });

  test('is counted by time, and what became of calls, by every filter', async () => {
    const { store } = opened;
    const client_id = 'counted';
    const kinds = [
      ['request.allowed', 'allowed'],
      ['request.refused', 'operation_not_granted'],
      ['request.waiting', 'approval_required'],
      ['request.waiting', 'held'],
      ['request.ended', 'answered'],
    ] as const;
    const from = store.now();
    const at = (minute: number) => openAuditLog({ ...store, now: () => from + minute * 60_000 }, { organization_id });
    for (const [kind, result] of kinds) {
      await at(0).append({ kind, result, client_id, operations: ['a', 'b'] });
      await at(2).append({ kind, result, client_id, operations: ['b'] });
    }
    const counts = async (filter: AuditFilter) => {
      const input = { organization_id, filter: { from, to: from + 3 * 60_000, ...filter }, width: 60_000 };
      const { parts, counted_from } = await countAuditEvents(store.db, input);
      expect(counted_from).toBeUndefined();
      return Object.fromEntries([...parts].sort());
    };
    const all = { all: 5, allowed: 1, refused: 1, asked: 1, held: 1 };
    expect(await counts({ client_id })).toEqual({ 0: all, 2: all });
    expect(await counts({ operation: 'b' })).toEqual({ 0: all, 2: all });
    expect(await counts({ operation: 'a', to: from + 60_000 })).toEqual({ 0: all });
    const held = { all: 1, allowed: 0, refused: 0, asked: 0, held: 1 };
    expect(await counts({ result: 'held', text: 'COUNTED' })).toEqual({ 0: held, 2: held });
  });

  test('one reading is bounded, whatever it filters by, and the next one goes on where it ended', async () => {
    const { store } = opened;
    const log = openAuditLog(store, { organization_id });
    const marked = { kind: 'test.bounded', task_id: 'b', client_id: 'b', data: { operations: [{ effect: 'reveal' }] } };
    for (let number = 0; number < 12; number += 1) await log.append({ ...marked, operations: ['one', 'two'] });
    const { seq } = await auditHead(store.db, { organization_id });
    const range = { floor: 1, before: seq + 1 };
    const floor = (filter: AuditFilter, most = 5, counts_all = false) =>
      readableFrom(store.db, { organization_id, filter, range, most, counts_all });
    expect(await floor({})).toBe(1);
    expect(await floor({ from: 0 }, 5, true)).toBe(seq - 4);
    expect(await floor({ text: 'bounded' })).toBe(seq - 4);
    expect(await floor({ effect: 'write' })).toBe(seq - 4);
    expect(await floor({ operation: 'two' })).toBe(seq - 4);
    for (const filter of [{ kind: 'test.bounded' }, { task_id: 'b' }, { effect: 'reveal' }] as const) {
      expect(await floor(filter)).toBe(1);
      expect(await floor({ ...filter, text: 'x' })).toBe(seq - 4);
      expect(await floor(filter, 5, true)).toBe(seq - 4);
      expect(await floor({ ...filter, text: 'x' }, 12)).toBe(1);
    }
  });
});
