import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { id, makeClient, NOW, newConnection } from '../../../../test/support/rows.ts';
import { DATABASES, OPENING, openTestStore, type TestStore } from '../../../../test/support/store.ts';
import { openAuditLog } from '../audit/index.ts';
import { freezes } from '../schema/index.ts';
import { DEFAULT_ORGANIZATION as organization_id, type Store } from '../store.ts';
import * as queries from './index.ts';

describe.each(DATABASES)('grants, tokens, keys and freezes, %s', (kind) => {
  let opened: TestStore;
  let store: Store;
  beforeAll(async () => {
    opened = await openTestStore(kind, () => NOW);
    store = opened.store;
  }, OPENING);
  afterAll(() => opened.dispose());

  test('grants count only while neither they nor their connection have ended', async () => {
    const client_id = await makeClient(store);
    const connection_id = (await store.transaction((tx) => queries.insertConnection(tx, newConnection('granted')))).id;
    const scope = { connection: 'granted', environments: ['staging'], operations: ['*:read'] };
    const add = (expires_at: number | null) =>
      store.transaction((tx) =>
        queries.insertGrant(tx, {
          organization_id,
          id: id('grt'),
          client_id,
          connection_id,
          scope,
          expires_at,
          created_by: 'u',
          created_at: NOW,
          updated_at: NOW,
        }),
      );
    const forever = await add(null);
    const revoked = await add(NOW + 100);
    const short = await add(NOW + 10);
    await store.transaction((tx) => queries.revokeGrant(tx, { organization_id, id: revoked.id, now: NOW }));
    const live = async (now: number) =>
      (await queries.liveGrants(store.db, { organization_id, client_id, now })).map((grant) => grant.id);
    expect(await live(NOW)).toEqual([forever.id, short.id]);
    expect(await live(NOW + 10)).toEqual([forever.id]);
    await store.transaction((tx) => queries.deleteConnection(tx, { organization_id, id: connection_id, now: NOW }));
    expect(await live(NOW)).toEqual([]);
  });

  test('revoking a token revokes everything exchanged from it, and nothing else', async () => {
    const client_id = await makeClient(store);
    const task_id = id('tsk');
    const key = { organization_id, id: task_id };
    const log = openAuditLog(store, { organization_id });
    const task = { ...key, client_id, purpose: null, created_at: NOW, last_token_at: NOW, ends_at: NOW + 10 };
    const add = async (parent_jti: string | null): Promise<string> => {
      const jti = id('tok');
      const of = { organization_id, client_id, task_id, parent_jti };
      const token = { ...of, jti, kid: 'k', aud: 'a', issued_at: NOW, expires_at: NOW + 100, act_chain: [] };
      const issued = { token, task, begins_task: parent_jti === null };
      await log.append({ kind: 'token.issued' }, { epochs: [], instead: () => ({ kind: 'token.refused' }), issued });
      return jti;
    };
    const root = await add(null);
    const child = await add(root);
    const grandchild = await add(child);
    const other = await add(root);
    const revoke = (jti: string) =>
      store.transaction((tx) => queries.revokeTokens(tx, { organization_id, now: NOW, selection: { jti } }));
    const revokedAt = async (jti: string) => (await queries.getToken(store.db, { organization_id, jti }))?.revoked_at;
    expect(await revoke(child)).toEqual([child, grandchild]);
    expect(await Promise.all([child, grandchild].map(revokedAt))).toEqual([NOW, NOW]);
    expect(await Promise.all([root, other].map(revokedAt))).toEqual([null, null]);
    expect(await revoke(root)).toEqual([root, other]);

    const more = { ...key, client_id, now: NOW + 5, ends_at: NOW + 20 };
    expect(await queries.continueTask(store.db, { ...more, client_id: 'another' })).toBeUndefined();
    expect(await queries.continueTask(store.db, more)).toMatchObject({ ends_at: NOW + 20 });
    expect(
      await store.transaction((tx) => queries.endTask(tx, { ...key, now: NOW + 20, ended_by: 'u' })),
    ).toBeUndefined();
    expect(await store.transaction((tx) => queries.endTask(tx, { ...key, now: NOW, ended_by: 'u' }))).toMatchObject({
      ended_by: 'u',
    });
    expect(await queries.continueTask(store.db, more)).toBeUndefined();
  });

  test('of fifty uses of an assertion at once, exactly one is the first', async () => {
    const assertion = { organization_id, issuer: 'ci', jti: 'once', expires_at: NOW + 1 };
    const all = await Promise.all(Array.from({ length: 50 }, () => queries.useAssertion(store.db, assertion)));
    expect(all.filter(Boolean)).toHaveLength(1);
    expect(await queries.useAssertion(store.db, { ...assertion, issuer: 'another' })).toBe(true);
  });

  test('a used assertion is swept up when nobody could use it again, and not before', async () => {
    const assertion = { organization_id, issuer: 'swept', jti: 'once', expires_at: NOW };
    const isUnused = () => queries.useAssertion(store.db, assertion);
    expect(await isUnused()).toBe(true);
    await queries.sweepExpired(store.db, { organization_id, before: NOW - 1000, used_before: NOW });
    expect(await isUnused()).toBe(false);
    await queries.sweepExpired(store.db, { organization_id, before: NOW - 1000, used_before: NOW + 1 });
    expect(await isUnused()).toBe(true);
  });

  test('at most one signing key is active, and a compromised one’s private part is gone', async () => {
    const key = (kid: string) => ({
      organization_id,
      kid,
      alg: 'ES256',
      state: 'active' as const,
      public_jwk: {},
      sealed_private: { fake: kid },
      created_at: NOW,
    });
    await store.transaction((tx) => queries.insertSigningKey(tx, key('k1')));
    await expect(store.transaction((tx) => queries.insertSigningKey(tx, key('k2')))).rejects.toMatchObject({
      code: 'conflict',
    });
    const move = { organization_id, kid: 'k1', from: ['active'], to: 'compromised', now: NOW } as const;
    expect(await store.transaction((tx) => queries.moveSigningKey(tx, move))).toMatchObject({
      sealed_private: null,
      retired_at: NOW,
    });
    expect(await store.transaction((tx) => queries.moveSigningKey(tx, move))).toBeUndefined();
  });

  test('the first key-encryption key is remembered until it is replaced', async () => {
    const remember = (kek_id: string) =>
      store.transaction((tx) => queries.rememberVaultKey(tx, { organization_id, kek_id, now: NOW }));
    const all = await Promise.all(['a', 'b', 'c'].map(remember));
    expect(new Set(all.map(({ kek_id }) => kek_id)).size).toBe(1);
    const first = all[0]?.kek_id ?? '';
    await store.transaction((tx) =>
      queries.replaceVaultKey(tx, { organization_id, kek_id: 'd', replaced: first, now: NOW }),
    );
    expect(await queries.currentVaultKey(store.db, { organization_id })).toMatchObject({ kek_id: 'd' });
  });

  test('a freeze is in force until it is lifted, once', async () => {
    const subjects = [{ scope: 'task', subject: 'tsk_x' }] as const;
    const find = () => queries.findFreeze(store.db, { organization_id, subjects });
    expect(await find()).toBeUndefined();
    const freeze = await store.transaction((tx) =>
      queries.insertFreeze(tx, {
        organization_id,
        id: id('frz'),
        ...subjects[0],
        reason: 'why',
        created_by: 'u',
      }),
    );
    expect(await find()).toEqual(freeze);
    const lift = () =>
      store.transaction((tx) => queries.liftFreeze(tx, { organization_id, id: freeze.id, lifted_by: 'u' }));
    expect((await Promise.all([lift(), lift()])).filter(Boolean)).toHaveLength(1);
    expect(await find()).toBeUndefined();
  });

  test('time that was frozen twice counts once, what others were frozen not at all, and only what lies after a moment', async () => {
    const since = 1_700_000_000_000;
    const subjects = [{ scope: 'client' as const, subject: 'cut' }];
    const frozen = (subject: string, from: number, until: number | null) =>
      store.db.insert(freezes).values({
        ...{ organization_id, id: id('frz'), scope: 'client', subject, reason: 'why', created_by: 'u' },
        ...{ created_at: since + from, lifted_at: until === null ? null : since + until },
      });
    const between = (from = since) => queries.frozenBetween(store.db, { organization_id, subjects, since: from });
    expect(await between()).toBe(0);
    // Before; across the moment; twice at a time; again later.
    for (const [from, until] of [
      [-9_000, -5_000],
      [-1_000, 2_000],
      [1_500, 3_000],
      [10_000, 10_250],
    ] as const)
      await frozen('cut', from, until);
    await frozen('another', 0, 60_000);
    expect(await between()).toBe(3_250);
    expect(await between(since + 10_100)).toBe(150);
    // One that is in force counts up to now, by the database's clock.
    await frozen('cut', 20_000, null);
    const open = await between(Date.now() - 5_000);
    expect(open).toBeGreaterThanOrEqual(5_000);
    expect(await between(Date.now() + 3_600_000)).toBe(0);
  });
});
