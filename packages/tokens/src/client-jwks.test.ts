import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { checkClientJwks } from './client-jwks.ts';

const jwkOf = (key: KeyObject): Record<string, unknown> => ({ ...key.export({ format: 'jwk' }) });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p256 = { ...jwkOf(ec.publicKey), kid: 'a' };
const rsa = (modulusLength: number, publicExponent = 65537) => ({
  ...jwkOf(generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey),
  kid: 'a',
});

const check = (...keys: unknown[]) => checkClientJwks({ keys }, 'auth.jwks');

/** `field: problem` of each. */
const said = (...keys: unknown[]): string[] =>
  check(...keys).problems.map(({ field, problem }) => `${field} ${problem}`);

test('public keys of each supported kind are accepted, and only the members of the key itself are kept', () => {
  const ed = { ...jwkOf(generateKeyPairSync('ed25519').publicKey), kid: 'b', alg: 'EdDSA', use: 'sig' };
  const big = { ...rsa(2048), kid: 'c', x5c: ['AAAA'], x5u: 'https://evil.example', note: 1, key_ops: ['verify'] };
  const { jwks, problems } = check(p256, ed, big);
  expect(problems).toEqual([]);
  expect(jwks?.keys.map((key) => Object.keys(key).toSorted())).toEqual([
    ['crv', 'kid', 'kty', 'x', 'y'],
    ['alg', 'crv', 'kid', 'kty', 'x'],
    ['e', 'kid', 'kty', 'n'],
  ]);
});

describe('a key set is refused, with the field and what to do', () => {
  test.each([undefined, null, 'text', [], {}, { keys: {} }, { keys: 'x' }])('that is %j', (value) => {
    expect(checkClientJwks(value, 'auth.jwks').problems).toEqual([
      { field: 'auth.jwks', problem: 'must be a JWK Set: an object with an array `keys`' },
    ]);
  });

  test('with no key or nine', () => {
    const nine = Array.from({ length: 9 }, (_, index) => ({ ...p256, kid: `k${index}` }));
    for (const keys of [[], nine]) {
      expect(check(...keys).problems).toMatchObject([{ field: 'auth.jwks.keys', found: String(keys.length) }]);
    }
    expect(check(...nine.slice(1)).problems).toEqual([]);
  });

  test('with private key material, whose value is never repeated', () => {
    const priv = { ...jwkOf(ec.privateKey), kid: 'a' };
    expect(said(priv)).toEqual([expect.stringMatching(/^auth\.jwks\.keys\.0\.d is private key material/)]);
    expect(JSON.stringify(check(priv))).not.toContain(String(jwkOf(ec.privateKey)['d']));
    const rsaKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    expect(said({ ...jwkOf(rsaKey), kid: 'a' })).toHaveLength(6);
  });

  test('with a shared secret', () => {
    expect(said({ kty: 'oct', k: 'AAAA', kid: 'a' })).toEqual([expect.stringContaining('keys.0.k is private')]);
    expect(said({ kty: 'oct', kid: 'a' })).toEqual([expect.stringContaining('keys.0.kty must be EC')]);
  });

  test.each<[string, unknown, RegExp]>([
    ['that is no object', 'key', /keys\.0 must be a JWK/],
    ['of no kind', { kid: 'a' }, /kty must be/],
    ['of an inherited kind', { kty: 'constructor', kid: 'a' }, /kty must be/],
    ['without kid', { ...p256, kid: undefined }, /kid must be text/],
    ['with an empty kid', { ...p256, kid: '' }, /kid must be text/],
    ['with a kid that is a number', { ...p256, kid: 1 }, /kid must be text/],
    ['on P-384', jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey), /crv must be P-256/],
    ['on secp256k1', jwkOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey), /crv must be P-256/],
    ['on X25519', jwkOf(generateKeyPairSync('x25519').publicKey), /crv must be Ed25519/],
    ['on Ed448', jwkOf(generateKeyPairSync('ed448').publicKey), /crv must be Ed25519/],
    ['off its curve', { ...p256, y: p256['x' as keyof typeof p256] }, /keys\.0 is not a usable public key/],
    ['without y', { ...p256, y: undefined }, /y must be base64url/],
    ['with padding', { ...p256, x: 'AAAA====' }, /x must be base64url/],
    ['for another algorithm', { ...p256, alg: 'ES384' }, /alg must be ES256/],
    ['for HS256', { ...p256, alg: 'HS256' }, /alg must be ES256/],
    ['for encryption', { ...p256, use: 'enc' }, /use must be sig/],
    ['for signing only', { ...p256, key_ops: ['sign'] }, /key_ops must include verify/],
    ['of RSA with 1024 bits', rsa(1024), /n must have 2048 to 8192 bits/],
    ['of RSA with exponent 3', rsa(2048, 3), /e must be AQAB/],
  ])('with a key %s', (_, key, wanted) => {
    expect(said(typeof key === 'object' ? { kid: 'a', ...key } : key).join('\n')).toMatch(wanted);
  });

  test('with the same kid twice', () => {
    expect(check(p256, p256).problems).toEqual([
      { field: 'auth.jwks.keys.1.kid', problem: 'is the kid of another key of the set', found: 'a' },
    ]);
  });

  test('with every problem of every key at once', () => {
    expect(said({ ...p256, kid: 1, use: 'enc' }, rsa(1024), { ...p256, kid: 'z' })).toHaveLength(3);
  });
});
