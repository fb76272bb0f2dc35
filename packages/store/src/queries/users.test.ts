import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { id, NOW, newUser } from '../../../../test/support/rows.ts';
import { DATABASES, OPENING, openTestStore, type TestStore } from '../../../../test/support/store.ts';
import { violates } from '../errors.ts';
import { DEFAULT_ORGANIZATION as organization_id, type Store } from '../store.ts';
import * as queries from './index.ts';

describe.each(DATABASES)('users and their links and sessions, %s', (kind) => {
  let opened: TestStore;
  let store: Store;
  beforeAll(async () => {
    opened = await openTestStore(kind, () => NOW);
    store = opened.store;
  }, OPENING);
  afterAll(() => opened.dispose());

  test('of twenty set-ups at once, with two links, exactly one makes the owner', async () => {
    for (const token_hash of ['one', 'two']) {
      await store.transaction((tx) =>
        queries.insertLink(tx, {
          organization_id,
          id: id('lnk'),
          kind: 'setup',
          token_hash,
          created_at: NOW,
          expires_at: NOW + 1,
        }),
      );
    }
    const late = { user: newUser(), token_hash: 'one', now: NOW + 1 };
    expect(await store.transaction((tx) => queries.createFirstOwner(tx, late))).toBeUndefined();
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        store.transaction((tx) =>
          queries.createFirstOwner(tx, { user: newUser(), token_hash: n % 2 ? 'one' : 'two', now: NOW }),
        ),
      ),
    );
    expect(results.filter((user) => user?.role === 'owner')).toHaveLength(1);
    expect(results.filter((user) => user === undefined)).toHaveLength(19);
  });

  test('a link is good once, for its kind, before its expiry', async () => {
    const link = {
      organization_id,
      id: id('lnk'),
      kind: 'reset',
      token_hash: 'reset-hash',
      created_at: NOW,
      expires_at: NOW + 10,
    } as const;
    await store.transaction((tx) => queries.insertLink(tx, link));
    const use = (over: object) =>
      store.transaction((tx) =>
        queries.useLink(tx, { organization_id, kind: 'reset', token_hash: 'reset-hash', now: NOW, ...over }),
      );
    expect(await use({ kind: 'invite' })).toBeUndefined();
    expect(await use({ now: NOW + 10 })).toBeUndefined();
    expect(await use({ organization_id: 'other' })).toBeUndefined();
    const all = await Promise.all(Array.from({ length: 10 }, () => use({})));
    expect(all.filter(Boolean)).toHaveLength(1);
  });

  test('an email is one user’s, in upper and lower case, until that one is deleted', async () => {
    const user = await store.transaction((tx) =>
      queries.insertUser(tx, { ...newUser('Ada@Example.com'), role: 'admin' }),
    );
    expect(user).toMatchObject({ email: 'ada@example.com', created_at: NOW, deleted_at: null });
    const again = store.transaction((tx) => queries.insertUser(tx, { ...newUser('ADA@example.com'), role: 'admin' }));
    await expect(again).rejects.toMatchObject({ code: 'conflict' });
    expect(violates(await again.catch((error: unknown) => error), 'users_email_key')).toBe(true);
    expect(await queries.findUserByEmail(store.db, { organization_id, email: 'aDa@example.com' })).toEqual(user);
    await store.transaction((tx) => queries.deleteUser(tx, { organization_id, id: user.id, now: NOW }));
    expect(await queries.findUserByEmail(store.db, { organization_id, email: 'ada@example.com' })).toBeUndefined();
    await store.transaction((tx) => queries.insertUser(tx, { ...newUser('ada@example.com'), role: 'admin' }));
  });

  test('a session is found only while it is live and its user is there', async () => {
    const user = await store.transaction((tx) => queries.insertUser(tx, { ...newUser(), role: 'admin' }));
    const session = (token_hash: string) => ({
      organization_id,
      id: id('ses'),
      token_hash,
      user_id: user.id,
      kind: 'browser' as const,
      created_at: NOW,
      authenticated_at: NOW,
      last_seen_at: NOW,
      expires_at: NOW + 1000,
    });
    const first = session('s1');
    await store.transaction((tx) => queries.insertSession(tx, first));
    await store.transaction((tx) => queries.insertSession(tx, session('s2')));
    const find = (token_hash: string, now = NOW) =>
      queries.findSession(store.db, { organization_id, token_hash, now, idle_ms: { browser: 500, cli: 500 } });
    expect(await find('s1')).toMatchObject({ session: { id: first.id }, user: { id: user.id } });
    expect(await find('s1', NOW + 500)).toBeUndefined();
    await queries.touchSession(store.db, { organization_id, id: first.id, now: NOW + 400, every_ms: 100 });
    expect(await find('s1', NOW + 500)).toBeDefined();
    expect(await find('s1', NOW + 1000)).toBeUndefined();
    expect(
      await store.transaction((tx) =>
        queries.revokeSessionsOf(tx, {
          organization_id,
          user_id: user.id,
          except: first.id,
          now: NOW,
          idle_ms: { browser: 500, cli: 500 },
        }),
      ),
    ).toBe(1);
    expect(await find('s2')).toBeUndefined();
    await store.transaction((tx) => queries.deleteUser(tx, { organization_id, id: user.id, now: NOW }));
    expect(await find('s1')).toBeUndefined();
  });

  test('attempts that are still free are taken in any order; then each waits', async () => {
    const pace = { free: 3, base: 1_000, longest: 4_000, memory: 60_000 };
    const take = (now: number) =>
      queries.takeAttempt(store.db, { organization_id, subject: 'out of order', now, pace });
    expect([await take(NOW), await take(NOW - 40), await take(NOW - 20)]).toEqual([0, 0, 0]);
    expect(await take(NOW + 999)).toBe(1_000);
    expect(await take(NOW + 1_000)).toBe(0);
    expect(await take(NOW + 2_999)).toBe(1_000);
    expect(await take(NOW + 3_000)).toBe(0);
  });

  test('attempts at once all count, and are forgotten on success or after a while', async () => {
    const pace = { free: 3, base: 1_000, longest: 4_000, memory: 60_000 };
    const take = (now: number) => queries.takeAttempt(store.db, { organization_id, subject: 'at once', now, pace });
    const all = await Promise.all(Array.from({ length: 10 }, () => take(NOW)));
    expect(all.filter((wait) => wait === 0)).toHaveLength(3);
    await queries.clearSignInFailures(store.db, { organization_id, subject: 'at once' });
    expect([await take(NOW), await take(NOW), await take(NOW), await take(NOW)]).toEqual([0, 0, 0, 1_000]);
    expect(await take(NOW + 60_000)).toBe(0);
    expect(await take(NOW + 60_000)).toBe(0);
  });

  test('no error repeats what was sent to the database', async () => {
    const secret = 'writ_ss_fake-secret-marker';
    const user = { ...newUser('leak@example.com'), role: 'admin', password_hash: secret } as const;
    await store.transaction((tx) => queries.insertUser(tx, user));
    const failures = await Promise.allSettled([
      store.transaction((tx) => queries.insertUser(tx, user)),
      store.transaction((tx) => queries.insertUser(tx, { ...user, id: id('usr'), email: `${secret}\0` })),
      store.transaction((tx) =>
        queries.insertSession(tx, {
          organization_id,
          id: secret,
          token_hash: secret,
          user_id: 'nobody',
          kind: 'cli',
          created_at: NOW,
          authenticated_at: NOW,
          last_seen_at: NOW,
          expires_at: NOW,
        }),
      ),
    ]);
    for (const failure of failures) {
      if (failure.status === 'fulfilled') throw new Error('it should have failed');
      expect(described(failure.reason)).not.toContain('fake-secret-marker');
      expect(failure.reason).toHaveProperty('code');
    }
  });
});

/** Everything a log could print of an error. */
function described(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = Object.getOwnPropertyNames(error).map((name) => `${name}: ${String(Reflect.get(error, name))}`);
  return `${error.message} ${error.stack} ${own.join(' ')} ${JSON.stringify(error)} ${described(error.cause)}`;
}
