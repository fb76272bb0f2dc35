/** Rows 13 and 26 of the attack list: what a broker starts with, and what of its surroundings it does not listen to. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { spawnServer } from '../support/broker-process.ts';
import { freePort } from '../support/free-port.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { openScene, readStaging } from './scene.ts';

let folder: string;
let database: TestDatabase;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'writ-test-'));
  database = await createDatabase();
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** Starts a broker that must not start, on a key file of this text and mode. */
async function startWith(key: {
  readonly text: string;
  readonly mode?: number;
  readonly folderMode?: number;
}): Promise<string> {
  const keyFile = join(folder, randomBytes(4).toString('hex'), 'key');
  await mkdir(dirname(keyFile), { mode: 0o700 });
  await writeFile(keyFile, key.text, { mode: 0o600 });
  await chmod(keyFile, key.mode ?? 0o600);
  if (key.folderMode !== undefined) await chmod(dirname(keyFile), key.folderMode);
  const env = { HOME: folder, DATABASE_URL: database.url, WRIT_KEY_FILE: keyFile, WRIT_PORT: String(await freePort()) };
  const server = spawnServer({ env });
  const code = await Promise.race([
    server.ended,
    new Promise((resolve) => setTimeout(() => resolve('runs'), 60_000).unref()),
  ]);
  if (code === 'runs') await server.kill('SIGKILL');
  expect([code, server.stdout()]).toEqual([1, '']);
  return server.stderr();
}

describe('row 13: there is no default, guessable or shared key', { timeout: 90_000 }, () => {
  const good = randomBytes(32).toString('base64');
  test.each<[string, Parameters<typeof startWith>[0]]>([
    ['readable by the group', { text: good, mode: 0o640 }],
    ['readable by everybody', { text: good, mode: 0o604 }],
    ['writable by everybody', { text: good, mode: 0o602 }],
    ['in a folder that others may write to', { text: good, folderMode: 0o777 }],
    ['empty', { text: '' }],
    ['too short', { text: randomBytes(16).toString('base64') }],
    ['a word', { text: 'changeme' }],
    ['all zeros', { text: Buffer.alloc(32).toString('base64') }],
    ['one byte again and again', { text: Buffer.alloc(32, 'k').toString('base64') }],
  ])('a key file that is %s stops the start with a sentence', async (_, key) => {
    const said = await startWith(key);
    expect(said).toMatch(/^writ: .*\bkey\b.*\n$/);
    expect(said).not.toMatch(/\n\s+at /);
    if (key.text !== '') expect(said).not.toContain(key.text);
  });

  test('two brokers have not one key in common', async () => {
    const [one, two] = await Promise.all([openScene(), openScene()]);
    const keys = await Promise.all([one, two].map(({ send }) => send('/.well-known/jwks.json')));
    const kids = keys.flatMap(({ text }) =>
      (JSON.parse(text) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid),
    );
    expect(new Set(kids).size).toBe(kids.length);
    for (const { text } of keys)
      expect(Object.keys((JSON.parse(text) as { keys: object[] }).keys[0] ?? {}).sort()).toEqual([
        'alg',
        'crv',
        'kid',
        'kty',
        'use',
        'x',
        'y',
      ]);
    expect(
      (await two.send('/api/v1/self', { headers: { authorization: `Bearer ${(await one.token()).access_token}` } }))
        .status,
    ).toBe(401);
    await Promise.all([one.close(), two.close()]);
  });
});

test('row 26: proxies of the surroundings get neither requests nor credentials', { timeout: 90_000 }, async () => {
  let connections = 0;
  const proxy = createServer((socket) => {
    connections += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];
  const scene = await openScene({ env: Object.fromEntries(names.map((name) => [name, url])) });
  const { access_token } = await scene.token();
  expect((await scene.graphql(access_token, readStaging('Proxied'))).status).toBe(200);
  expect(connections).toBe(0);
  await scene.close();
  proxy.close();
});
