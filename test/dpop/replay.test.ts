/** A proof is good once: under parallel attempts, on two brokers, and never for a stranger (RFC 9449 section 11.1). */
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Broker, startBroker } from '../support/broker.ts';
import { type RawAnswer, sendRaw } from '../support/wire.ts';
import { type BoundScene, GATEWAY, openBoundScene } from './bound-scene.ts';
import { makeHolder } from './holder.ts';

let scene: BoundScene;
let second: Broker;
beforeAll(async () => {
  scene = await openBoundScene();
  second = await startBroker({ beside: scene.broker, env: { WRIT_PUBLIC_URL: scene.broker.url } });
}, 120_000);
afterAll(async () => {
  await second.stop();
  await scene.close();
});

/** The second broker by its own address. */
const atSecond = (): string => `http://localhost:${second.env['WRIT_PORT']}`;
const readUrl = (): string => `${scene.broker.url}${GATEWAY}`;
const good = (answers: readonly RawAnswer[]): number => answers.filter(({ status }) => status === 200).length;

/** How many ids the database remembers. */
async function remembered(): Promise<number> {
  const sql = postgres(scene.broker.env['DATABASE_URL'] ?? '', { max: 1, onnotice: () => undefined });
  try {
    const [row] = await sql`select count(*)::int as count from used_assertions`;
    return Number(row?.['count']);
  } finally {
    await sql.end();
  }
}

test('of 50 requests at once with one proof, on two brokers, exactly one is let through', async () => {
  const token = await scene.bound();
  const proof = scene.holder.proof({ method: 'POST', url: readUrl(), token });
  const places = [scene.broker.url, atSecond()];
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, i) => scene.readAs(token, proof, { at: places[i % 2] ?? '' })),
  );
  expect(good(answers)).toBe(1);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 401]));
});

test('of 50 token requests at once with one proof exactly one gets a token', async () => {
  const proof = scene.holder.proof({ method: 'POST', url: scene.tokenUrl });
  expect(good(await Promise.all(Array.from({ length: 50 }, () => scene.ask([proof]))))).toBe(1);
});

test('a proof that one broker has seen is refused by the other, and a fresh one is good there', async () => {
  const token = await scene.bound();
  const fresh = (): string => scene.holder.proof({ method: 'POST', url: readUrl(), token });
  const proof = fresh();
  expect((await scene.readAs(token, proof)).status).toBe(200);
  expect((await scene.readAs(token, proof, { at: atSecond() })).status).toBe(401);
  expect((await scene.readAs(token, fresh(), { at: atSecond() })).status).toBe(200);
});

test('the same id by another key is another id', async () => {
  const other = makeHolder();
  const jti = randomUUID();
  const ask = (holder: typeof other) => scene.ask([holder.proof({ method: 'POST', url: scene.tokenUrl }, { jti })]);
  expect(good([await ask(scene.holder), await ask(other)])).toBe(2);
});

test('an id may be any text', async () => {
  for (const jti of ['\u0000', '\ud800', "'; drop table used_assertions; --", '💥'.repeat(100), 'x'.repeat(256)]) {
    const proof = scene.holder.proof({ method: 'POST', url: scene.tokenUrl }, { jti });
    const first = await scene.ask([proof]);
    expect([200, 400]).toContain(first.status);
    if (first.status === 200) expect((await scene.ask([proof])).status).toBe(400);
  }
});

test('nobody without a valid token makes the database remember anything', async () => {
  const token = await scene.bound();
  const revoked = await scene.bound();
  const [, payload = ''] = revoked.split('.');
  const { jti } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { jti: string };
  await scene.owner.client.call('tokens.revoke', { jti });
  const unbound = (await scene.token()).access_token;
  const before = await remembered();
  const thief = makeHolder();
  for (const shown of [revoked, unbound, `${token.slice(0, -4)}AAAA`, 'a.b.c', '']) {
    for (const holder of [scene.holder, thief]) {
      const proof = holder.proof({ method: 'POST', url: readUrl(), token: shown });
      expect((await scene.readAs(shown, proof)).status).toBeGreaterThanOrEqual(400);
      const self = holder.proof({ method: 'GET', url: `${scene.broker.url}/api/v1/self`, token: shown });
      const lines = [`Authorization: DPoP ${shown}`, `DPoP: ${self}`];
      expect((await sendRaw(scene.broker.url, { target: '/api/v1/self', lines })).status).toBe(401);
    }
  }
  expect((await scene.readAs(token, thief.proof({ method: 'POST', url: readUrl(), token }))).status).toBe(401);
  expect(await remembered()).toBe(before);
});
