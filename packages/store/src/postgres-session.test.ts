/** No default of a database or role, and no pooler, changes what Writ's statements mean. */

import postgres from 'postgres';
import { afterEach, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../test/support/postgres.ts';
import { startPooler } from '../../../test/support/transaction-pooler.ts';
import { exportAuditEvents, openAuditLog, recordChanges, watchChanges } from './audit/index.ts';
import { getUser, insertUser } from './queries/users.ts';
import { openStore, DEFAULT_ORGANIZATION as organization_id, type Store } from './store.ts';

let database: TestDatabase;
afterEach(() => database.drop());

async function asAdmin(work: (sql: postgres.Sql, name: string) => Promise<void>): Promise<void> {
  const sql = postgres(database.url, { max: 1, onnotice: () => undefined });
  await work(sql, new URL(database.url).pathname.slice(1));
  await sql.end();
}

const HOSTILE = {
  datestyle: 'German',
  timezone: 'Asia/Kolkata',
  intervalstyle: 'iso_8601',
  bytea_output: 'escape',
  standard_conforming_strings: 'off',
  search_path: 'nowhere',
  synchronous_commit: 'off',
  default_transaction_isolation: 'serializable',
  statement_timeout: '50',
  lock_timeout: '20',
};

/** The tenth of November and the eleventh of October are told apart by order alone. */
const NOW = Date.UTC(2026, 10, 10, 23, 30, 15, 123);

const SETTINGS = `select current_setting('datestyle') as style, current_setting('bytea_output') as bytes,
  current_setting('search_path') as path, current_setting('synchronous_commit') as commit,
  current_setting('transaction_isolation') as isolation, current_setting('statement_timeout') as timeout`;
const WANTED = {
  style: 'ISO, MDY',
  bytes: 'hex',
  path: 'public, pg_temp',
  commit: 'on',
  isolation: 'read committed',
  timeout: '0',
};

/** The one row of an answer of postgres.js. */
async function rowOf(answer: PromiseLike<unknown>): Promise<unknown> {
  return ((await answer) as readonly unknown[])[0];
}

/** Every way by which the store talks to the database, several times. */
async function useAll(store: Store): Promise<void> {
  const log = openAuditLog(store, { organization_id });
  const changes: string[] = [];
  const feed = await watchChanges(store, {
    organization_id,
    onChange: ({ subject }) => changes.push(subject),
    onGap: () => changes.push('gap'),
    interval: 10,
  });
  for (const round of [1, 2, 3, 4]) {
    const email = `${round}@example.com`;
    const id = `usr_${round}`;
    const user = { organization_id, id, email, name: 'O\\O', role: 'owner' as const, created_at: NOW };
    await store.transaction(async (tx) => {
      await insertUser(tx, user);
      await recordChanges(tx, { organization_id, now: NOW, changes: [{ kind: 'test', subject: String(round) }] });
      expect(await rowOf(tx.execute(SETTINGS))).toEqual(WANTED);
    });
    await log.append({ kind: 'session.test', data: { round } });
    const { rows } = await store.driver.script((run) => run({ text: SETTINGS, params: [] }));
    expect(rows).toEqual([WANTED]);
    expect((await store.driver.transact({ text: SETTINGS, params: [] })).rows).toEqual([WANTED]);
    expect(await rowOf(store.db.execute(SETTINGS))).toEqual(WANTED);
    expect(await getUser(store.db, { organization_id, id })).toMatchObject(user);
    const text = `select created_at::text as at from public.users where id = '${id}'`;
    expect(await rowOf(store.db.execute(text))).toEqual({ at: '2026-11-10 23:30:15.123+00' });
  }
  while (changes.length < 4) await new Promise((resolve) => setImmediate(resolve));
  expect(changes).toEqual(['1', '2', '3', '4']);
  await feed.stop();
  expect(await Array.fromAsync(exportAuditEvents(store.db, { organization_id }))).toHaveLength(4);
}

test('a database whose defaults are hostile is used as if they were not', { timeout: 30_000 }, async () => {
  database = await createDatabase();
  await asAdmin(async (sql, name) => {
    for (const [setting, value] of Object.entries(HOSTILE)) {
      await sql.unsafe(`alter database ${name} set ${setting} = ${setting === 'search_path' ? value : `'${value}'`}`);
    }
  });
  const store = await openStore({ url: database.url, now: () => NOW });
  await useAll(store);
  await store.close();
});

describe('through a pooler that lends another connection for each transaction, each with settings that somebody left on it', () => {
  const leaked = ['German', 'SQL, DMY', 'Postgres, DMY'].map((style) =>
    Object.entries({ ...HOSTILE, datestyle: style })
      .filter(([name]) => !name.endsWith('_timeout'))
      .map(([name, value]) => `set ${name} = ${name === 'search_path' ? value : `'${value}'`}`)
      .join('; '),
  );

  test.each([true, false])(
    'all is as it should be (startup parameters are refused: %s)',
    { timeout: 30_000 },
    async (refuses) => {
      database = await createDatabase();
      const pooler = await startPooler({ url: database.url, leaked, refuses });
      const store = await openStore({ url: pooler.url, now: () => NOW });
      await useAll(store);
      await store.close();
      for (const count of pooler.lent()) expect(count).toBeGreaterThan(5);
      await pooler.close();
    },
  );
});

test('tables of Writ in another schema are not passed over for new ones', async () => {
  database = await createDatabase();
  await asAdmin(async (sql) => {
    await sql.unsafe('create schema other; create table other.writ_migrations (name text)');
  });
  await expect(openStore({ url: database.url, now: Date.now })).rejects.toThrow(
    /The tables of Writ in .* are in the schema other; Writ uses the schema public/,
  );
});
