/** DPoP at the gateway, the self endpoints and the admin API (RFC 9449 section 7), on a running broker. */
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arrived, refusalOf } from '../support/scene.ts';
import { type RawAnswer, sendRaw } from '../support/wire.ts';
import { type BoundScene, bodyOf, GATEWAY, openBoundScene } from './bound-scene.ts';
import { makeHolder, type ProofTarget } from './holder.ts';

let scene: BoundScene;
let token: string;
let unbound: string;
beforeAll(async () => {
  scene = await openBoundScene({ env: { WRIT_GATEWAY_DOMAIN: 'gw.localhost' } });
  token = await scene.bound();
  unbound = (await scene.token()).access_token;
});
afterAll(() => scene.close());

const readUrl = (): string => `${scene.broker.url}${GATEWAY}`;
const proofOf = (changes: Partial<ProofTarget> = {}, claims: object = {}, header: object = {}): string =>
  scene.holder.proof({ method: 'POST', url: readUrl(), token, ...changes }, claims, header);
const digestOf = (text: string): string => `sha-256=:${createHash('sha256').update(text).digest('base64')}:`;
const challengeOf = ({ headers }: RawAnswer): string => headers.get('www-authenticate') ?? '';

describe('a bound token', () => {
  test('says in the log why it was refused, and nothing of it to its holder', async () => {
    const answer = await scene.readAs(token, proofOf({ method: 'GET' }));
    const [event] = await scene.audit({ request_id: answer.headers.get('writ-request') ?? '' });
    expect(event).toMatchObject({ kind: 'request.refused', result: 'invalid_token', data: { reason: 'htm' } });
    expect(answer.body).not.toMatch(/htm|staging|railway/);
  });

  test('is taken with its proof at the gateway and at the self endpoints', async () => {
    expect((await scene.readAs(token)).status).toBe(200);
    const own = scene.holder.proof({ method: 'GET', url: `${scene.broker.url}/api/v1/self`, token });
    expect((await scene.get([`Authorization: DPoP ${token}`, `DPoP: ${own}`])).status).toBe(200);
  });

  test('is taken where the connection has a host of its own, with a proof of that URL alone', async () => {
    const host = `railway.gw.localhost:${new URL(scene.broker.url).port}`;
    const send = (proof: string) => {
      const body = bodyOf();
      const type = ['Content-Type: application/json', `Content-Length: ${body.length}`];
      const lines = [`Host: ${host}`, `Authorization: DPoP ${token}`, `DPoP: ${proof}`, ...type];
      return sendRaw(scene.broker.url, { method: 'POST', target: '/graphql/v2', lines, body });
    };
    expect((await send(proofOf({ url: `http://${host}/graphql/v2` }))).status).toBe(200);
    expect(refusalOf(await send(proofOf()))).toEqual([401, 'invalid_token']);
  });

  test.each<[string, () => readonly string[]]>([
    ['a bearer', () => [`Authorization: Bearer ${token}`]],
    ['a bearer with a proof', () => [`Authorization: Bearer ${token}`, `DPoP: ${proofOf()}`]],
    ['a GitHub token', () => [`Authorization: token ${token}`]],
    ['a password', () => [`Authorization: Basic ${Buffer.from(`x:${token}`).toString('base64')}`]],
    ["the provider's own header", () => [`Project-Access-Token: ${token}`]],
    ["the provider's own header with a proof", () => [`Project-Access-Token: ${token}`, `DPoP: ${proofOf()}`]],
  ])('is refused as %s', async (_, lines) => {
    const answer = await scene.read(lines(), { mark: 'Lifted' });
    expect(refusalOf(answer)).toEqual([401, 'invalid_token']);
    expect(challengeOf(answer)).toMatch(/^DPoP error="invalid_token", algs="ES256 [^"]*", resource_metadata="http/);
    expect(await arrived(scene, 'Lifted')).toEqual([]);
  });

  test('is refused as a bearer at the self endpoints', async () => {
    for (const lines of [[], [`DPoP: ${proofOf()}`]]) {
      const answer = await scene.get([`Authorization: Bearer ${token}`, ...lines]);
      expect(refusalOf(answer)).toEqual([401, 'invalid_token']);
      expect(challengeOf(answer)).toMatch(/^DPoP error="invalid_token", algs="ES256 /);
    }
  });

  test('is refused with the proof of another key', async () => {
    const thief = makeHolder();
    const answer = await scene.readAs(token, thief.proof({ method: 'POST', url: readUrl(), token }));
    expect(refusalOf(answer)).toEqual([401, 'invalid_token']);
    expect(challengeOf(answer)).toContain('error="invalid_token"');
  });

  test.each<[string, () => string]>([
    ['none', () => ''],
    ['for another token', () => proofOf({ token: unbound })],
    ['without a token', () => proofOf({}, { ath: undefined })],
    ['for another method', () => proofOf({ method: 'GET' })],
    ['for a method in lower case', () => proofOf({ method: 'post' })],
    ['for another path', () => proofOf({ url: `${scene.broker.url}/gateway/railway/other` })],
    ['for another host', () => proofOf({ url: `http://evil.example${GATEWAY}` })],
    ['for another port', () => proofOf({ url: `http://localhost:1${GATEWAY}` })],
    ['that is too old', () => proofOf({}, { iat: Math.floor(Date.now() / 1000) - 400 })],
    ['for another body', () => proofOf({}, { content_digest: digestOf('other') })],
  ])('is refused with a proof %s', async (_, make) => {
    const answer = await scene.readAs(token, make(), { mark: 'Unproved' });
    expect(refusalOf(answer)).toEqual([401, 'invalid_token']);
    expect(challengeOf(answer)).toContain('DPoP error="invalid_dpop_proof", algs="ES256 ');
    expect(await arrived(scene, 'Unproved')).toEqual([]);
  });

  test('is refused with two proofs', async () => {
    const answer = await scene.read([`Authorization: DPoP ${token}`, `DPoP: ${proofOf()}`, `DPoP: ${proofOf()}`]);
    expect(refusalOf(answer)).toEqual([400, 'request_not_canonical']);
    const own = () => scene.holder.proof({ method: 'GET', url: `${scene.broker.url}/api/v1/self`, token });
    const self = await scene.get([`Authorization: DPoP ${token}`, `DPoP: ${own()}`, `DPoP: ${own()}`]);
    expect(refusalOf(self)).toEqual([401, 'invalid_token']);
  });

  test('is taken with a proof that names the digest of this very body', async () => {
    expect((await scene.readAs(token, proofOf({}, { content_digest: digestOf(bodyOf()) }))).status).toBe(200);
    const url = `${scene.broker.url}/api/v1/self`;
    const self = (digest: string) =>
      scene.get([
        `Authorization: DPoP ${token}`,
        `DPoP: ${scene.holder.proof({ method: 'GET', url, token }, { content_digest: digest })}`,
      ]);
    expect((await self(digestOf(''))).status).toBe(200);
    expect(refusalOf(await self(digestOf('x')))).toEqual([401, 'invalid_token']);
  });
});

