/** A new key-encryption key in the place of the old one, by real processes that are killed in the middle. */
import { existsSync } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import { createClient } from '@writ/api';
import { currentVaultKey, openStore, DEFAULT_ORGANIZATION as organization_id, type Store } from '@writ/store';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clients, users } from '../../packages/store/src/schema/index.ts';
import { type ServerProcess, spawnServer } from '../support/broker-process.ts';
import { eventually } from '../support/eventually.ts';
import { type Access, signIn } from '../support/owner.ts';
import { AS_STARTED, openScene, type Scene } from '../support/scene.ts';
import { DATABASES } from '../support/store.ts';
import { faultControl } from './failures/with-faults.ts';

describe.each(DATABASES)('the key-encryption key is replaced, on %s', { timeout: 180_000 }, (database) => {
  let story: Scene;
  let owner: Access;
  let token: string;
  beforeAll(async () => {
    story = await openScene({ ...AS_STARTED, database });
    owner = story.owner;
    token = (await story.token()).access_token;
  }, 120_000);
  afterAll(() => story?.close());

  const keyFile = (): string => String(story.broker.env['WRIT_KEY_FILE']);
  const replace = (more: Readonly<Record<string, string>> = {}): ServerProcess =>
    spawnServer({ env: { ...story.broker.env, ...more }, args: ['key-file', 'replace'] });
  const finished = async (server: ServerProcess) => ({
    code: await server.ended,
    said: server.stdout(),
    refused: server.stderr(),
  });

  /** The id of the key that was replaced, from what the command says. */
  const replacedBy = (said: string): string => / Key (local_\w+) opens it no more/.exec(said)?.[1] ?? '';

  /** All that was sealed or hashed before is good, by whatever key it is sealed now; sessions are not. */
  async function expectAllGood(): Promise<void> {
    const { broker, agent } = story;
    const old = createClient({ baseUrl: broker.url, fetch, headers: { cookie: owner.cookie } });
    await expect(old.call('me.get')).rejects.toMatchObject({ status: 401 });
    owner = await signIn(broker.url, owner);
    await owner.client.call('connections.patch', { connection: 'railway', settings: {} }, owner);
    await owner.client.call('connections.verify', { connection: 'railway' });
    await owner.client.call('audit.checkpoint');
    for (let time = 0; time < 2; time += 1) expect((await story.tokenAnswer(agent)).status).toBe(200);
    const answer = await story.graphql(token, '{ projects { edges { node { id } } } }');
    expect([answer.status, answer.refusal]).toEqual([200, undefined]);
  }

  const openDatabase = (): Promise<Store> => {
    const { DATABASE_URL: url, WRIT_DATA_DIR: dataDir = '' } = story.broker.env;
    return openStore({ ...(url === undefined ? { dataDir } : { url }), now: Date.now });
  };

  /** The id of the key that the database is sealed with. */
  async function wantedKey(): Promise<string> {
    const store = await openDatabase();
    const key = await currentVaultKey(store.db, { organization_id });
    await store.close();
    return key?.kek_id ?? '';
  }

  /** Hashes that are still by a replaced key. */
  async function marked(): Promise<string[]> {
    const store = await openDatabase();
    const hashes = [
      ...(await store.db.select({ hash: clients.secret_hash }).from(clients)),
      ...(await store.db.select({ hash: users.password_hash }).from(users)),
    ];
    await store.close();
    return hashes.map(({ hash }) => hash ?? '').filter((hash) => hash.includes(':'));
  }

  /** Kills a replacement that has made its key, within its transaction. */
  async function killedInTheMiddle(): Promise<void> {
    const url = story.broker.env['DATABASE_URL'];
    const made = () => eventually(async () => expect(existsSync(`${keyFile()}.new`)).toBe(true));
    if (url === undefined) {
      const faults = await faultControl({ killed_once_there: `${keyFile()}.new` });
      expect(await replace(faults.env).ended).toBe('SIGKILL');
      await made();
      await faults.remove();
      return;
    }
    const sql = postgres(url, { max: 2, onnotice: () => undefined });
    const waiting = () => sql`select 1 from pg_locks where relation = 'users'::regclass and not granted`;
    await sql.begin(async (held) => {
      await held`lock table users in row exclusive mode`;
      const server = replace();
      await made();
      await eventually(async () => expect(await waiting()).toHaveLength(1));
      await server.kill('SIGKILL');
    });
    await sql.end();
  }

  test('killed in the middle, one key or the other opens everything, and running it again finishes it', async () => {
    const { kek_id } = await owner.client.call('key_file.get');
    const ofOther = { kek_id: 'local_0011223344556677', copy_kept: true };
    await expect(owner.client.call('key_file.put', ofOther)).rejects.toMatchObject({ code: 'conflict' });
    await owner.client.call('key_file.put', { kek_id, copy_kept: true });
    await story.broker.stop();
    const before = await readFile(keyFile(), 'utf8');
    await killedInTheMiddle();
    expect(await readFile(keyFile(), 'utf8')).toBe(before);
    const { code, said, refused } = await finished(replace());
    expect([code, refused]).toEqual([0, '']);
    expect(said).toMatch(/\n {2}railway: account_token, since \d{4}-/);
    expect(existsSync(`${keyFile()}.new`)).toBe(false);
    expect(await readFile(`${keyFile()}.${replacedBy(said)}`, 'utf8')).toBe(before);
    for (const key of [before, await readFile(keyFile(), 'utf8')]) expect(said).not.toContain(key.trim());
    expect((await marked()).length).toBeGreaterThan(1);
    await story.broker.restart();
    await expectAllGood();
    // The answer was for the key that was replaced.
    expect(await owner.client.call('key_file.get')).toMatchObject({ copy_kept: null, copy_answered_at: null });
  });

  test('hashes are made anew at their next use; a broker on the old key stops, or keeps the embedded database for itself', async () => {
    if (story.broker.env['DATABASE_URL'] === undefined) {
      const { code, refused } = await finished(replace());
      expect([code, refused]).toEqual([1, expect.stringMatching(/^writ: .*(another|other|already)/i)]);
      await story.broker.stop();
    }
    expect(await marked()).toEqual([]);
    const { code, said } = await finished(replace());
    expect(code).toBe(0);
    // Ends of itself, where it still ran.
    await story.broker.restart();
    if (story.broker.env['DATABASE_URL'] !== undefined)
      expect(story.broker.logs()).toMatch(
        /The key local_\w+ that this broker runs on was replaced; give it the new key file/,
      );
    await expectAllGood();
    await story.broker.stop();
    const refusal = await finished(
      spawnServer({ env: { ...story.broker.env, WRIT_KEY_FILE: `${keyFile()}.${replacedBy(said)}` } }),
    );
    expect(refusal).toMatchObject({
      code: 1,
      refused: expect.stringMatching(
        /holds another key, local_\w+\.\n {2}The database is sealed with key local_\w+\.\n/,
      ),
    });
  });

  // The rest is of the key file, and the same on both.
  if (database === 'embedded') return;

  test('where the wanted key lies beside the key file under its name, as for an older copy of the database, the start says so', async () => {
    const file = `${keyFile()}.${await wantedKey()}`;
    await rename(keyFile(), file);
    const start = await finished(spawnServer({ env: story.broker.env }));
    expect(start).toMatchObject({ code: 1, refused: expect.stringContaining(`Its key is in ${file};`) });
    await rename(file, keyFile());
  });

  test('killed after the database is sealed with it, the key is not lost: running it again puts it in its place', async () => {
    const { code, said } = await finished(replace());
    expect(code).toBe(0);
    const old = `${keyFile()}.${replacedBy(said)}`;
    const sealedWith = await readFile(keyFile(), 'utf8');
    await rename(keyFile(), `${keyFile()}.new`);
    await rename(old, keyFile());
    const start = await finished(spawnServer({ env: story.broker.env }));
    expect(start).toMatchObject({
      code: 1,
      refused: expect.stringMatching(/was interrupted.*finish it with: writ key-file replace\n$/),
    });
    const again = await finished(replace());
    expect(again).toMatchObject({ code: 0, refused: '' });
    expect(await readFile(keyFile(), 'utf8')).toBe(sealedWith);
    expect(existsSync(old)).toBe(true);
    await story.broker.restart();
    await expectAllGood();
    const kinds = (await owner.client.call('audit.list', { kind: 'vault_key.replaced', limit: 10 })).items;
    expect(kinds).toHaveLength(3);
  });
});
