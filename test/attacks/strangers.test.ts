/** What strangers leave in the audit log, at every door of a real broker. */
import { isJsonObject, type JsonObject } from '@writ/core';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyChain } from '../../packages/core/src/audit/chain.ts';
import { openScene, type Scene } from '../support/scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
}, 120_000);
afterAll(() => scene.close());

const FLOOD = 300;

/** One refused request at each door: the gateway, self, the admin API, a sign-in, the token endpoint, introspection. */
const DOORS: readonly ((n: number) => Promise<{ readonly status: number }>)[] = [
  (n) => scene.graphql(`not.a.token${n}`, '{ me { id } }'),
  (n) => scene.send('/api/v1/self', { headers: { authorization: `Bearer not.a.token${n}` } }),
  () => scene.send('/api/v1/clients'),
  (n) => post('/api/v1/session', { email: `nobody${n}@example.com`, password: 'not a real password' }),
  (n) => scene.tokenAnswer({ client_id: `nobody-${n}`, secret: 'writ_cs_fake' }),
  () => scene.send('/oauth/introspect', { method: 'POST', body: new URLSearchParams({ token: 'x' }) }),
];

function post(path: string, body: object) {
  const headers = { 'content-type': 'application/json' };
  return scene.send(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function entries(): Promise<{ readonly texts: string[]; readonly events: JsonObject[] }> {
  const sql = postgres(scene.broker.env['DATABASE_URL'] ?? '', { max: 1 });
  const rows = await sql<{ event: string }[]>`select event from audit_events order by seq`;
  await sql.end();
  const texts = rows.map(({ event }) => event);
  return { texts, events: texts.map((text): unknown => JSON.parse(text)).filter(isJsonObject) };
}

const KINDS = ['request.refused', 'api.refused', 'token.refused', 'token.introspection_refused'];

test('a flood at every door leaves a few events, counted to the last refusal when the broker stops', {
  timeout: 120_000,
}, async () => {
  const before = (await entries()).texts.length;
  let refused = 0;
  for (let n = 0; n < FLOOD; n += 20) {
    const round = Array.from({ length: 20 }, (_, at) => n + at);
    const answers = await Promise.all(round.flatMap((number) => DOORS.map((door) => door(number))));
    refused += answers.filter(({ status }) => status === 401 || status === 429).length;
  }
  expect(await scene.broker.stop()).toBe(0);
  const { texts, events } = await entries();
  const own = events.slice(before);
  const apart = own.filter(({ kind }) => KINDS.includes(String(kind)));
  const counts = own
    .filter(({ kind }) => kind === 'refusals.counted')
    .map(({ data }) => (isJsonObject(data) ? data : {}));
  expect([counts.length > 0, own.length < FLOOD / 2]).toEqual([true, true]);
  const sum = (name: string): number => counts.reduce((total, one) => total + Number(one[name]), 0);
  expect(sum('count') - sum('recorded_apart') + apart.length).toBe(refused);
  expect(refused).toBeGreaterThan(FLOOD * (DOORS.length - 1));
  const told = JSON.stringify(counts);
  for (const kind of KINDS) expect(told, kind).toContain(`"kind":"${kind}"`);
  expect(told).toContain('"network":"');
  expect(told).not.toMatch(/not\.a\.token|nobody|writ_cs/);
  expect(await verifyChain(texts)).toMatchObject({ whole: true });
  await scene.broker.restart();
});
