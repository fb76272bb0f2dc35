/** Rows 13 and 26 of the attack list: what a broker starts with, and what of its surroundings it does not listen to. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBroker } from '../support/broker.ts';
import { spawnServer } from '../support/broker-process.ts';
import { freePort } from '../support/free-port.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { openScene, readStaging, type Scene, sender } from '../support/scene.ts';

let folder: string;
let database: TestDatabase;
let scene: Scene;
let proxy: Server;
let proxied = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'writ-test-'));
  database = await createDatabase();
  proxy = createServer((socket) => {
    proxied += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];
  scene = await openScene({ env: Object.fromEntries(names.map((name) => [name, url])) });
});
afterAll(async () => {
  await scene.close();
  proxy.close();
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
    ['readable by everybody', { text: good, mode: 0o604 }],
    ['in a folder that others may write to', { text: good, folderMode: 0o777 }],
    ['a word', { text: 'changeme' }],
    ['all zeros', { text: Buffer.alloc(32).toString('base64') }],
  ])('a key file that is %s stops the start with a sentence', async (_, key) => {
    const said = await startWith(key);
    expect(said).toMatch(/^writ: .*\bkey\b.*\n$/);
    expect(said).not.toMatch(/\n\s+at /);
    if (key.text !== '') expect(said).not.toContain(key.text);
  });

  test('two brokers have not one key in common', async () => {
    const other = await startBroker({ database: 'postgres' });
    const sets = await Promise.all([scene.send('/.well-known/jwks.json'), sender(other.url)('/.well-known/jwks.json')]);
    const keys = sets.flatMap(({ text }) => (JSON.parse(text) as { keys: { kid: string }[] }).keys);
    expect(keys.length).toBeGreaterThanOrEqual(2);
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length);
    for (const key of keys) expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    const headers = { authorization: `Bearer ${(await scene.token()).access_token}` };
    expect((await sender(other.url)('/api/v1/self', { headers })).status).toBe(401);
    await other.remove();
  });
});

test('row 26: proxies of the surroundings get neither requests nor credentials', async () => {
  const { access_token } = await scene.token();
  expect((await scene.graphql(access_token, readStaging('Proxied'))).status).toBe(200);
  expect((await scene.owner.client.call('connections.verify', { connection: 'railway' })).reach).not.toEqual([]);
  expect(proxied).toBe(0);
});
