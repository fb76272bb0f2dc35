/** simple-oauth2 as a client with a secret. */
import { ClientCredentials } from 'simple-oauth2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConformanceScene, openConformance } from './scene.ts';

let scene: ConformanceScene;
beforeAll(async () => {
  scene = await openConformance();
});
afterAll(() => scene.close());

const clientWith = (secret: string): ClientCredentials =>
  new ClientCredentials({
    client: { id: scene.agent.client_id, secret },
    // By default the library wants JSON also where RFC 7009 has no body: in the answer to a revocation.
    http: { json: true },
    auth: { tokenHost: scene.issuer, tokenPath: '/oauth/token', revokePath: '/oauth/revoke' },
  });

test('gets a token and revokes it', async () => {
  const access = await clientWith(scene.agent.secret).getToken({});
  expect(access.expired()).toBe(false);
  const token = String(access.token['access_token']);
  expect(await scene.isTaken(token)).toBe(true);
  await access.revoke('access_token');
  expect(await scene.isTaken(token)).toBe(false);
});

test('reads a refusal', async () => {
  const refused = clientWith('writ_cs_wrong').getToken({});
  await expect(refused).rejects.toMatchObject({
    output: { statusCode: 401 },
    data: { payload: { error: 'invalid_client' } },
  });
});
