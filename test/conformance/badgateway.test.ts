/** `@badgateway/oauth2-client` as a client with a secret, which finds the endpoints by discovery. */
import { OAuth2Client } from '@badgateway/oauth2-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConformanceScene, openConformance } from './scene.ts';

let scene: ConformanceScene;
beforeAll(async () => {
  scene = await openConformance();
});
afterAll(() => scene.close());

const clientWith = (clientSecret: string): OAuth2Client =>
  new OAuth2Client({
    server: scene.issuer,
    clientId: scene.agent.client_id,
    clientSecret,
    discoveryEndpoint: '/.well-known/oauth-authorization-server',
    authenticationMethod: 'client_secret_basic',
  });

test('gets a token for a resource, introspects it and revokes it', async () => {
  const client = clientWith(scene.agent.secret);
  const token = await client.clientCredentials({ resource: `${scene.audience}/railway`, extraParams: { task: 'x' } });
  expect(await scene.isTaken(token.accessToken)).toBe(true);
  expect(await client.introspect(token)).toMatchObject({ active: true, aud: `${scene.audience}/railway` });
  await client.revoke(token);
  expect(await scene.isTaken(token.accessToken)).toBe(false);
});

test('reads a refusal', async () => {
  const refused = clientWith('writ_cs_wrong').clientCredentials();
  await expect(refused).rejects.toMatchObject({ oauth2Code: 'invalid_client' });
});
