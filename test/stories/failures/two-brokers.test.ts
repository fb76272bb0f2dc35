/** Row 27 of the attack list, invariant 8: two brokers on one database. What one acknowledged, the other obeys on its next request. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Broker, startBroker } from '../../support/broker.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { signUpOwner } from '../../support/owner.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { arrived, basic, connectScene, type Issued, readStaging, type Scene } from '../../support/scene.ts';
import { type RawAnswer, sendRaw } from '../../support/wire.ts';
import { wholeLog } from './whole-log.ts';

let folder: string;
let database: TestDatabase;
let brokers: readonly [Broker, Broker];
let scene: Scene;
beforeAll(async () => {
  const setupToken = `fake-setup-token-${randomBytes(8).toString('hex')}`;
  folder = await mkdtemp(join(tmpdir(), 'writ-test-'));
  database = await createDatabase();
  const [one, two] = [await freePort(), await freePort()];
  const shared = {
    DATABASE_URL: database.url,
    WRIT_KEY_FILE: join(folder, 'config', 'key'),
    WRIT_PUBLIC_URL: `http://localhost:${one}`,
    WRIT_SETUP_TOKEN: setupToken,
  };
  // At once, on an empty database and without a key file: who comes first is anybody's guess.
  brokers = await Promise.all([
    startBroker({ env: { ...shared, WRIT_PORT: String(one) } }),
    startBroker({ env: { ...shared, WRIT_PORT: String(two) } }),
  ]);
  const owner = signUpOwner({ url: shared.WRIT_PUBLIC_URL, setupToken });
  scene = await connectScene({ ...brokers[0], setupToken, owner: () => owner });
}, 180_000);
afterAll(async () => {
  await scene.close();
  await brokers[1].remove();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** The second broker, as a load balancer would reach it: by another address, under the same name. */
function atSecond(target: string, lines: readonly string[], body = ''): Promise<RawAnswer> {
  const url = `http://localhost:${brokers[1].env['WRIT_PORT']}`;
  const all = [`Host: ${new URL(scene.broker.url).host}`, `Content-Length: ${body.length}`, ...lines];
  return sendRaw(url, { method: body === '' ? 'GET' : 'POST', target, lines: all, body });
}
function readAtSecond({ access_token }: Issued, mark?: string): Promise<RawAnswer> {
  const accept = 'Accept: application/graphql-response+json';
  const lines = [`Authorization: Bearer ${access_token}`, 'Content-Type: application/json', accept];
  return atSecond('/gateway/railway/graphql/v2', lines, JSON.stringify({ query: readStaging(mark) }));
}
const selfAtSecond = ({ access_token }: Issued) => atSecond('/api/v1/self', [`Authorization: Bearer ${access_token}`]);

test('two that start at once on an empty database agree on one key and one schema', async () => {
  const issued = await scene.token();
  expect((await scene.graphql(issued.access_token, readStaging())).status).toBe(200);
  expect((await readAtSecond(issued)).status).toBe(200);
  const keys = await atSecond('/.well-known/jwks.json', []);
  expect(JSON.parse(keys.body)).toEqual(JSON.parse((await scene.send('/.well-known/jwks.json')).text));
});

