/** A signing key leaks while two brokers serve: what it signed is refused at both, at once, and both go on with another. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Broker, startBroker } from '../../support/broker.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { signUpOwner } from '../../support/owner.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { arrived, basic, connectScene, type Issued, readStaging, type Scene } from '../../support/scene.ts';
import { type RawAnswer, sendRaw } from '../../support/wire.ts';

let folder: string;
let database: TestDatabase;
let second: Broker;
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
  const first = await startBroker({ env: { ...shared, WRIT_PORT: String(one) } });
  second = await startBroker({ env: { ...shared, WRIT_PORT: String(two) } });
  const owner = signUpOwner({ url: shared.WRIT_PUBLIC_URL, setupToken });
  scene = await connectScene({ ...first, setupToken, owner: () => owner });
}, 180_000);
afterAll(async () => {
  await scene.close();
  await second.remove();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** The second broker, by another address, under the same name. */
function atSecond(target: string, lines: readonly string[], body = ''): Promise<RawAnswer> {
  const all = [`Host: ${new URL(scene.broker.url).host}`, `Content-Length: ${body.length}`, ...lines];
  const url = `http://localhost:${second.env['WRIT_PORT']}`;
  return sendRaw(url, { method: body === '' ? 'GET' : 'POST', target, lines: all, body });
}
const bearer = ({ access_token }: Issued): string => `Authorization: Bearer ${access_token}`;
const readAtSecond = (issued: Issued, mark?: string) =>
  atSecond(
    '/gateway/railway/graphql/v2',
    [bearer(issued), 'Content-Type: application/json'],
    JSON.stringify({ query: readStaging(mark) }),
  );
const selfAtSecond = (issued: Issued) => atSecond('/api/v1/self', [bearer(issued)]);
const tokenAtSecond = async (): Promise<Issued> => {
  const lines = [`Authorization: ${basic(scene.agent)}`, 'Content-Type: application/x-www-form-urlencoded'];
  return JSON.parse((await atSecond('/oauth/token', lines, 'grant_type=client_credentials')).body);
};
const kidOf = ({ access_token }: Issued): string =>
  JSON.parse(Buffer.from(access_token.split('.')[0] ?? '', 'base64url').toString()).kid;
const published = async (text: string): Promise<string[]> =>
  (JSON.parse(text) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);

test('what it signed is refused at the gateway of both on the next request, and at self within a second', async () => {
  const { client, assertion } = scene.owner;
  for (let round = 0; round < 3; round += 1) {
    const issued = [await scene.token(), await tokenAtSecond()];
    for (const one of issued) {
      expect((await scene.graphql(one.access_token, readStaging())).status).toBe(200);
      expect([(await readAtSecond(one)).status, (await selfAtSecond(one)).status]).toEqual([200, 200]);
    }
    const [first] = issued;
    const kid = first === undefined ? '' : kidOf(first);
    await client.call('keys.compromise', { kid }, { assertion });
    for (const one of issued) {
      expect((await readAtSecond(one, 'Leaked')).status).toBe(401);
      expect((await scene.graphql(one.access_token, readStaging('Leaked'))).status).toBe(401);
    }
    for (const one of issued) await eventually(async () => expect((await selfAtSecond(one)).status).toBe(401));
    expect(await arrived(scene, 'Leaked')).toEqual([]);
    expect(await published((await scene.send('/.well-known/jwks.json')).text)).not.toContain(kid);
    await eventually(async () => {
      expect(await published((await atSecond('/.well-known/jwks.json', [])).body)).not.toContain(kid);
    });
  }
});

test('a token of the new key is good at the other broker at once', async () => {
  const { client, assertion } = scene.owner;
  for (let round = 0; round < 5; round += 1) {
    const kid = kidOf(await scene.token());
    await client.call('keys.compromise', { kid }, { assertion });
    const issued = await scene.token();
    expect(kidOf(issued)).not.toBe(kid);
    expect((await readAtSecond(issued)).status).toBe(200);
    const there = await tokenAtSecond();
    expect(kidOf(there)).toBe(kidOf(issued));
  }
});

test('two brokers asked to rotate at once publish one key, and no token is refused for it', async () => {
  const { client, assertion } = scene.owner;
  const issued = await scene.token();
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => client.call('keys.rotate', { alg: 'ES256' }, { assertion })),
  );
  for (const { items } of answers) expect(items.map(({ state }) => state)).toEqual(['active', 'pending']);
  expect((await readAtSecond(issued)).status).toBe(200);
});

test('only a person with a password changes a key', async () => {
  const { client } = scene.owner;
  const [active] = (await client.call('keys.list')).items.filter(({ state }) => state === 'active');
  await expect(client.call('keys.compromise', { kid: active?.kid ?? '' })).rejects.toMatchObject({
    code: 'assertion_required',
  });
  await expect(client.call('keys.rotate', { alg: 'ES256' })).rejects.toMatchObject({ code: 'assertion_required' });
  const auditor = await scene.owner.invite('auditor');
  const asked = auditor.client.call('keys.rotate', { alg: 'ES256' }, { assertion: auditor.assertion });
  await expect(asked).rejects.toMatchObject({ code: 'forbidden' });
});
