/** openid-client as a client: discovery, a secret, a key, DPoP. */
import * as client from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConformanceScene, openConformance } from './scene.ts';

let scene: ConformanceScene;
beforeAll(async () => {
  scene = await openConformance();
});
afterAll(() => scene.close());

/** `execute` is the library's own switch for plain http, here on loopback. */
const discover = (client_id: string, auth: client.ClientAuth, algorithm: 'oauth2' | 'oidc') =>
  client.discovery(new URL(scene.issuer), client_id, undefined, auth, {
    algorithm,
    execute: [client.allowInsecureRequests],
  });
const bySecret = () => client.ClientSecretBasic(scene.agent.secret);

test.each(['oauth2', 'oidc'] as const)('gets a token with a secret, after %s discovery', async (algorithm) => {
  const config = await discover(scene.agent.client_id, bySecret(), algorithm);
  const answer = await client.clientCredentialsGrant(config, { resource: scene.audience, task: 'conformance' });
  expect(answer).toMatchObject({ token_type: 'bearer', expires_in: 900 });
  expect(await scene.isTaken(answer.access_token)).toBe(true);
});

test('gets a token with a key', async () => {
  const auth = client.PrivateKeyJwt(scene.keyed.proof);
  const config = await discover(scene.keyed.client_id, auth, 'oauth2');
  const { access_token } = await client.clientCredentialsGrant(config);
  expect(await scene.isTaken(access_token)).toBe(true);
});

test('gets a bound token and uses it', async () => {
  const config = await discover(scene.agent.client_id, bySecret(), 'oauth2');
  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
  const { access_token, token_type } = await client.clientCredentialsGrant(config, {}, { DPoP });
  expect(token_type).toBe('dpop');
  const url = new URL(`${scene.issuer}/api/v1/self`);
  const self = await client.fetchProtectedResource(config, access_token, url, 'GET', undefined, undefined, { DPoP });
  expect(await self.json()).toMatchObject({ client_id: scene.agent.client_id });
  expect(await scene.isTaken(access_token)).toBe(false);
});

test('introspects and revokes', async () => {
  const config = await discover(scene.agent.client_id, bySecret(), 'oauth2');
  const { access_token } = await client.clientCredentialsGrant(config);
  expect(await client.tokenIntrospection(config, access_token)).toMatchObject({ active: true });
  await client.tokenRevocation(config, access_token);
  expect(await client.tokenIntrospection(config, access_token)).toEqual({ active: false });
  expect(await scene.isTaken(access_token)).toBe(false);
});

test('reads a refusal', async () => {
  const config = await discover(scene.agent.client_id, bySecret(), 'oauth2');
  const refused = client.clientCredentialsGrant(config, { resource: 'https://elsewhere.example' });
  await expect(refused).rejects.toMatchObject({ error: 'invalid_target', status: 400 });
});
