/** oauth4webapi, which is strict, as a client: discovery, a token, introspection, revocation; and as a verifier of the token. */
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

const plain = { [oauth.allowInsecureRequests]: true };

const asScript = () => ({ client: { client_id: 'script' }, auth: oauth.ClientSecretBasic(it.agent.secret) });
const asKeyed = () => ({ client: { client_id: 'keyed' }, auth: oauth.PrivateKeyJwt(it.keyed.proof) });
const asVerifier = () => ({ client: { client_id: 'verifier' }, auth: oauth.ClientSecretBasic(verifier.secret) });

interface Who {
  readonly client: oauth.Client;
  readonly auth: oauth.ClientAuth;
}

async function discover(algorithm: 'oauth2' | 'oidc' = 'oauth2'): Promise<oauth.AuthorizationServer> {
  const response = await oauth.discoveryRequest(issuer, { algorithm, ...plain });
  return await oauth.processDiscoveryResponse(issuer, response);
}

async function newToken(as: oauth.AuthorizationServer, { client, auth }: Who): Promise<string> {
  const parameters = new URLSearchParams({ resource: it.audience, task: 'conformance' });
  const response = await oauth.clientCredentialsGrantRequest(as, client, auth, parameters, plain);
  return (await oauth.processClientCredentialsResponse(as, client, response)).access_token;
}

async function introspect(as: oauth.AuthorizationServer, { client, auth }: Who, token: string) {
  const response = await oauth.introspectionRequest(as, client, auth, token, plain);
  expect(response.headers.get('cache-control')).toBe('no-store');
  return await oauth.processIntrospectionResponse(as, client, response);
}

async function revoke(as: oauth.AuthorizationServer, { client, auth }: Who, token: string): Promise<void> {
  const response = await oauth.revocationRequest(as, client, auth, token, plain);
  expect(response.headers.get('cache-control')).toBe('no-store');
  await oauth.processRevocationResponse(response.clone());
  expect(await response.text()).toBe('');
}

test.each(['oauth2', 'oidc'] as const)('the endpoints are discovered by %s', async (algorithm) => {
  expect(await discover(algorithm)).toMatchObject({
    introspection_endpoint: `${it.issuer}/oauth/introspect`,
    revocation_endpoint: `${it.issuer}/oauth/revoke`,
    introspection_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic'],
  });
});

describe.each([
  ['with a secret', 'script', asScript],
  ['with a key', 'keyed', asKeyed],
])('a client %s', (_, client_id, who) => {
  test('gets a token, asks about it, and gives it up', async () => {
    const as = await discover();
    const token = await newToken(as, who());
    expect(await introspect(as, who(), token)).toMatchObject({
      active: true,
      client_id,
      sub: client_id,
      iss: it.issuer,
      aud: it.audience,
      token_type: 'Bearer',
    });
    await revoke(as, who(), token);
    expect(await introspect(as, who(), token)).toEqual({ active: false });
    await revoke(as, who(), token);
  });
});

test('a verifier sees the tokens of others, and cannot end them', async () => {
  const as = await discover();
  const token = await newToken(as, asScript());
  await revoke(as, asVerifier(), token);
  expect(await introspect(as, asVerifier(), token)).toMatchObject({ active: true, client_id: 'script' });
  expect(await introspect(as, asKeyed(), token)).toEqual({ active: false });
  expect(await introspect(as, asVerifier(), 'no.such.token')).toEqual({ active: false });
});

test('a token bound to a key is described as such to who asks without the key', async () => {
  const as = await discover();
  const { client, auth } = asScript();
  const DPoP = oauth.DPoP({}, await oauth.generateKeyPair('ES256'));
  const parameters = new URLSearchParams({ resource: it.audience });
  const response = await oauth.clientCredentialsGrantRequest(as, client, auth, parameters, { DPoP, ...plain });
  const { access_token: token } = await oauth.processClientCredentialsResponse(as, client, response);
  const jkt = await DPoP.calculateThumbprint();
  expect(await introspect(as, asVerifier(), token)).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt } });
  await revoke(as, asScript(), token);
  expect(await introspect(as, asVerifier(), token)).toEqual({ active: false });
});

test('a wrong secret is an error that the library knows', async () => {
  const as = await discover();
  const wrong = { client: { client_id: 'script' }, auth: oauth.ClientSecretBasic('writ_cs_wrong') };
  const refused = { error: 'invalid_client', status: 401 };
  await expect(introspect(as, wrong, 'x')).rejects.toMatchObject({ cause: expect.anything() });
  const response = await oauth.introspectionRequest(as, wrong.client, wrong.auth, 'x', plain);
  expect([response.status, await response.json()]).toMatchObject([refused.status, { error: refused.error }]);
});

test('the token is accepted from discovery and the keys alone', async () => {
  const as = await discover();
  const token = await newToken(as, asScript());
  const request = new Request(it.audience, { headers: { authorization: `Bearer ${token}` } });
  const claims = await oauth.validateJwtAccessToken(as, request, it.audience, plain);
  expect(claims).toMatchObject({ client_id: 'script', sub: 'script' });
});
