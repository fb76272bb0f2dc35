/** fast-jwt as a verifier: keys from the JWKS, everything checked by the library. */
import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { createVerifier } from 'fast-jwt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConformanceScene, discoverJwksUri, openConformance, tampered } from './scene.ts';

let scene: ConformanceScene;
beforeAll(async () => {
  scene = await openConformance();
});
afterAll(() => scene.close());

/** The library takes PEM, and asks for the key of a token's header. */
async function keyOf({ header }: { header: { kid?: string } }): Promise<string> {
  const response = await fetch(await discoverJwksUri(scene.issuer));
  const { keys } = (await response.json()) as { keys: (JsonWebKey & { kid: string })[] };
  const key = keys.find(({ kid }) => kid === header.kid);
  if (key === undefined) throw new Error('no such key');
  return createPublicKey({ key, format: 'jwk' }).export({ format: 'pem', type: 'spki' }).toString();
}

const verify = (token: string, allowedAud = scene.audience): Promise<unknown> =>
  createVerifier({
    key: keyOf,
    algorithms: ['ES256'],
    allowedIss: scene.issuer,
    allowedAud,
    checkTyp: 'at+jwt',
    requiredClaims: ['exp', 'iat', 'sub', 'jti', 'client_id'],
  })(token);

test('accepts a token from discovery and JWKS alone', async () => {
  const claims = { iss: scene.issuer, aud: scene.audience, sub: scene.agent.client_id };
  expect(await verify(await scene.accessToken())).toMatchObject(claims);
});

test('refuses one for another audience, and one that was tampered with', async () => {
  const token = await scene.accessToken();
  await expect(verify(token, `${scene.issuer}/api/v1`)).rejects.toMatchObject({ code: 'FAST_JWT_INVALID_CLAIM_VALUE' });
  await expect(verify(tampered(token))).rejects.toMatchObject({ code: 'FAST_JWT_INVALID_SIGNATURE' });
});
