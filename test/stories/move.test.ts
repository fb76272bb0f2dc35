/** All that there is, moved from one kind of database to the other by real processes: with its secrets, and without. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createClient } from '@writ/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Home, makeHome, type Ran } from '../cli/run.ts';
import { type ServerProcess, spawnServer } from '../support/broker-process.ts';
import {
  type EmptyPlace,
  type Environment,
  emptyPlace,
  heldFile,
  lengthenLog,
  put,
  spoilt,
} from '../support/data-files.ts';
import { eventually } from '../support/eventually.ts';
import { type Access, fakePassword, signIn } from '../support/owner.ts';
import { AS_STARTED, openScene, type Scene } from '../support/scene.ts';
import { DATABASES } from '../support/store.ts';

const passphrase = `not a real passphrase ${randomBytes(8).toString('hex')}`;
const { publicKey, privateKey } = generateKeyPairSync('x25519');
const QUERY = '{ projects { edges { node { id } } } }';

describe.each(DATABASES)('from %s', { timeout: 240_000 }, (from) => {
  const to = from === 'embedded' ? 'postgres' : 'embedded';
  let story: Scene;
  let owner: Access;
  let home: Home;
  let served: ServerProcess | undefined;
  const places: EmptyPlace[] = [];
  beforeAll(async () => {
    story = await openScene({ ...AS_STARTED, database: from });
    owner = story.owner;
    await story.token();
    await story.broker.stop();
    // Enough to be killed in the middle of.
    if (from === 'postgres') await lengthenLog(story.broker.env, 1000);
    home = await makeHome(story.broker.url);
    await put(join(home.folder, 'public.pem'), Buffer.from(publicKey.export({ type: 'spki', format: 'pem' })));
    await put(join(home.folder, 'private.pem'), Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })));
  }, 120_000);
  afterAll(async () => {
    await served?.kill('SIGKILL');
    for (const place of places) await place.remove();
    await home?.remove();
    await story?.close();
  });

  async function newPlace(): Promise<EmptyPlace> {
    const place = await emptyPlace(to);
    places.push(place);
    return place;
  }

  /** Runs `writ data` with the settings of a place. */
  async function data(env: Environment, args: readonly string[], answers?: readonly string[]): Promise<Ran> {
    const here = await makeHome(story.broker.url, { ...env });
    try {
      return await here.writ(['data', ...args], answers);
    } finally {
      await here.remove();
    }
  }

  const file = (name: string): string => join(home.folder, name);

  /** Serves a place at the address of the broker that was there before. */
  async function serve(env: Environment): Promise<string> {
    await served?.kill('SIGTERM');
    const { DATABASE_URL: _, ...settings } = story.broker.env;
    const server = spawnServer({ env: { ...settings, ...env } });
    served = server;
    await eventually(async () => expect(server.stdout(), server.stderr()).toContain('Writ listens on'));
    return server.stdout();
  }

  async function expectServes(env: Environment): Promise<void> {
    expect(await serve(env)).not.toMatch(/Nobody has set Writ up|#token=/);
    const old = createClient({ baseUrl: story.broker.url, fetch, headers: { cookie: owner.cookie } });
    await expect(old.call('me.get')).rejects.toMatchObject({ status: 401 });
    owner = await signIn(story.broker.url, owner);
    const fresh = (await story.token(story.agent)).access_token;
    const answer = await story.graphql(fresh, QUERY);
    expect([answer.status, answer.refusal]).toEqual([200, undefined]);
    await owner.client.call('audit.checkpoint');
  }

  // The rows of every direction are compared in packages/broker.
  if (from === 'embedded')
    test('with secrets, by a passphrase, everything works there as it did, and nothing of it is lost', async () => {
      const { env } = story.broker;
      const short = await data(env, ['export', '--with-secrets', '--out', file('short')], ['too short']);
      expect([short.code, existsSync(file('short'))]).toEqual([2, false]);
      const made = await data(env, ['export', '--with-secrets', '--out', file('all.ndjson.gz')], [passphrase]);
      expect([made.code, made.stderr]).toEqual([0, '']);
      expect(made.stdout).toMatch(/A person who has this file and can open its secrets has every root credential/);
      expect((await stat(file('all.ndjson.gz'))).mode & 0o777).toBe(0o600);
      const text = gunzipSync(await readFile(file('all.ndjson.gz'))).toString();
      const key = (await readFile(env['WRIT_KEY_FILE'] ?? '', 'utf8')).trim();
      for (const secret of [passphrase, key, owner.password, story.agent.secret, story.railway.tokens.account])
        expect(`${text}${made.stdout}`).not.toContain(secret);
      const again = await data(env, ['export', '--out', file('all.ndjson.gz')]);
      expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(/There is a file \S+ already/) });

      const place = await newPlace();
      const wrong = await data(place.env, ['import', file('all.ndjson.gz')], [fakePassword()]);
      expect(wrong).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(/was not imported\. The passphrase is wrong\.\n$/),
      });
      expect([await place.isUsed(), place.hasKey()]).toEqual([false, false]);
      const moved = await data(place.env, ['import', file('all.ndjson.gz')], [passphrase]);
      expect([moved.code, moved.stderr]).toEqual([0, '']);
      await expectServes(place.env);
      const [event] = (await owner.client.call('audit.list', { kind: 'database.imported', limit: 10 })).items;
      expect(event?.event).toMatchObject({ actor: 'system', data: { sessions_ended: 1 } });
      await served?.kill('SIGTERM');
      served = undefined;
    });

  // What is left out is left out by one statement for both; the rows of each are compared in packages/broker.
  if (from === 'embedded')
    test('without secrets, and without the key file, it says what needs a new one', async () => {
      const { env } = story.broker;
      const without = { ...env, WRIT_KEY_FILE: file('no-key') };
      const made = await data(without, ['export', '--out', file('open.ndjson')]);
      expect(made).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('No secret is in it') });
      expect(existsSync(file('no-key'))).toBe(false);
      const place = await newPlace();
      const expecting = await data(place.env, ['import', '--identity', file('private.pem'), file('open.ndjson')]);
      expect(expecting).toMatchObject({ code: 1, stderr: expect.stringMatching(/No secret is sealed in it/) });
      const frozen = spawnServer({ env: place.env, args: ['data', 'import', file('open.ndjson'), '--frozen'] });
      expect([await frozen.ended, frozen.stderr()]).toEqual([1, expect.stringMatching(/is no command of the server/)]);
      expect([await place.isUsed(), place.hasKey()]).toEqual([false, false]);
      const moved = await data(place.env, ['import', file('open.ndjson')]);
      expect(moved.stdout).toContain('Nothing in such a file shows who made it.');
      expect(moved).toMatchObject({ code: 0, stderr: '' });
      for (const line of [
        `writ user reset ${owner.email} --local`,
        'writ connections credential railway',
        'writ client rotate-secret agent',
      ])
        expect(moved.stdout).toContain(`  ${line}\n`.trimEnd());
      // The way back in that it tells.
      const reset = spawnServer({
        env: { ...place.env, WRIT_PUBLIC_URL: story.broker.url },
        args: ['user', 'reset', owner.email],
      });
      expect(await reset.ended).toBe(0);
      const token = /#token=(\S+)/.exec(reset.stdout())?.[1] ?? '';
      await serve(place.env);
      const password = fakePassword();
      await createClient({ baseUrl: story.broker.url, fetch }).call('users.accept', { token, password });
      const back = await signIn(story.broker.url, { email: owner.email, password });
      const { assertion, client } = back;
      const value = story.railway.tokens.account;
      expect((await story.tokenAnswer(story.agent)).status).toBe(401);
      await home.writ(['login', '--email', owner.email], [password]);
      const doctor = await home.writ(['doctor']);
      for (const found of [/WRONG +railway has no root credential/, /WRONG +agent has no secret/])
        expect(doctor.stdout).toMatch(found);
      // Postgres is exported beside a broker that serves; the embedded database has one process.
      const beside = await data(place.env, ['export', '--out', file('beside')]);
      expect(beside).toMatchObject(
        to === 'postgres' ? { code: 0, stderr: '' } : { code: 1, stderr: expect.stringMatching(/is in use by/) },
      );
      const { client_secret: secret } = await client.call('clients.rotate_secret', { id: 'agent' }, { assertion });
      const fresh = (await story.token({ ...story.agent, secret })).access_token;
      expect((await story.graphql(fresh, QUERY)).status).toBeGreaterThanOrEqual(400);
      await client.call(
        'connections.credential',
        { connection: 'railway', kind: 'account_token', value },
        { assertion },
      );
      const answer = await story.graphql(fresh, QUERY);
      expect([answer.status, answer.refusal]).toEqual([200, undefined]);
      await served?.kill('SIGTERM');
      served = undefined;
    });

  // Into the embedded database, where a folder could be left behind.
  if (from === 'postgres')
    test('a spoilt file or a used place is refused with a sentence, and nothing is made; killed, the place stays empty', async () => {
      const { env } = story.broker;
      const recipient = ['--with-secrets', '--recipient', file('public.pem')];
      expect((await data(env, ['export', ...recipient, '--out', file('sealed')])).stderr).toBe('');
      const bytes = await readFile(file('sealed'));
      const place = await newPlace();
      const importing = (path: string, into: Environment = place.env) =>
        spawnServer({ env: into, args: ['data', 'import', `--identity=${file('private.pem')}`, '--', path] });
      expect(await data(place.env, ['import', file('sealed')])).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/sealed for a public key: give the private one with --identity FILE\.\n$/),
      });
      // Each way to be spoilt is tried in test/stories/restore.test.ts, where the same reader is at work.
      for (const name of ['flipped', 'cut at the end of a line', 'something else'] as const) {
        const server = importing(await put(file('spoilt'), spoilt(bytes)[name]));
        expect(await server.ended, name).toBe(1);
        expect(server.stderr(), name).toMatch(/^writ: \S+spoilt was not imported\. [^\n]+\n$/);
        expect([await place.isUsed(), place.hasKey()], name).toEqual([false, false]);
      }
      const used = importing(file('sealed'), env);
      expect([await used.ended, used.stderr()]).toEqual([1, expect.stringMatching(/is in use already/)]);

      const part = bytes.subarray(0, bytes.length >> 1);
      const { server, letGo } = await heldFile(file('pipe'), { bytes, part }, () => importing(file('pipe')));
      expect([await server.kill('SIGKILL'), server.stderr()]).toEqual(['SIGKILL', '']);
      letGo();
      const moved = await data(place.env, ['import', file('sealed'), '--identity', file('private.pem')]);
      expect(moved).toMatchObject({ code: 0, stderr: '' });
      await expectServes(place.env);
    });
});
