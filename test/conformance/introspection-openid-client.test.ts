/** openid-client as a client: it discovers the endpoints itself and refuses what they should not answer. */
import * as client from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Agent } from '../support/scene.ts';
import { type ConformanceScene, openConformance } from './scene.ts';

let it: ConformanceScene;
let issuer: URL;
let verifier: Agent;
beforeAll(async () => {
  it = await openConformance({ agent: 'script' });
  issuer = new URL(it.issuer);
  // May ask about the tokens of others.
  verifier = await it.client([], { client_id: 'verifier', scopes: ['writ:introspect'] });
}, 120_000);
afterAll(() => it.close());

type Algorithm = 'oauth2' | 'oidc';

const discover = (client_id: string, auth: client.ClientAuth, algorithm: Algorithm = 'oauth2') =>
  client.discovery(issuer, client_id, {}, auth, { algorithm, execute: [client.allowInsecureRequests] });
const asScript = (algorithm?: Algorithm) => discover('script', client.ClientSecretBasic(it.agent.secret), algorithm);
const asKeyed = () => discover('keyed', client.PrivateKeyJwt(it.keyed.proof));
const asVerifier = () => discover('verifier', client.ClientSecretBasic(verifier.secret));

const newToken = async (config: client.Configuration): Promise<string> =>
  (await client.clientCredentialsGrant(config, { resource: it.audience, task: 'conformance' })).access_token;

test.each(['oauth2', 'oidc'] as const)('the server is discovered by %s, and a token is got', async (algorithm) => {
  expect(await newToken(await asScript(algorithm))).toMatch(/^eyJ/);
});

test.each([
  ['with a secret', asScript],
  ['with a key', asKeyed],
])('a client %s asks about its token and gives it up', async (_, who) => {
  const config = await who();
  const token = await newToken(config);
  expect(await client.tokenIntrospection(config, token, { token_type_hint: 'access_token' })).toMatchObject({
    active: true,
    aud: it.audience,
  });
  await client.tokenRevocation(config, token, { token_type_hint: 'access_token' });
  expect(await client.tokenIntrospection(config, token)).toEqual({ active: false });
  await client.tokenRevocation(config, token);
});

test('a verifier sees the tokens of others, and cannot end them', async () => {
  const [script, verifier] = [await asScript(), await asVerifier()];
  const token = await newToken(script);
  await client.tokenRevocation(verifier, token);
  expect(await client.tokenIntrospection(verifier, token)).toMatchObject({ active: true, client_id: 'script' });
});

test('a wrong secret is an error that the library knows', async () => {
  const config = await discover('script', client.ClientSecretBasic('writ_cs_wrong'));
  await expect(client.tokenIntrospection(config, 'x')).rejects.toThrow();
  await expect(client.tokenRevocation(config, 'x')).rejects.toThrow();
});
