/** A backup that goes into an empty place, by real processes: whole, or not at all. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createClient } from '@writ/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServerProcess, spawnServer } from '../support/broker-process.ts';
import {
  backupLines,
  bytesOf,
  type EmptyPlace,
  type Environment,
  emptyPlace,
  heldFile,
  lengthenLog,
  put,
  spoilt,
} from '../support/data-files.ts';
import { eventually } from '../support/eventually.ts';
import { signIn } from '../support/owner.ts';
import { AS_STARTED, openScene, type Scene } from '../support/scene.ts';
import { DATABASES } from '../support/store.ts';

describe.each(DATABASES)('a backup is restored, on %s', { timeout: 180_000 }, (database) => {
  let story: Scene;
  let folder: string;
  let lines: string[];
  let bytes: Buffer;
  let file: string;
  let token: string;
  let served: { readonly env: Environment; readonly server: ServerProcess } | undefined;
  const places: EmptyPlace[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'writ-restore-'));
    story = await openScene({ ...AS_STARTED, database });
    token = (await story.token()).access_token;
    await story.broker.stop();
    await lengthenLog(story.broker.env, 1000);
    lines = await backupLines(story.broker.env);
    bytes = bytesOf(lines);
    file = await put(join(folder, 'backup.ndjson.gz'), gzipSync(bytes));
  }, 120_000);
  afterAll(async () => {
    await served?.server.kill('SIGKILL');
    for (const place of places) await place.remove();
    await story?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const keyFile = (): string => String(story.broker.env['WRIT_KEY_FILE']);
  async function newPlace(key: string | undefined = keyFile()): Promise<EmptyPlace> {
    const place = await emptyPlace(database, key);
    places.push(place);
    return place;
  }
  const restoring = (env: Environment, args: readonly string[]): ServerProcess =>
    spawnServer({ env, args: ['restore', ...args] });
  async function restored(env: Environment, ...args: string[]) {
    const server = restoring(env, args);
    return { code: await server.ended, said: server.stdout(), refused: server.stderr() };
  }
  const sentence = (pattern: RegExp) => ({ code: 1, said: '', refused: expect.stringMatching(pattern) });

  /** Serves a place at the address of the broker that was there before. */
  async function serve(env: Environment): Promise<string> {
    await served?.server.kill('SIGTERM');
    const server = spawnServer({ env: { ...story.broker.env, ...env } });
    served = { env, server };
    await eventually(async () => expect(server.stdout()).toContain('Writ listens on'));
    return server.stdout();
  }

  test('nobody is set up anew, everybody signs in anew, and what was there serves', async () => {
    const { env } = await newPlace();
    expect(await restored(env, file)).toMatchObject({
      code: 0,
      refused: '',
      said: expect.stringMatching(/What was valid then has ended: 1 session, \d one-time links?, 1 access token\./),
    });
    expect(await serve(env)).not.toMatch(/Nobody has set Writ up|#token=/);
    const { owner, agent, broker } = story;
    const old = createClient({ baseUrl: broker.url, fetch, headers: { cookie: owner.cookie } });
    await expect(old.call('me.get')).rejects.toMatchObject({ status: 401 });
    const query = '{ projects { edges { node { id } } } }';
    expect((await story.graphql(token, query)).status).toBe(401);
    const { client } = await signIn(broker.url, owner);
    const fresh = (await story.token(agent)).access_token;
    const answer = await story.graphql(fresh, query);
    expect([answer.status, answer.refusal]).toEqual([200, undefined]);
    const [event] = (await client.call('audit.list', { kind: 'database.restored', limit: 10 })).items;
    expect(event?.event).toMatchObject({ actor: 'system', data: { sessions_ended: 1, tokens_revoked: 1 } });
    expect((await restored(env, file)).code).toBe(1);
  });

  // The same statements on both, and a broker starts sooner here.
  if (database === 'postgres')
    test('frozen, nothing passes until an owner lifts it', async () => {
      const { env } = await newPlace();
      expect((await restored(env, file, '--frozen')).said).toMatch(/Everything is frozen until an owner lifts it/);
      await serve(env);
      const { owner, agent, broker } = story;
      expect((await story.tokenAnswer(agent)).status).toBeGreaterThanOrEqual(400);
      const { client, assertion } = await signIn(broker.url, owner);
      const { items } = await client.call('freeze.list', {});
      expect(items).toMatchObject([{ scope: 'all', created_by: 'system' }]);
      await client.call('freeze.delete', { id: items[0]?.id ?? '' }, { assertion });
      expect((await story.tokenAnswer(agent)).status).toBe(200);
    });

  // Read before any database is opened; here a folder could be left behind.
  if (database === 'embedded')
    test('a spoilt file, another key, none, and a used place are refused with a sentence, and nothing is made', async () => {
      const place = await newPlace();
      for (const [name, changed] of Object.entries(spoilt(bytes))) {
        const path = await put(join(folder, 'spoilt'), changed);
        expect(await restored(place.env, path), name).toEqual(
          sentence(/^writ: \S+spoilt was not restored\. [^\n]+\n$/),
        );
        expect(await place.isUsed(), name).toBe(false);
      }
      expect(await restored(place.env, join(folder, 'nowhere'))).toEqual(
        sentence(/there is no such file or folder\.\n$/),
      );
      const { WRIT_KEY_FILE: _, ...without } = (await newPlace()).env;
      const missing = await restored({ ...without, WRIT_KEY_FILE: join(folder, 'no', 'key') }, file);
      expect(missing).toEqual(sentence(/was not restored\. There is no key file at \S+;/));
      expect(existsSync(join(folder, 'no'))).toBe(false);
      const key = await put(
        join(folder, 'other-key'),
        Buffer.from(`${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')}\n`),
      );
      expect(await restored({ ...place.env, WRIT_KEY_FILE: key }, file)).toEqual(
        sentence(
          /backup\.ndjson\.gz was not restored\. It was sealed with key local_\w+, but \S+other-key holds local_\w+;/,
        ),
      );
      expect(await place.isUsed()).toBe(false);
      expect(await restored(story.broker.env, file)).toEqual(
        sentence(/is in use already, and nothing is ever put over/),
      );
      expect(bytesOf(await backupLines(story.broker.env)).length).toBeGreaterThanOrEqual(bytes.length);
      expect((await restored(place.env, file, '--frosen')).refused).toMatch(/is no command of the server/);
    });

  /** Kills a restore whose transaction waits for more of the file. */
  async function killedInTheMiddle(env: Environment): Promise<void> {
    const pipe = join(folder, `pipe-${places.length}`);
    const part = bytes.subarray(0, bytes.length >> 1);
    const { server, letGo } = await heldFile(pipe, { bytes, part }, () => restoring(env, [pipe]));
    expect([await server.kill('SIGKILL'), server.stderr()]).toEqual(['SIGKILL', '']);
    letGo();
  }

  test('killed while its database is made, and in the middle, the place is empty as before; as it ends, empty or whole', async () => {
    const { env } = await newPlace();
    if (database === 'embedded') {
      const server = restoring(env, [file]);
      await eventually(async () => expect(existsSync(join(env['WRIT_DATA_DIR'] ?? '', 'postgres'))).toBe(true));
      await server.kill('SIGKILL');
    }
    await killedInTheMiddle(env);
    const pipe = join(folder, 'pipe-to-the-end');
    const { server, letGo } = await heldFile(pipe, { bytes }, () => restoring(env, [pipe]));
    letGo();
    await server.kill('SIGKILL');
    expect(server.stderr()).toBe('');
    const again = await restored(env, file);
    if (again.code !== 0) expect(again).toEqual(sentence(/is in use already/));
    const entries = (all: readonly string[]) => all.filter((line) => line.startsWith('{"table":"audit_events"'));
    expect(entries(await backupLines(env))).toHaveLength(entries(lines).length + 1);
  });
});
