/** Two brokers on one database: what is due for the keys is done once, and both know. */
import { publicKeys, tendKeys } from '@writ/broker';
import { listSigningKeys } from '@writ/store';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { compromiseKey } from '../../packages/broker/src/keys/compromise.ts';
import { rotateKeys } from '../../packages/broker/src/keys/rotate.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';
import { OPENING } from '../support/store.ts';

const HOUR = 3_600_000;
let brokers: readonly [InProcess, InProcess];

beforeAll(async () => {
  const first = await openInProcess('postgres');
  brokers = [first, await openInProcess('postgres', { beside: first })];
}, OPENING);
afterAll(async () => {
  for (const broker of brokers.toReversed()) await broker.close();
});

const wait = (ms: number): void => brokers[0].wait(ms);
const contexts = () => brokers.map((broker) => broker.as({ kind: 'system' }, ''));
const rows = async () => {
  const { store, organization_id } = brokers[0].services;
  return await listSigningKeys(store.db, { organization_id, states: ['pending', 'active', 'retiring', 'compromised'] });
};
const states = async () => (await rows()).map(({ state }) => state);
const tendAtOnce = () => Promise.all([...contexts(), ...contexts(), ...contexts()].map((ctx) => tendKeys(ctx)));
const signing = () => Promise.all(brokers.map(async ({ services }) => (await services.live.keys.active()).kid));
const kidsAt = ({ services }: InProcess) =>
  (publicKeys(services) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);

test('a successor that is due is made once, however many brokers find it due', async () => {
  wait(30 * 24 * HOUR);
  await tendAtOnce();
  expect(await states()).toEqual(['active', 'pending']);
  await vi.waitFor(() => expect(brokers.map((broker) => kidsAt(broker).length)).toEqual([2, 2]), 30_000);
});

test('it takes its turn once, and both brokers sign with it', async () => {
  wait(HOUR + 1000);
  await tendAtOnce();
  expect(await states()).toEqual(['retiring', 'active']);
  const active = (await rows()).find(({ state }) => state === 'active')?.kid;
  await vi.waitFor(async () => expect(await signing()).toEqual([active, active]), 30_000);
});

const asOwner = () => brokers.map((broker) => broker.as(brokers[0].owner().actor));

test('two who rotate at once get the same key', async () => {
  const answers = await Promise.all(asOwner().map((ctx) => rotateKeys(ctx, { alg: 'ES256' })));
  expect((await states()).filter((state) => state === 'pending')).toHaveLength(1);
  expect(new Set(answers.map(({ items }) => items.find(({ state }) => state === 'pending')?.kid)).size).toBe(1);
});

test('two who give the same key up at once put one in its place', async () => {
  const [kid = ''] = await signing();
  await Promise.all(asOwner().map((ctx) => compromiseKey(ctx, { kid })));
  expect((await states()).filter((state) => state === 'active')).toHaveLength(1);
  const active = (await rows()).find(({ state }) => state === 'active')?.kid;
  expect(active).not.toBe(kid);
  await vi.waitFor(async () => expect(await signing()).toEqual([active, active]), 30_000);
  for (const broker of brokers) expect(kidsAt(broker)).not.toContain(kid);
});
