/** aws-jwt-verify as a verifier. */
import { JwtVerifier } from 'aws-jwt-verify';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConformanceScene, discoverJwksUri, openConformance, tampered } from './scene.ts';

let scene: ConformanceScene;
beforeAll(async () => {
  scene = await openConformance();
});
afterAll(() => scene.close());

/** The library's own fetcher speaks https alone; this is its way to bring another, here for loopback. */
const jwksCache = new SimpleJwksCache({ fetcher: { fetch: async (uri) => await (await fetch(uri)).arrayBuffer() } });

async function verify(token: string, audience = scene.audience): Promise<unknown> {
  const jwksUri = await discoverJwksUri(scene.issuer);
  return await JwtVerifier.create({ issuer: scene.issuer, audience, jwksUri }, { jwksCache }).verify(token);
}

test('accepts a token from discovery and JWKS alone', async () => {
  expect(await verify(await scene.accessToken())).toMatchObject({ iss: scene.issuer, aud: scene.audience });
});

test('refuses one for another audience, and one that was tampered with', async () => {
  const token = await scene.accessToken();
  await expect(verify(token, `${scene.issuer}/api/v1`)).rejects.toThrow(/[Aa]udience/);
  await expect(verify(tampered(token))).rejects.toThrow(/[Ss]ignature/);
});
