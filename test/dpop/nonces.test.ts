/** Nonces, where they are demanded (RFC 9449 sections 8 and 9): given out by one broker, good at the other. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Broker, startBroker } from '../support/broker.ts';
import { refusalOf } from '../support/scene.ts';
import { type BoundScene, errorIn, GATEWAY, openBoundScene } from './bound-scene.ts';

let scene: BoundScene;
let second: Broker;
beforeAll(async () => {
  scene = await openBoundScene({ env: { WRIT_DPOP_NONCES: 'required' } });
  const env = { WRIT_PUBLIC_URL: scene.broker.url, WRIT_DPOP_NONCES: 'required' };
  second = await startBroker({ beside: scene.broker, env });
}, 120_000);
afterAll(async () => {
  await second.stop();
  await scene.close();
});

test('a token is issued for a proof with the nonce that a first answer gave, and for no other', async () => {
  const proof = (nonce?: string): string =>
    scene.holder.proof({ method: 'POST', url: scene.tokenUrl }, nonce === undefined ? {} : { nonce });
  const refused = await scene.ask([proof()]);
  expect(errorIn(refused)).toEqual([400, 'use_dpop_nonce']);
  const nonce = refused.headers.get('dpop-nonce') ?? '';
  expect(nonce).toMatch(/^[A-Za-z0-9_-]{20,}$/);
  expect(errorIn(await scene.ask([proof(`${nonce}x`)]))).toEqual([400, 'use_dpop_nonce']);
  const issued = await scene.ask([proof(nonce)]);
  expect(issued.status).toBe(200);
  expect(issued.headers.get('dpop-nonce')).toBeDefined();
});

test('a client without proofs is not asked for a nonce', async () => {
  const answer = await scene.ask([]);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('dpop-nonce')).toBeUndefined();
});

test('at the gateway and the self endpoints one broker takes the nonce of the other', async () => {
  const first = await scene.ask([scene.holder.proof({ method: 'POST', url: scene.tokenUrl })]);
  const nonce = first.headers.get('dpop-nonce') ?? '';
  const asked = await scene.ask([scene.holder.proof({ method: 'POST', url: scene.tokenUrl }, { nonce })]);
  const token = (JSON.parse(asked.body) as { access_token: string }).access_token;
  const url = `${scene.broker.url}${GATEWAY}`;
  const without = await scene.readAs(token, scene.holder.proof({ method: 'POST', url, token }));
  expect(refusalOf(without)).toEqual([401, 'invalid_token']);
  expect(without.headers.get('www-authenticate')).toContain('DPoP error="use_dpop_nonce"');
  const given = without.headers.get('dpop-nonce') ?? '';
  const at = `http://localhost:${second.env['WRIT_PORT']}`;
  const proof = scene.holder.proof({ method: 'POST', url, token }, { nonce: given });
  expect((await scene.readAs(token, proof, { at })).status).toBe(200);
  const self = scene.holder.proof({ method: 'GET', url: `${scene.broker.url}/api/v1/self`, token });
  const answer = await scene.get([`Authorization: DPoP ${token}`, `DPoP: ${self}`]);
  expect(answer.status).toBe(401);
  expect(answer.headers.get('www-authenticate')).toContain('use_dpop_nonce');
  expect(answer.headers.get('dpop-nonce')).toBeDefined();
});