describe('a token that is not bound', () => {
  test('is refused under the scheme of those that are', async () => {
    const proof = scene.holder.proof({ method: 'POST', url: readUrl(), token: unbound });
    const answer = await scene.readAs(unbound, proof);
    expect(refusalOf(answer)).toEqual([401, 'invalid_token']);
    expect(challengeOf(answer)).toContain('DPoP error="invalid_token"');
    expect((await scene.read([`Authorization: Bearer ${unbound}`])).status).toBe(200);
  });
});

describe('an automation token', () => {
  const fields = () => ({ resource: `${scene.broker.url}/api/v1` });
  const list = (access: string, line: string) =>
    scene.get(
      [line, `Authorization: ${line.startsWith('DPoP') ? 'DPoP' : 'Bearer'} ${access}`],
      '/api/v1/clients?limit=1',
    );

  test('that is bound is taken with its proof alone', async () => {
    const access = await scene.bound({ who: scene.robot, fields: fields() });
    const url = `${scene.broker.url}/api/v1/clients`;
    const proof = scene.holder.proof({ method: 'GET', url, token: access });
    expect((await list(access, `DPoP: ${proof}`)).status).toBe(200);
    expect(refusalOf(await list(access, `DPoP: ${proof}`))).toEqual([401, 'invalid_token']);
    expect(refusalOf(await list(access, 'X-Nothing: at all'))).toEqual([401, 'invalid_token']);
  });

  test('that is bound changes something only with the body that was proved', async () => {
    const access = await scene.bound({ who: scene.robot, fields: fields() });
    const send = (body: string, proved: string) => {
      const proving = { method: 'POST', url: `${scene.broker.url}/api/v1/clients`, token: access };
      const proof = scene.holder.proof(proving, { content_digest: digestOf(proved) });
      const type = ['Content-Type: application/json', `Content-Length: ${body.length}`];
      const lines = [`Authorization: DPoP ${access}`, `DPoP: ${proof}`, ...type];
      return sendRaw(scene.broker.url, { method: 'POST', target: '/api/v1/clients', lines, body });
    };
    const bodyFor = (client_id: string): string =>
      JSON.stringify({ client_id, kind: 'agent', name: 'Made', auth: { method: 'client_secret_basic' } });
    const [one, two] = [`made-${randomUUID()}`, `made-${randomUUID()}`];
    expect(refusalOf(await send(bodyFor(one), bodyFor(two)))).toEqual([401, 'invalid_token']);
    expect((await send(bodyFor(two), bodyFor(two))).status).toBe(201);
  });
});

test('a revoked bound token is refused on the next request, proof or not', async () => {
  const { access_token, task_id } = JSON.parse(
    (await scene.ask([scene.holder.proof({ method: 'POST', url: scene.tokenUrl })])).body,
  ) as { access_token: string; task_id: string };
  const fresh = () => scene.holder.proof({ method: 'POST', url: readUrl(), token: access_token });
  expect((await scene.readAs(access_token, fresh())).status).toBe(200);
  await scene.owner.client.call('tokens.revoke', { task_id });
  expect(refusalOf(await scene.readAs(access_token, fresh()))).toEqual([401, 'invalid_token']);
});
