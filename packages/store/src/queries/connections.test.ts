import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { id, NOW, newConnection, newEnvironment } from '../../../../test/support/rows.ts';
import { DATABASES, OPENING, openTestStore, type TestStore } from '../../../../test/support/store.ts';
import { DEFAULT_ORGANIZATION as organization_id, type Store } from '../store.ts';
import * as queries from './index.ts';

describe.each(DATABASES)('connections, credentials and environments, %s', (kind) => {
  let opened: TestStore;
  let store: Store;
  beforeAll(async () => {
    opened = await openTestStore(kind, () => NOW);
    store = opened.store;
  }, OPENING);
  afterAll(() => opened.dispose());

  test('a slug is never used again, and a change returns the connection as it is then', async () => {
    const connection = await store.transaction((tx) => queries.insertConnection(tx, newConnection('railway')));
    const key = { organization_id, id: connection.id };
    const changed = await store.transaction((tx) =>
      queries.updateConnection(tx, {
        ...key,
        set: { settings: { a: ['b'] }, verified_at: NOW },
      }),
    );
    expect(changed).toMatchObject({ settings: { a: ['b'] }, verified_at: NOW });
    expect(await store.transaction((tx) => queries.updateConnection(tx, { ...key, set: {} }))).toEqual(changed);
    await store.transaction((tx) => queries.deleteConnection(tx, { ...key, now: NOW }));
    expect(await queries.findConnection(store.db, { organization_id, slug: 'railway' })).toBeUndefined();
    expect(await store.transaction((tx) => queries.updateConnection(tx, { ...key, set: {} }))).toBeUndefined();
    const again = store.transaction((tx) => queries.insertConnection(tx, newConnection('railway')));
    await expect(again).rejects.toMatchObject({ code: 'conflict' });
  });

  test('a provider environment is in at most one environment, also when two claim it at once', async () => {
    const connection_id = (await store.transaction((tx) => queries.insertConnection(tx, newConnection('members')))).id;
    const insert = (slug: string, ids: string[]) =>
      store.transaction((tx) => queries.insertEnvironment(tx, newEnvironment(connection_id, slug, ids)));
    await insert('staging', ['e1', 'e2']);
    await expect(insert('production', ['e3', 'e2'])).rejects.toMatchObject({
      code: 'conflict',
      message: 'A provider environment is in at most one environment: e2 is in staging.',
    });
    await expect(insert('staging', ['e4'])).rejects.toMatchObject({ code: 'conflict' });
    const race = await Promise.allSettled(Array.from({ length: 8 }, (_, n) => insert(`race${n}`, ['e3', `own${n}`])));
    expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const key = { organization_id, connection_id, slug: 'staging' };
    await store.transaction((tx) =>
      queries.updateEnvironment(tx, {
        ...key,
        set: { selector: { environment_ids: ['e1'] } },
        members: ['environment_ids:e1'],
        now: NOW,
      }),
    );
    await insert('later', ['e2']);
    await store.transaction((tx) => queries.deleteEnvironment(tx, { ...key, now: NOW }));
    await insert('again', ['e1']);
    const slugs = (await queries.listEnvironments(store.db, { organization_id, connection_id })).map(
      ({ slug }) => slug,
    );
    expect(slugs.filter((slug) => !slug.startsWith('race'))).toEqual(['again', 'later']);
  });

  test('a replaced credential is erased, and one bound to environments is replaced alone', async () => {
    const connection_id = (await store.transaction((tx) => queries.insertConnection(tx, newConnection('sealed')))).id;
    const key = { organization_id, connection_id };
    const add = async (environments: string[] | null): Promise<void> => {
      const version = await queries.nextCredentialVersion(store.db, key);
      await store.transaction((tx) =>
        queries.insertCredential(tx, {
          ...key,
          id: id('crd'),
          version,
          kind: 'account_token',
          origin: 'https://backboard.railway.com',
          sealed: { ciphertext: `fake-${version}` },
          environments,
          created_by: 'usr_1',
          created_at: NOW,
        }),
      );
    };
    await add(null);
    await add(['staging']);
    await store.transaction((tx) => queries.retireCredentials(tx, { ...key, environments: ['staging'], now: NOW }));
    expect((await queries.listCredentials(store.db, key)).map(({ version }) => version)).toEqual([1]);
    await store.transaction((tx) => queries.retireCredentials(tx, { ...key, now: NOW }));
    expect(await queries.listCredentials(store.db, key)).toEqual([]);
    expect(await queries.nextCredentialVersion(store.db, key)).toBe(3);
    const text = await Array.fromAsync(['credentials'], () =>
      store.driver.script((run) => run({ text: 'select * from credentials', params: [] })),
    );
    expect(JSON.stringify(text)).not.toContain('fake-');
  });

  test('a list is given page by page, to its end', async () => {
    const names = ['page-a', 'page-b', 'page-c', 'page-d'];
    for (const slug of names) await store.transaction((tx) => queries.insertConnection(tx, newConnection(slug)));
    const first = await queries.listConnections(store.db, { organization_id, after: 'page', limit: 3 });
    expect(first.items.map(({ slug }) => slug)).toEqual(names.slice(0, 3));
    const second = await queries.listConnections(store.db, { organization_id, after: first.next ?? '', limit: 1 });
    expect(second.items.map(({ slug }) => slug)).toEqual(['page-d']);
    const rest = await queries.listConnections(store.db, { organization_id, after: 'page-d', limit: 1000 });
    expect(rest.next).toBeUndefined();
  });

  test('a guardrail that cannot be read is never passed over', async () => {
    const row = { id: id('guardrail'), created_by: 'test', created_at: NOW };
    const keep = (rule: object) =>
      store.transaction((tx) =>
        queries.replaceGuardrails(tx, { organization_id, guardrails: [{ ...row, rule: rule as never }] }),
      );
    const rule = { environments: 'staging', operations: 'volume*', outcome: 'deny' } as const;
    await keep(rule);
    expect((await queries.listGuardrails(store.db, { organization_id })).map((kept) => kept.rule)).toEqual([rule]);
    for (const wrong of [{ ...rule, outcome: 'perhaps' }, { ...rule, except: 'volumeDelete' }, {}]) {
      await keep(wrong);
      await expect(queries.listGuardrails(store.db, { organization_id })).rejects.toMatchObject({
        code: 'unavailable',
      });
    }
  });
});
