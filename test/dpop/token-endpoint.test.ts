/** DPoP at the token endpoint (RFC 9449 section 5), on a running broker. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Agent, basic } from '../support/scene.ts';
import { type BoundScene, claimsOf, errorIn, openBoundScene } from './bound-scene.ts';
import { makeHolder } from './holder.ts';

let scene: BoundScene;
beforeAll(async () => {
  scene = await openBoundScene();
});
afterAll(() => scene.close());

const proof = (claims?: object, header?: object): string =>
  scene.holder.proof({ method: 'POST', url: scene.tokenUrl }, claims, header);

describe('a token that is asked for with a proof', () => {
  test('is bound to its key, in the token, in its answer and in the log', async () => {
    const answer = await scene.ask([proof()]);
    expect(answer.status).toBe(200);
    const body = JSON.parse(answer.body) as { access_token: string; token_type: string };
    expect(body.token_type).toBe('DPoP');
    const { cnf, jti } = claimsOf(body.access_token);
    expect(cnf).toEqual({ jkt: scene.holder.jkt });
    const [issued] = await scene.audit({ kind: 'token.issued' });
    expect(issued).toMatchObject({ data: { jti, jkt: scene.holder.jkt } });
    expect(answer.headers.get('dpop-nonce')).toBeUndefined();
  });

  test('is a bearer token without one', async () => {
    const answer = await scene.ask([]);
    expect(JSON.parse(answer.body)).toMatchObject({ token_type: 'Bearer' });
  });
});

describe('a token that a human gives', () => {
  const beyond = [
    { type: 'provider_operations', connection: 'railway', environments: ['staging'], operations: ['variables:reveal'] },
  ];

  test('is fetched with the key that asked for it, and bound to that', async () => {
    const fields = { authorization_details: JSON.stringify(beyond), completion_mode: 'deferred' };
    const asked = JSON.parse((await scene.ask([proof()], { fields })).body);
    expect(asked).toMatchObject({ error: 'authorization_pending' });
    const id = String(asked.interaction_uri).split('/').at(-1) ?? '';
    const { client, assertion } = scene.owner;
    expect((await client.call('approvals.get', { id })).token?.bound).toBe(true);
    await client.call('approvals.approve', { id }, { assertion });
    const poll = (proofs: readonly string[]) =>
      scene.ask(proofs, {
        fields: {
          grant_type: 'urn:ietf:params:oauth:grant-type:deferred',
          deferral_code: String(asked.deferral_code),
        },
      });
    expect(errorIn(await poll([]))).toEqual([400, 'invalid_grant']);
    const other = makeHolder().proof({ method: 'POST', url: scene.tokenUrl });
    expect(errorIn(await poll([other]))).toEqual([400, 'invalid_grant']);
    const answer = await poll([proof()]);
    const { access_token, token_type } = JSON.parse(answer.body);
    expect([answer.status, token_type, claimsOf(access_token)['cnf']]).toEqual([
      200,
      'DPoP',
      { jkt: scene.holder.jkt },
    ]);
    // Nor does another token of the task have it that is bound to nothing.
    const again = { authorization_details: fields.authorization_details, task_id: String(asked.task_id) };
    expect(errorIn(await scene.ask([], { fields: again }))).toEqual([400, 'invalid_authorization_details']);
    expect((await scene.ask([proof()], { fields: again })).status).toBe(200);
  });
});

describe('a proof is refused, and no token issued,', () => {
  test.each<[string, () => string]>([
    ['of another method', () => scene.holder.proof({ method: 'GET', url: scene.tokenUrl })],
    ['of another path', () => scene.holder.proof({ method: 'POST', url: `${scene.broker.url}/oauth/introspect` })],
    ['of another host', () => scene.holder.proof({ method: 'POST', url: 'http://evil.example/oauth/token' })],
    ['that is too old', () => proof({ iat: Math.floor(Date.now() / 1000) - 400 })],
    ['from the future', () => proof({ iat: Math.floor(Date.now() / 1000) + 120 })],
    ['whose key holds its private part', () => proof({}, { jwk: scene.holder.privateKey.export({ format: 'jwk' }) })],
    ['whose key is another', () => proof({}, { jwk: makeHolder().jwk })],
    ['of another type', () => proof({}, { typ: 'JWT' })],
    ['that names the digest of another body', () => proof({ content_digest: 'sha-256=:AAAA:' })],
    ['that is empty', () => ''],
    ['that is none', () => 'not.a.proof'],
  ])('%s', async (_, make) => {
    expect(errorIn(await scene.ask([make()]))).toEqual([400, 'invalid_dpop_proof']);
  });

  test('that is one of two', async () => {
    expect(errorIn(await scene.ask([proof(), proof()]))).toEqual([400, 'invalid_dpop_proof']);
    const same = proof();
    expect(errorIn(await scene.ask([same, same]))).toEqual([400, 'invalid_dpop_proof']);
  });

  test('that is made for the Host header instead of the public URL', async () => {
    const port = new URL(scene.broker.url).port;
    const other = scene.holder.proof({ method: 'POST', url: `http://127.0.0.1:${port}/oauth/token` });
    expect(errorIn(await scene.ask([other]))).toEqual([400, 'invalid_dpop_proof']);
  });

  test('for a reason that only the log knows', async () => {
    const answer = await scene.ask([proof({ iat: 1 })]);
    const [event] = await scene.audit({ request_id: answer.headers.get('writ-request') ?? '' });
    expect(event).toMatchObject({ kind: 'token.refused', result: 'invalid_dpop_proof', data: { reason: 'iat' } });
    expect(answer.body).not.toContain('iat');
  });
});

describe('a client whose tokens must be bound', () => {
  const asStrict = () => ({ who: scene.strict });

  test('gets none without a proof, and one with it', async () => {
    expect(errorIn(await scene.ask([], asStrict()))).toEqual([400, 'invalid_dpop_proof']);
    expect((await scene.ask([proof()], asStrict())).status).toBe(200);
  });

  test('is shown as such, also after its secret was rotated', async () => {
    const { client } = scene.owner;
    const { client_secret } = await client.call('clients.rotate_secret', { id: 'strict' });
    expect((await client.call('clients.get', { id: 'strict' })).auth).toEqual({
      method: 'client_secret_basic',
      dpop_bound_access_tokens: true,
    });
    const who = { client_id: 'strict', secret: client_secret };
    expect(errorIn(await scene.ask([], { who }))).toEqual([400, 'invalid_dpop_proof']);
    expect((await scene.ask([proof()], { who })).status).toBe(200);
  });

  test('keeps no bearer token from before', async () => {
    const { client } = scene.owner;
    const agent = await scene.client();
    const { access_token } = await scene.token(agent);
    const held = [`Authorization: Bearer ${access_token}`];
    expect((await scene.get(held)).status).toBe(200);
    const auth = { method: 'client_secret_basic' as const, dpop_bound_access_tokens: true };
    await client.call('clients.patch', { id: agent.client_id, auth });
    expect((await scene.get(held)).status).toBe(401);
    expect((await scene.ask([proof()], { who: agent })).status).toBe(200);
    await client.call('clients.patch', { id: agent.client_id, auth: { method: 'client_secret_basic' } });
    expect((await scene.get(held)).status).toBe(200);
  });
});

describe('a bound token', () => {
  const post = (path: string, who: Agent, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    scene.send(path, {
      method: 'POST',
      headers: { authorization: basic(who), ...headers },
      body: new URLSearchParams(fields),
    });

  test('is introspected with its key, by its own client', async () => {
    const { text } = await post('/oauth/introspect', scene.agent, { token: await scene.bound() });
    expect(JSON.parse(text)).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt: scene.holder.jkt } });
  });

  test('is exchanged by a client that was not named only with the proof of its own key', async () => {
    const other = await scene.client();
    const exchange = async (proofs: Record<string, string>) =>
      post(
        '/oauth/token',
        other,
        {
          grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
          subject_token: await scene.bound(),
          subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        },
        proofs,
      );
    expect((await exchange({})).status).toBe(400);
    const thief = makeHolder().proof({ method: 'POST', url: scene.tokenUrl });
    expect((await exchange({ dpop: thief })).status).toBe(400);
    const child = await exchange({ dpop: proof() });
    expect(JSON.parse(child.text)).toMatchObject({ token_type: 'DPoP' });
  });
});

test('a stranger uses up no proof', async () => {
  const once = proof({ jti: randomUUID() });
  const nobody = { who: { client_id: scene.agent.client_id, secret: 'writ_cs_not_a_secret' } };
  expect((await scene.ask([once], nobody)).status).toBe(401);
  expect((await scene.ask([once])).status).toBe(200);
  expect(errorIn(await scene.ask([once]))).toEqual([400, 'invalid_dpop_proof']);
});

test('the authorization endpoint that discovery names signs nobody in, and redirects nowhere', async () => {
  const { text } = await scene.send('/.well-known/oauth-authorization-server');
  const { authorization_endpoint } = JSON.parse(text) as { authorization_endpoint: string };
  const query = '?response_type=code&client_id=x&redirect_uri=https%3A%2F%2Fevil.example';
  const answer = await scene.send(`${authorization_endpoint.replace(scene.broker.url, '')}${query}`);
  expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
  expect(JSON.parse(answer.text)).toMatchObject({ error: 'unsupported_response_type' });
});

test('discovery says which algorithms proofs may have', async () => {
  const algorithms = ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'];
  for (const path of ['oauth-authorization-server', 'openid-configuration', 'oauth-protected-resource/gateway']) {
    const { text } = await scene.send(`/.well-known/${path}`);
    const told = (JSON.parse(text) as { dpop_signing_alg_values_supported: string[] })
      .dpop_signing_alg_values_supported;
    expect([...told].sort(), path).toEqual([...algorithms].sort());
  }
});
