/** oidc-provider as the issuer that a workload's token comes from: its discovery, keys and JWTs, with both grant types. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GRANT_TYPES, TOKEN_TYPES } from '@writ/tokens';
import { exportJWK, generateKeyPair } from 'jose';
import * as oauth from 'oauth4webapi';
import { Provider } from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { policyFor } from '../../packages/tokens/test/ci-samples.ts';
import { fakePassword } from '../support/owner.ts';
import { arrived, refusalOf } from '../support/scene.ts';
import { type ConformanceScene, openConformance } from './scene.ts';

const options = { [oauth.allowInsecureRequests]: true };
/** The client of Writ, and the workload as the provider knows it. */
const deploy: oauth.Client = { client_id: 'deploy' };
const workload: oauth.Client = { client_id: 'workload' };
const workloadSecret = fakePassword();
/** What the provider vouches for, besides the subject. */
const TEAM_ID = '11111111-2222-3333-4444-555555555555';
/** A resource whose tokens keep the type that the provider gives access tokens (RFC 9068). */
const PLAIN = 'https://plain.example.com';

let scene: ConformanceScene;
let foreign: { readonly issuer: string; readonly server: Server };
let as: oauth.AuthorizationServer;
let provider: oauth.AuthorizationServer;
let audience = '';

beforeAll(async () => {
  [scene, foreign] = await Promise.all([openConformance(), startProvider()]);
  audience = `${scene.issuer}/ci/deploy`;
  await addClient(audience, 'deploy');
  await addClient(PLAIN, 'plain');
  as = await discover(scene.issuer, 'oauth2');
  provider = await discover(foreign.issuer, 'oidc');
});
afterAll(async () => {
  foreign?.server.closeAllConnections();
  foreign?.server.close();
  await scene?.close();
});

/** A client that trusts the provider, and may deploy to staging. */
async function addClient(aud: string, client_id: string): Promise<void> {
  const claims = { sub: workload.client_id, team_id: TEAM_ID };
  const place = { issuer: foreign.issuer, audience: aud, allow_private_network: true };
  const auth = policyFor('generic', { ...place, claims });
  const { client } = scene.owner;
  await client.call('clients.create', { client_id, kind: 'ci', name: 'Deploy', auth });
  const operations = ['*:read', 'serviceInstanceRedeploy'];
  await client.call('grants.create', { client_id, connection: 'railway', environments: ['staging'], operations });
}

async function discover(issuer: string, algorithm: 'oauth2' | 'oidc'): Promise<oauth.AuthorizationServer> {
  const url = new URL(issuer);
  return await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, { algorithm, ...options }));
}

/** A provider on this machine, whose one client gets JWTs for any resource it names. */
async function startProvider() {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const made = new Provider(issuer, {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'fake-provider-key' }] },
    clients: [
      {
        client_id: workload.client_id,
        client_secret: workloadSecret,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    extraTokenClaims: () => ({ team_id: TEAM_ID }),
    formats: {
      customizers: {
        jwt: (_ctx, token, jwt) => {
          if (token.aud !== PLAIN) jwt.header = { typ: 'JWT' };
        },
      },
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, resource) => ({
          scope: '',
          audience: resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 300,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  });
  server.on('request', made.callback());
  return { issuer, server };
}

/** Asks the provider for a token for an audience. */
async function foreignToken(resource: string): Promise<string> {
  const auth = oauth.ClientSecretBasic(workloadSecret);
  const response = await oauth.clientCredentialsGrantRequest(provider, workload, auth, { resource }, options);
  return (await oauth.processClientCredentialsResponse(provider, workload, response)).access_token;
}

async function ask(grantType: string, parameters: Record<string, string>, client = deploy) {
  const none = oauth.None();
  const response = await oauth.genericTokenEndpointRequest(as, client, none, grantType, parameters, options);
  return await oauth.processGenericTokenEndpointResponse(as, client, response);
}

/** Why the last refused request was refused: known to an admin alone. */
async function reason(): Promise<unknown> {
  const [refusal] = await scene.audit({ kind: 'token.refused' });
  return Reflect.get(Object(refusal?.['data']), 'reason');
}

describe.each([
  [
    'token exchange',
    'invalid_request',
    (subject_token: string, client?: oauth.Client) =>
      ask(GRANT_TYPES.token_exchange, { subject_token, subject_token_type: TOKEN_TYPES.jwt }, client),
  ],
  [
    'jwt-bearer',
    'invalid_grant',
    (assertion: string, client?: oauth.Client) => ask(GRANT_TYPES.jwt_bearer, { assertion }, client),
  ],
] as const)('by %s', (name, error, by) => {
  const notAccepted = { status: 400, error, error_description: 'workload token not accepted' };

  test('a token of oidc-provider gives one that deploys, and does nothing else', async () => {
    const { access_token, token_type, expires_in } = await by(await foreignToken(audience));
    expect(token_type).toBe('bearer');
    expect(expires_in).toBeLessThanOrEqual(300);
    const mark = `Delete${name.length}`;
    const redeploy = 'mutation { serviceInstanceRedeploy(serviceId: "s_api", environmentId: "e_staging") }';
    expect((await scene.graphql(access_token, redeploy)).status).toBe(200);
    const deletion = await scene.graphql(access_token, `mutation ${mark} { volumeDelete(volumeId: "v_prod") }`);
    expect(refusalOf(deletion)).toEqual([403, 'operation_not_granted']);
    expect(await arrived(scene, mark)).toEqual([]);
  });

  test('a token is taken once', async () => {
    const token = await foreignToken(audience);
    await by(token);
    await expect(by(token)).rejects.toMatchObject(notAccepted);
    expect(await reason()).toBe('replayed');
  });

  test('a token of oidc-provider for another audience is refused', async () => {
    for (const other of [`${scene.issuer}/ci/another`, scene.issuer, 'https://other.example.com']) {
      await expect(by(await foreignToken(other))).rejects.toMatchObject(notAccepted);
      expect(await reason()).toBe('aud');
    }
  });

  test('an access token that says so is none that speaks for a workload, even for the right audience', async () => {
    const plain = await foreignToken(PLAIN);
    await expect(by(plain, { client_id: 'plain' })).rejects.toMatchObject(notAccepted);
    expect(await reason()).toBe('typ');
  });
});
