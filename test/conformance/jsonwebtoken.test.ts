/** jsonwebtoken with jwks-rsa, the pair that most Node services verify with. */
import jsonwebtoken, { type JwtHeader, type JwtPayload, type SigningKeyCallback } from 'jsonwebtoken';
import { JwksClient } from 'jwks-rsa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConformanceScene, discoverJwksUri, openConformance, tampered } from './scene.ts';

let scene: ConformanceScene;
let keys: JwksClient;
beforeAll(async () => {
  scene = await openConformance();
  keys = new JwksClient({ jwksUri: await discoverJwksUri(scene.issuer) });
});
afterAll(() => scene.close());

function keyOf({ kid }: JwtHeader, done: SigningKeyCallback): void {
  keys.getSigningKey(kid).then(
    (key) => done(null, key.getPublicKey()),
    (error: Error) => done(error),
  );
}

function verify(token: string, audience = scene.audience): Promise<JwtPayload | string | undefined> {
  return new Promise((resolve, reject) => {
    jsonwebtoken.verify(token, keyOf, { algorithms: ['ES256'], issuer: scene.issuer, audience }, (error, payload) => {
      if (error === null) resolve(payload);
      else reject(error);
    });
  });
}

test('accepts a token from discovery and JWKS alone', async () => {
  expect(await verify(await scene.accessToken())).toMatchObject({ iss: scene.issuer, aud: scene.audience });
});

test('refuses one for another audience, and one that was tampered with', async () => {
  const token = await scene.accessToken();
  await expect(verify(token, `${scene.issuer}/api/v1`)).rejects.toThrow(/audience invalid/);
  await expect(verify(tampered(token))).rejects.toThrow(/invalid signature/);
});
