/** oauth4webapi asking for tokens by its generic request: token exchange (RFC 8693) and jwt-bearer (RFC 7523). */
import { GRANT_TYPES, TOKEN_TYPES } from '@writ/tokens';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimsOf, policyFor } from '../../packages/tokens/test/ci-samples.ts';
import { type ForeignIssuer, startForeignIssuer } from '../support/foreign-issuer.ts';
import { type ConformanceScene, openConformance } from './scene.ts';

const options = { [oauth.allowInsecureRequests]: true };
const job: oauth.Client = { client_id: 'deploy' };

let scene: ConformanceScene;
let issuer: ForeignIssuer;
let as: oauth.AuthorizationServer;
let audience = '';

beforeAll(async () => {
  [scene, issuer] = await Promise.all([openConformance(), startForeignIssuer()]);
  audience = `${scene.issuer}/ci/deploy`;
  const { client } = scene.owner;
  const auth = policyFor('github_actions', { issuer: issuer.url, audience, allow_private_network: true });
  await client.call('clients.create', { client_id: 'deploy', kind: 'ci', name: 'Deploy', auth });
  const grant = { client_id: 'deploy', connection: 'railway', environments: ['staging'], operations: ['*:read'] };
  await client.call('grants.create', grant);
  const url = new URL(scene.issuer);
  as = await oauth.processDiscoveryResponse(
    url,
    await oauth.discoveryRequest(url, { algorithm: 'oauth2', ...options }),
  );
});
afterAll(async () => {
  await issuer?.close();
  await scene?.close();
});

async function jobToken(): Promise<string> {
  const { jti: _, iss: __, ...sample } = claimsOf('github_actions', Math.floor(Date.now() / 1000));
  return await issuer.sign({ ...sample, aud: audience });
}

async function ask(
  client: oauth.Client,
  auth: oauth.ClientAuth,
  grantType: string,
  parameters: Record<string, string>,
) {
  const response = await oauth.genericTokenEndpointRequest(as, client, auth, grantType, parameters, options);
  return await oauth.processGenericTokenEndpointResponse(as, client, response);
}

test('the metadata says what there is', () => {
  expect(as.grant_types_supported).toEqual(
    expect.arrayContaining([GRANT_TYPES.client_credentials, GRANT_TYPES.token_exchange, GRANT_TYPES.jwt_bearer]),
  );
  expect(as.token_endpoint_auth_methods_supported).toContain('none');
});

test('a workload exchanges its token', async () => {
  const answer = await ask(job, oauth.None(), GRANT_TYPES.token_exchange, {
    subject_token: await jobToken(),
    subject_token_type: TOKEN_TYPES.id_token,
    requested_token_type: TOKEN_TYPES.access_token,
    audience: scene.audience,
  });
  expect(answer).toMatchObject({ token_type: 'bearer', issued_token_type: TOKEN_TYPES.access_token });
  expect(answer.expires_in).toBeLessThanOrEqual(600);
  expect(await scene.isTaken(answer.access_token)).toBe(true);
});

test('a workload gets the same by its assertion', async () => {
  const answer = await ask(job, oauth.None(), GRANT_TYPES.jwt_bearer, { assertion: await jobToken() });
  expect(await scene.isTaken(answer.access_token)).toBe(true);
  const request = new Request(scene.audience, { headers: { authorization: `Bearer ${answer.access_token}` } });
  const claims = await oauth.validateJwtAccessToken(as, request, scene.audience, options);
  expect(claims).toMatchObject({ client_id: 'deploy', sub: 'ci:deploy:555' });
});

test('a client hands its token to another, which is named as the actor', async () => {
  const subject_token = await scene.accessToken({ task: 'orchestrate' });
  const client = { client_id: scene.agent.client_id };
  const answer = await ask(client, oauth.ClientSecretBasic(scene.agent.secret), GRANT_TYPES.token_exchange, {
    subject_token,
    subject_token_type: TOKEN_TYPES.access_token,
  });
  expect(answer['issued_token_type']).toBe(TOKEN_TYPES.access_token);
  expect(await scene.isTaken(answer.access_token)).toBe(true);
});

test('what is not accepted is the error each specification names', async () => {
  const wrong = { subject_token: 'x.y.z', subject_token_type: TOKEN_TYPES.jwt };
  await expect(ask(job, oauth.None(), GRANT_TYPES.token_exchange, wrong)).rejects.toMatchObject({
    error: 'invalid_request',
  });
  await expect(ask(job, oauth.None(), GRANT_TYPES.jwt_bearer, { assertion: 'x.y.z' })).rejects.toMatchObject({
    error: 'invalid_grant',
  });
});
