/** Two brokers on one database: what is due for the keys is done once, and both know. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ctx, publicKeys, tendKeys, type UserActor } from '@writ/broker';
import { listSigningKeys } from '@writ/store';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type BrokerParts, compose } from '../../apps/server/src/compose.ts';
import { compromiseKey } from '../../packages/broker/src/keys/compromise.ts';
import { rotateKeys } from '../../packages/broker/src/keys/rotate.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { OPENING } from '../support/store.ts';

const HOUR = 3_600_000;
let folder: string;
let database: TestDatabase;
let brokers: readonly BrokerParts[];
let ahead = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'writ-test-'));
  database = await createDatabase();
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const config = {
    databaseUrl: database.url,
    dataDir: join(folder, 'data'),
    keyFile: join(folder, 'config', 'key'),
    publicUrl: 'http://localhost:8700',
    publicUrlIsLoopback: true,
    host: '127.0.0.1',
    port: 8700,
    privateUpstreams: [],
    trustedProxies: [],
    warnings: [],
  };
  const fail = (error: Error): never => {
    throw error;
  };
  const first = await compose(config, log, fail);
  brokers = [first, await compose(config, log, fail)];
}, OPENING);
afterAll(async () => {
  for (const broker of brokers) await broker.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const contexts = () =>
  brokers.map(({ services }) => ({
    ...services,
    now: () => Date.now() + ahead,
    actor: { kind: 'system' as const },
    request_id: `req_test${randomBytes(4).toString('hex')}`,
    address: '',
  }));
const rows = async () => {
  const [broker] = brokers;
  if (broker === undefined) throw new Error('no broker');
  const { store, organization_id } = broker.services;
  return await listSigningKeys(store.db, { organization_id, states: ['pending', 'active', 'retiring', 'compromised'] });
};
const states = async () => (await rows()).map(({ state }) => state);
const tendAtOnce = () => Promise.all([...contexts(), ...contexts(), ...contexts()].map((ctx) => tendKeys(ctx)));
const signing = () => Promise.all(brokers.map(async ({ services }) => (await services.live.keys.active()).kid));
const kidsAt = ({ services }: BrokerParts) =>
  (publicKeys(services) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);

test('a successor that is due is made once, however many brokers find it due', async () => {
  ahead += 30 * 24 * HOUR;
  await tendAtOnce();
  expect(await states()).toEqual(['active', 'pending']);
  await vi.waitFor(() => expect(brokers.map((broker) => kidsAt(broker).length)).toEqual([2, 2]), 30_000);
});

test('it takes its turn once, and both brokers sign with it', async () => {
  ahead += HOUR + 1000;
  await tendAtOnce();
  expect(await states()).toEqual(['retiring', 'active']);
  const active = (await rows()).find(({ state }) => state === 'active')?.kid;
  await vi.waitFor(async () => expect(await signing()).toEqual([active, active]), 30_000);
});

const asOwner = (ctx: ReturnType<typeof contexts>[number]): Ctx<UserActor> => ({
  ...ctx,
  actor: {
    kind: 'user',
    user_id: 'usr_test',
    email: 'owner@example.com',
    name: 'Owner',
    role: 'owner',
    session_id: 'ses_test',
    session_client: 'browser',
    authenticated_at: Date.now(),
  },
});

test('two who rotate at once get the same key', async () => {
  const answers = await Promise.all(contexts().map((ctx) => rotateKeys(asOwner(ctx), { alg: 'ES256' })));
  expect((await states()).filter((state) => state === 'pending')).toHaveLength(1);
  expect(new Set(answers.map(({ items }) => items.find(({ state }) => state === 'pending')?.kid)).size).toBe(1);
});

test('two who give the same key up at once put one in its place', async () => {
  const [kid = ''] = await signing();
  await Promise.all(contexts().map((ctx) => compromiseKey(asOwner(ctx), { kid })));
  expect((await states()).filter((state) => state === 'active')).toHaveLength(1);
  const active = (await rows()).find(({ state }) => state === 'active')?.kid;
  expect(active).not.toBe(kid);
  await vi.waitFor(async () => expect(await signing()).toEqual([active, active]), 30_000);
  for (const broker of brokers) expect(kidsAt(broker)).not.toContain(kid);
});
