import { createServer } from 'node:net';
import postgres from 'postgres';
import { describe, expect, inject, test } from 'vitest';
import { createDatabase } from '../../../test/support/postgres.ts';
import { sessionFor } from './postgres-server.ts';
import { settingsFor } from './postgres-session.ts';
import { openStore } from './store.ts';

const PASSWORD = 'hunter2-not-a-real-password';

/** What the start says, checked to be one sentence or two without the password. */
async function refusal(url: string): Promise<string> {
  const error: unknown = await openStore({ url, now: Date.now }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: 'unavailable' });
  const text = error instanceof Error ? error.message : '';
  expect(`${text} ${JSON.stringify(error)} ${error instanceof Error ? error.stack : ''}`).not.toContain(PASSWORD);
  return text;
}

function url(change: (url: URL) => void): string {
  const made = new URL(inject('postgresUrl'));
  made.password = PASSWORD;
  change(made);
  return made.href;
}

describe('a Postgres that cannot be used is refused with a sentence that', () => {
  test('names the database that is not there', async () => {
    const text = await refusal(url((to) => (to.pathname = '/nowhere')));
    expect(text).toMatch(/There is no database \S+\/nowhere\. Create it/);
  });

  test('names the host and port where nobody answers', async () => {
    const text = await refusal(`postgres://u:${PASSWORD}@127.0.0.1:1/writ`);
    expect(text).toMatch(/No Postgres answers at 127\.0\.0\.1:1\/writ/);
  });

  test('names the host that does not exist', async () => {
    expect(await refusal(`postgres://u:${PASSWORD}@nowhere.invalid/writ`)).toMatch(
      /^(No host is called|The name service did not answer for) nowhere\.invalid/,
    );
  });

  test('says that the URL is not one', async () => {
    for (const wrong of ['', 'localhost', `mysql://u:${PASSWORD}@h/d`, `u:${PASSWORD}@h/d`]) {
      expect(await refusal(wrong)).toMatch(/DATABASE_URL is not a Postgres URL/);
    }
  });

  test('says that something else listens there', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    expect(await refusal(`postgres://u:${PASSWORD}@127.0.0.1:${port}/writ`)).toMatch(/No Postgres answers at/);
    server.close();
  });
});

test('a server that is too old, a replica, or read-only is refused with a sentence', () => {
  const server = {
    version: 150000,
    display: '15.0',
    replica: false,
    readOnly: 'off',
    commit: 'on',
    elsewhere: null,
    settings: settingsFor({ version: 150000, commit: 'on' }),
    pooled: false,
  };
  expect(sessionFor(server, 'h:1/d').each).toBeUndefined();
  expect(sessionFor({ ...server, pooled: true }, 'h:1/d').each).toContain('DateStyle');
  const old = { ...server, version: 140011, display: '14.11' };
  expect(() => sessionFor(old, 'h:1/d')).toThrow('h:1/d is PostgreSQL 14.11; Writ needs 15 or newer.');
  expect(() => sessionFor({ ...server, replica: true }, 'h:1/d')).toThrow(
    /read-only replica; give DATABASE_URL the primary/,
  );
  expect(() => sessionFor({ ...server, readOnly: 'on' }, 'h:1/d')).toThrow(/default_transaction_read_only/);
});

describe('the user of the URL', () => {
  test('must be one that the server takes, and may create tables', async () => {
    const database = await createDatabase();
    const admin = postgres(database.url, { max: 1, onnotice: () => undefined });
    const name = `u${new URL(database.url).pathname.slice(-12)}`;
    await admin.unsafe(`create role ${name} login`);
    await admin.unsafe(`revoke create on schema public from public`);
    const as = new URL(database.url);
    as.username = name;
    expect(await refusal(as.href)).toMatch(/may not create tables in .*make it the owner/);
    await admin.unsafe(`alter role ${name} nologin`);
    expect(await refusal(as.href)).toMatch(
      /does not let the user of DATABASE_URL in from here .*: the role may not log in/,
    );
    await admin.unsafe(`drop role ${name}`);
    await admin.end();
    await database.drop();
  });
});

test('a database whose defaults are neither durable nor READ COMMITTED is used as if they were', async () => {
  const database = await createDatabase();
  const admin = postgres(database.url, { max: 1, onnotice: () => undefined });
  const name = new URL(database.url).pathname.slice(1);
  await admin.unsafe(`alter database ${name} set synchronous_commit = off`);
  await admin.unsafe(`alter database ${name} set default_transaction_isolation = 'serializable'`);
  await admin.end();
  const store = await openStore({ url: database.url, now: Date.now });
  const settings = `select current_setting('synchronous_commit') as c, current_setting('transaction_isolation') as i`;
  const found = await store.driver.script((run) => run({ text: settings, params: [] }));
  expect(found.rows).toEqual([{ c: 'on', i: 'read committed' }]);
  await store.close();
  await database.drop();
});