describe('what the first acknowledged, the second obeys on its very next request:', () => {
  const client = () => scene.owner.client;
  test.each<[string, (issued: Issued, client_id: string) => Promise<unknown>]>([
    ['a task is revoked', ({ task_id }) => client().call('tokens.revoke', { task_id })],
    ['a task is ended', ({ task_id }) => client().call('tasks.end', { id: task_id })],
    ['a task is frozen', ({ task_id }) => client().call('freeze.create', { task_id, reason: 'test' })],
    ['a client is frozen', (_, client_id) => client().call('freeze.create', { client_id, reason: 'test' })],
    ['a client is disabled', (_, id) => client().call('clients.patch', { id, disabled: true })],
    [
      'its grants are taken back',
      async (_, client_id) => {
        const { items } = await client().call('grants.list', { client_id });
        for (const { id } of items) await client().call('grants.delete', { id });
      },
    ],
  ])('%s', async (_, stop) => {
    for (let round = 0; round < 5; round += 1) {
      const agent = await scene.client();
      const issued = await scene.token(agent);
      expect((await readAtSecond(issued)).status).toBe(200);
      expect((await selfAtSecond(issued)).status).toBe(200);
      await stop(issued, agent.client_id);
      const answer = await readAtSecond(issued, 'Overtaken');
      expect([401, 403, 503]).toContain(answer.status);
      expect(await arrived(scene, 'Overtaken')).toEqual([]);
    }
  });

  test('a freeze of a connection and of everything, and their end', async () => {
    const issued = await scene.token();
    for (const scope of [{ connection: 'railway' }, { all: true as const }]) {
      expect((await readAtSecond(issued)).status).toBe(200);
      const { id } = await scene.owner.client.call('freeze.create', { ...scope, reason: 'test' });
      const answer = await readAtSecond(issued, 'Frozen');
      expect([answer.status, answer.headers.get('writ-code')]).toEqual([403, 'frozen']);
      await scene.owner.client.call('freeze.delete', { id }, { assertion: scene.owner.assertion });
      await eventually(async () => expect((await readAtSecond(issued)).status).toBe(200));
    }
    expect(await arrived(scene, 'Frozen')).toEqual([]);
  });

  test('where nothing is recorded, it is obeyed once the other broker has heard of it', async () => {
    const issued = await scene.token();
    expect((await selfAtSecond(issued)).status).toBe(200);
    await scene.owner.client.call('tokens.revoke', { task_id: issued.task_id });
    await eventually(async () => expect((await selfAtSecond(issued)).status).toBe(401));
  });
});

test('under load on both, not one request is allowed behind the record of what stopped it', {
  timeout: 40_000,
}, async () => {
  const stops: ((issued: Issued) => Promise<unknown>)[] = [
    ({ task_id }) => scene.owner.client.call('tokens.revoke', { task_id }),
    ({ task_id }) => scene.owner.client.call('freeze.create', { task_id, reason: 'test' }),
    ({ task_id }) => scene.owner.client.call('tasks.end', { id: task_id }),
  ];
  const stopped: Issued[] = [];
  for (const stop of stops) {
    const issued = await scene.token();
    stopped.push(issued);
    let acknowledged = Number.POSITIVE_INFINITY;
    let last = 0;
    const worker = async (send: () => Promise<{ readonly status: number }>): Promise<void> => {
      for (let began = Date.now(); began < acknowledged + 200; began = Date.now()) {
        const { status } = await send();
        if (status === 200) last = Math.max(last, began);
      }
    };
    const workers = [1, 2, 3].flatMap(() => [
      worker(() => readAtSecond(issued)),
      worker(() => scene.graphql(issued.access_token, readStaging())),
    ]);
    await eventually(async () => expect(last).toBeGreaterThan(0));
    await stop(issued);
    acknowledged = Date.now();
    await Promise.all(workers);
    expect(last).toBeLessThanOrEqual(acknowledged);
  }
  const entries = await wholeLog(scene);
  for (const { task_id } of stopped) {
    const kinds = entries.filter((entry) => entry['task_id'] === task_id).map(({ kind }) => String(kind));
    const stop = kinds.findIndex((kind) => /^(token\.revoked|freeze\.created|task\.ended)$/.test(kind));
    expect(stop).toBeGreaterThan(0);
    expect(kinds.slice(0, stop)).toContain('request.allowed');
    expect(kinds.slice(stop)).not.toContain('request.allowed');
  }
});

test('tokens that both issue at once are good at both, and both write one log', async () => {
  const form = 'grant_type=client_credentials';
  const lines = [`Authorization: ${basic(scene.agent)}`, 'Content-Type: application/x-www-form-urlencoded'];
  const answers = await Promise.all(Array.from({ length: 10 }, () => atSecond('/oauth/token', lines, form)));
  const issued = [
    ...answers.map(({ body }) => JSON.parse(body) as Issued),
    ...(await Promise.all(Array.from({ length: 10 }, () => scene.token()))),
  ];
  for (const each of issued) {
    expect((await scene.graphql(each.access_token, readStaging())).status).toBe(200);
    expect((await readAtSecond(each)).status).toBe(200);
  }
  const entries = await wholeLog(scene);
  const tasks = new Set(entries.filter(({ kind }) => kind === 'request.allowed').map(({ task_id }) => task_id));
  for (const { task_id } of issued) expect(tasks).toContain(task_id);
});
