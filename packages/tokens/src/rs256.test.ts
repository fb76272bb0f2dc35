import { createLocalJWKSet, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { audience, claims, key as es256, pair as es256Pair, issuer, NOW } from '../test/support.ts';
import { createAccessTokenVerifier } from './access-token-verifier.ts';
import { activeKey, jwksDocument, type KeyRecord } from './jwks.ts';
import { mintAccessToken } from './mint.ts';
import { generateSigningKey, openSigningKey } from './signing-key.ts';

const pair = await generateSigningKey('RS256');
const key = await openSigningKey(pair);
const records: KeyRecord[] = [es256Pair, pair].map(({ kid, public_jwk }) => ({ kid, public_jwk, state: 'active' }));
const verifier = createAccessTokenVerifier({
  issuer,
  keys: (kid) => records.find((record) => record.kid === kid),
  now: () => NOW * 1000,
  cacheBytes: 100_000,
});

test('a token signed with RS256 is verified by Writ and by others, from the published keys', async () => {
  const token = mintAccessToken(claims(), key);
  expect((await verifier.verify(token, { audience: [audience] })).kid).toBe(pair.kid);
  const jwks = createLocalJWKSet({ keys: jwksDocument(records, NOW * 1000).keys.map((jwk) => ({ ...jwk })) });
  const options = { issuer, audience, typ: 'at+jwt', algorithms: ['RS256'], currentDate: new Date(NOW * 1000) };
  expect((await jwtVerify(token, jwks, options)).protectedHeader.kid).toBe(pair.kid);
});

test('each set has its own signing key', () => {
  expect(activeKey(records)?.kid).toBe(es256Pair.kid);
  expect(activeKey(records, 'RS256')?.kid).toBe(pair.kid);
});

test('an RSA key is published without private parts', () => {
  const [jwk] = jwksDocument(records.slice(1), NOW * 1000).keys;
  expect(Object.keys(jwk ?? {})).toEqual(['kty', 'n', 'e', 'kid', 'alg', 'use']);
});

test('a key of one set does not verify tokens that name the other', async () => {
  const crossed = [
    mintAccessToken(claims(), { ...es256, encodedHeader: key.encodedHeader }),
    mintAccessToken(claims(), { ...key, encodedHeader: es256.encodedHeader }),
    mintAccessToken(claims(), { ...key, encodedHeader: header({ alg: 'ES256', kid: pair.kid }) }),
    mintAccessToken(claims(), { ...es256, encodedHeader: header({ alg: 'RS256', kid: es256Pair.kid }) }),
    mintAccessToken(claims(), { ...key, encodedHeader: header({ alg: 'PS256', kid: pair.kid }) }),
  ];
  for (const token of crossed) {
    await expect(verifier.verify(token, { audience: [audience] })).rejects.toMatchObject({ code: 'invalid_token' });
  }
});

function header(members: object): string {
  return Buffer.from(JSON.stringify({ typ: 'at+jwt', ...members })).toString('base64url');
}
