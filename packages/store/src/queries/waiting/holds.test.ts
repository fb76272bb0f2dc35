import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { id, makeClient, NOW, newConnection } from '../../../../../test/support/rows.ts';
import { DATABASES, OPENING, openTestStore, type TestStore } from '../../../../../test/support/store.ts';
import { openAuditLog } from '../../audit/index.ts';
import { freezes, holds, kept_bodies } from '../../schema/index.ts';
import { DEFAULT_ORGANIZATION as organization_id, type Store } from '../../store.ts';
import * as queries from '../index.ts';

describe.each(DATABASES)('holds, %s', (kind) => {
  let opened: TestStore;
  let store: Store;
  let client_id: string;
  let connection_id: string;
  beforeAll(async () => {
    opened = await openTestStore(kind, () => NOW);
    store = opened.store;
    client_id = await makeClient(store);
    connection_id = (await store.transaction((tx) => queries.insertConnection(tx, newConnection('held')))).id;
  }, OPENING);
  afterAll(() => opened?.dispose());
  beforeEach(() =>
    store.transaction(async (tx) => {
      await tx.delete(holds);
      await tx.delete(freezes);
    }),
  );

  const tx = <T>(work: Parameters<typeof store.transaction<T>>[0]) => store.transaction(work);
  const make = async (more: Partial<queries.NewHold> = {}) => {
    const hold = {
      organization_id,
      id: id('hld'),
      approval_id: null,
      client_id,
      act_chain: ['cli_outer'],
      task_id: id('tsk'),
    };
    const request = { jti: id('tok'), connection_id, request_id: id('req'), digest: id('digest'), parts: {} };
    const facts = { subject: 's', operations: ['volumeDelete'], shown: {}, minutes: 0 };
    // That nobody need release it: who may is a rule of the broker's.
    const who = { grant_ids: [], requesters: [], protected: false, quorum: 0 };
    return await tx((t) => queries.insertHold(t, { ...hold, ...request, ...facts, ...who, ...more }));
  };
  const made = async (more: Partial<queries.NewHold> = {}) => {
    const hold = await make(more);
    if (hold === undefined) throw new Error('no hold was made');
    return hold;
  };
  const claim = (broker_id: string) => queries.claimDueHold(store.db, { organization_id, broker_id });
  const sending = (hold: string, broker_id: string, request_id = id('req')) =>
    tx((t) => queries.markSending(t, { organization_id, id: hold, broker_id, request_id }));
  const cancel = (hold: string) => tx((t) => queries.cancelHold(t, { organization_id, id: hold, ended_by: 'user:u' }));
  const stateOf = async (hold: string) => (await queries.getHold(store.db, { organization_id, id: hold }))?.state;
  const age = (hold: string, minutes: number) =>
    tx((t) =>
      t.execute(sql`update holds set created_at = created_at - make_interval(mins => ${minutes}),
      executes_at = executes_at - make_interval(mins => ${minutes}) where id = ${hold}`),
    );
  const freeze = (scope: 'all' | 'client' | 'task' | 'connection', subject: string) =>
    tx((t) =>
      queries.insertFreeze(t, { organization_id, id: id('frz'), scope, subject, reason: 'drill', created_by: 'u' }),
    );

  test('of fifty that claim a hold, one gets it; of fifty that mark it as being sent, one does', async () => {
    const hold = await made();
    const claims = await Promise.all(Array.from({ length: 50 }, (_, n) => claim(`brk_${n}`)));
    const [got, ...more] = claims.filter((each) => each !== undefined);
    expect([got?.id, more]).toEqual([hold.id, []]);
    const marked = await Promise.all(Array.from({ length: 50 }, () => sending(hold.id, got?.claimed_by ?? '')));
    expect(marked.filter(Boolean)).toHaveLength(1);
  });

  test("a hold that is not due, or not its broker's, is not sent", async () => {
    const later = await made({ minutes: 5 });
    expect(await claim('brk_1')).toBeUndefined();
    expect(await sending(later.id, 'brk_1')).toBe(false);
    await age(later.id, 5);
    expect((await claim('brk_1'))?.id).toBe(later.id);
    expect(await sending(later.id, 'brk_2')).toBe(false);
  });

  test('of a cancel and an execution at the same time exactly one wins', async () => {
    for (let round = 0; round < 10; round += 1) {
      const hold = await made();
      await claim('brk_1');
      const [sent, cancelled] = await Promise.all([sending(hold.id, 'brk_1'), cancel(hold.id)]);
      expect(sent).toBe(cancelled === undefined);
      expect(await stateOf(hold.id)).toBe(sent ? 'claimed' : 'cancelled');
      await tx((t) => t.delete(holds));
    }
  });

  test('what was sent is never given to another, is ended once, and the same request can be held again then', async () => {
    const hold = await made();
    expect(await make({ task_id: hold.task_id, digest: hold.digest })).toBeUndefined();
    await claim('brk_1');
    await sending(hold.id, 'brk_1');
    const end = { organization_id, id: hold.id, broker_id: 'brk_1', end: { state: 'executed', status: 200 } } as const;
    const ends = await Promise.all(Array.from({ length: 20 }, () => tx((t) => queries.endHold(t, end))));
    expect(ends.filter((each) => each !== undefined)).toHaveLength(1);
    expect(await claim('brk_2')).toBeUndefined();
    expect(await cancel(hold.id)).toBeUndefined();
    expect(await make({ task_id: hold.task_id, digest: hold.digest })).toBeDefined();
  });

  test.each([
    ['all', (): string => organization_id],
    ['connection', (): string => connection_id],
    ['client', (): string => 'cli_outer'],
    ['client', (): string => client_id],
  ] as const)(
    'frozen by %s while it waits, it is not sent, and waits for a release after that',
    async (scope, subject) => {
      const hold = await made();
      const { id: freeze_id } = await freeze(scope, subject());
      expect(await claim('brk_1')).toBeUndefined();
      await tx((t) => queries.liftFreeze(t, { organization_id, id: freeze_id, lifted_by: 'u' }));
      expect(await claim('brk_1')).toBeUndefined();
      expect((await tx((t) => queries.parkHolds(t, { organization_id }))).map((each) => each.id)).toEqual([hold.id]);
      await tx((t) => queries.releaseHold(t, { organization_id, id: hold.id, released_by: 'user:u' }));
      expect((await claim('brk_1'))?.id).toBe(hold.id);
    },
  );

  test('a freeze of something else, or from before, does not stop it', async () => {
    const before = await freeze('task', 'tsk_other');
    const lifted = await freeze('all', organization_id);
    await tx((t) => queries.liftFreeze(t, { organization_id, id: lifted.id, lifted_by: 'u' }));
    const hold = await made();
    expect((await claim('brk_1'))?.id).toBe(hold.id);
    await tx((t) => queries.liftFreeze(t, { organization_id, id: before.id, lifted_by: 'u' }));
  });

  test('the rest of the window runs after a release, the frozen time aside', async () => {
    const hold = await made({ minutes: 60 });
    await age(hold.id, 30);
    const frozen_ms = 20 * 60_000;
    const row = await tx((t) =>
      queries.releaseHold(t, { organization_id, id: hold.id, released_by: 'user:u', frozen_ms }),
    );
    const left = ((row?.executes_at ?? 0) - (row?.released_at ?? 0)) / 60_000;
    expect(Math.round(left)).toBe(50);
  });

  test('nobody was there when its time was over: within its window it is sent, after that it waits for a release', async () => {
    const [short, long] = [await made(), await made({ minutes: 60 })];
    await age(short.id, 6);
    await age(long.id, 119);
    expect((await claim('brk_1'))?.id).toBe(long.id);
    expect(await claim('brk_1')).toBeUndefined();
    expect((await tx((t) => queries.parkHolds(t, { organization_id }))).map((each) => each.id)).toEqual([short.id]);
    expect(await queries.nextHoldIn(store.db, { organization_id })).toBeUndefined();
  });

  test('what a silent broker has claimed is found, what a living one has is not', async () => {
    const hold = await made();
    await claim('brk_gone');
    const take = () =>
      tx((t) => queries.takeAbandonedHolds(t, { organization_id, broker_id: 'brk_me', silent_ms: 60_000 }));
    expect(await take()).toEqual([]);
    await tx((t) => t.execute(sql`update holds set claimed_at = now() - interval '61 seconds'`));
    expect((await take()).map((each) => each.id)).toEqual([hold.id]);
    await queries.keepBroker(store.db, { organization_id, id: 'brk_gone', now: Date.now(), settled_seq: 0 });
    expect(await take()).toEqual([]);
  });

  test('a page of holds ends early where the requests on it are large', async () => {
    const shown = { request: { body: 'x'.repeat(3 * 1024 * 1024) } };
    const first = await made({ shown });
    const second = await made({ shown });
    const page = await queries.listHolds(store.db, { organization_id, limit: 100 });
    const [newest = '', oldest] = [first.id, second.id].sort().reverse();
    expect([page.items.map((each) => each.id), page.next]).toEqual([[newest], newest]);
    const next = await queries.listHolds(store.db, { organization_id, limit: 100, after: newest });
    expect([next.items.map((each) => each.id), next.next]).toEqual([[oldest], undefined]);
  });

  test('a hold whose request is kept no more ends without its body, and a frozen one is kept', async () => {
    const hold = await made({ shown: { request: { body: 'x' } } });
    const kept = { organization_id, id: hold.id, part: 'request', sealed: {}, keep_seconds: 60 } as const;
    await tx((t) => queries.keepBody(t, kept));
    const { id: freeze_id } = await freeze('task', hold.task_id);
    await tx((t) => queries.parkHolds(t, { organization_id }));
    await tx((t) => t.update(kept_bodies).set({ erase_at: sql`now() + interval '1 second'` }));
    await tx((t) => queries.keepFrozen(t, { organization_id, keep_seconds: 3600 }));
    await tx((t) => t.update(kept_bodies).set({ erase_at: sql`erase_at - interval '10 minutes'` }));
    expect(await tx((t) => queries.expireHolds(t, { organization_id }))).toEqual([]);
    await tx((t) => queries.liftFreeze(t, { organization_id, id: freeze_id, lifted_by: 'u' }));
    await tx((t) => t.update(kept_bodies).set({ erase_at: sql`now()` }));
    expect(await queries.getKeptBody(store.db, kept)).toBeUndefined();
    expect(await tx((t) => queries.expireHolds(t, { organization_id }))).toMatchObject([
      { code: 'approval_expired', shown: { request: { body: null } } },
    ]);
  });

  test('tokens that a request waits by stay, and can be revoked though they have expired', async () => {
    const task_id = id('tsk');
    const jti = id('tok');
    const task = {
      organization_id,
      id: task_id,
      client_id,
      purpose: null,
      created_at: NOW,
      last_token_at: NOW,
      ends_at: NOW + 10,
    };
    const token = {
      organization_id,
      jti,
      client_id,
      task_id,
      kid: 'k',
      aud: 'a',
      act_chain: [],
      issued_at: NOW,
      parent_jti: null,
    };
    const hold = await made({ task_id, jti });
    const log = openAuditLog(store, { organization_id });
    const issued = { token: { ...token, expires_at: hold.created_at + 1000 }, task, begins_task: true };
    await log.append({ kind: 'token.issued' }, { epochs: [], instead: () => ({ kind: 'token.refused' }), issued });
    const muchLater = hold.created_at + 30 * 24 * 3600_000;
    const sweep = () => queries.sweepExpired(store.db, { organization_id, before: muchLater, used_before: muchLater });
    await sweep();
    expect(await queries.getToken(store.db, { organization_id, jti })).toBeDefined();
    const revoke = () => tx((t) => queries.revokeTokens(t, { organization_id, now: muchLater, selection: { jti } }));
    expect(await revoke()).toEqual([jti]);
    await cancel(hold.id);
    await sweep();
    expect(await queries.getToken(store.db, { organization_id, jti })).toBeUndefined();
  });
});
