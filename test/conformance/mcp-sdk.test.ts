/** The MCP SDK's providers for machines: from the resource alone to a token, with a secret and with a key. */
import { type AuthResult, auth, type OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import { ClientCredentialsProvider, PrivateKeyJwtProvider } from '@modelcontextprotocol/sdk/client/auth-extensions.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConformanceScene, openConformance } from './scene.ts';

let scene: ConformanceScene;
beforeAll(async () => {
  scene = await openConformance();
});
afterAll(() => scene.close());

const authorise = (provider: OAuthClientProvider): Promise<AuthResult> =>
  auth(provider, { serverUrl: `${scene.audience}/railway` });

async function expectTaken(provider: OAuthClientProvider): Promise<void> {
  const tokens = await provider.tokens();
  expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 900 });
  const [, payload = ''] = (tokens?.access_token ?? '').split('.');
  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ aud: `${scene.audience}/railway` });
  expect(await scene.isTaken(tokens?.access_token ?? '')).toBe(true);
}

test('ClientCredentialsProvider gets a token for the resource it was pointed at', async () => {
  const { client_id: clientId, secret: clientSecret } = scene.agent;
  const provider = new ClientCredentialsProvider({ clientId, clientSecret, expectedIssuer: scene.issuer });
  expect(await authorise(provider)).toBe('AUTHORIZED');
  await expectTaken(provider);
});

test('PrivateKeyJwtProvider gets one with a key', async () => {
  const { client_id: clientId, privateKey } = scene.keyed;
  const provider = new PrivateKeyJwtProvider({
    clientId,
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    algorithm: 'ES256',
    expectedIssuer: scene.issuer,
  });
  expect(await authorise(provider)).toBe('AUTHORIZED');
  await expectTaken(provider);
});

test('neither sends its credentials to an authorization server that it does not expect', async () => {
  const { client_id: clientId, secret: clientSecret } = scene.agent;
  const provider = new ClientCredentialsProvider({ clientId, clientSecret, expectedIssuer: 'https://other.example' });
  await expect(authorise(provider)).rejects.toThrow();
});
