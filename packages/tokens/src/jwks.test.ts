import { createPublicKey, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { calculateJwkThumbprint, createLocalJWKSet, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import {
  activeKey,
  jwksDocument,
  type KeyRecord,
  type KeyState,
  keyStateAt,
  mayVerify,
  publishedKeys,
} from './jwks.ts';
import { mintAccessToken } from './mint.ts';
import { generateSigningKey, openSigningKey } from './signing-key.ts';

const pair = await generateSigningKey();
const NOW = 1_800_000_000_000;

function record(state: KeyState, changes: Partial<KeyRecord> = {}): KeyRecord {
  return { kid: `${state}-${randomBytes(4).toString('hex')}`, state, public_jwk: pair.public_jwk, ...changes };
}

describe('a new signing key', () => {
  test('is named by its RFC 7638 thumbprint and published without private parts', async () => {
    expect(Object.keys(pair.public_jwk)).toEqual(['kty', 'crv', 'x', 'y', 'kid', 'alg', 'use']);
    expect(pair.kid).toBe(await calculateJwkThumbprint(pair.public_jwk));
    const { kid: _kid, alg: _alg, use: _use, ...key } = pair.public_jwk;
    expect(createPublicKey({ key, format: 'jwk' }).asymmetricKeyType).toBe('ec');
    expect(inspect(pair, { depth: 9 })).not.toContain(pair.private_key.expose());
  });

  test('is different every time, and does not open under the kid of another', async () => {
    const other = await generateSigningKey();
    expect(other.kid).not.toBe(pair.kid);
    await expect(openSigningKey({ kid: other.kid, private_key: pair.private_key })).rejects.toThrow(
      'not the one its kid',
    );
  });

  test('the thumbprint is that of the standard vector', async () => {
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      x: 'l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs',
      y: '9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA',
    };
    expect(await calculateJwkThumbprint(jwk)).toBe('0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I');
  });
});

describe('which keys are published and accepted', () => {
  test.each<[KeyState, boolean]>([
    ['pending', true],
    ['active', true],
    ['retiring', true],
    ['retired', false],
    ['compromised', false],
  ])('%s: %s', (state, expected) => {
    const key = record(state);
    expect(mayVerify(key, NOW)).toBe(expected);
    expect(publishedKeys([key], NOW)).toHaveLength(expected ? 1 : 0);
  });

  test('a retiring key is retired by the clock', () => {
    const key = record('retiring', { retired_at: NOW });
    expect([keyStateAt(key, NOW - 1), keyStateAt(key, NOW)]).toEqual(['retiring', 'retired']);
    expect([mayVerify(key, NOW - 1), mayVerify(key, NOW)]).toEqual([true, false]);
  });

  test('a time set on an active key does not stop it', () => {
    expect(keyStateAt(record('active', { retired_at: 1 }), NOW)).toBe('active');
  });

  test('the active one signs', () => {
    const active = record('active');
    expect(activeKey([record('pending'), record('retiring'), active, record('compromised')])).toBe(active);
    expect(activeKey([record('pending'), record('retired')])).toBeUndefined();
  });

  test('at most four keys: the active, the pending, then those that stay longest', () => {
    const retiring = [1, 2, 3, 4].map((hours) => record('retiring', { retired_at: NOW + hours }));
    const [active, pending] = [record('active'), record('pending')];
    expect(publishedKeys([...retiring, pending, active], NOW)).toEqual([active, pending, retiring[3], retiring[2]]);
  });
});

describe('the document', () => {
  test('holds the seven public members of a record and no other', () => {
    const leaky = { ...pair.public_jwk, d: 'fake-private-part', sealed: { ct: 'x' } };
    const document = jwksDocument([record('active', { public_jwk: leaky })], NOW);
    expect(document).toEqual({ keys: [pair.public_jwk] });
  });

  test('is enough for jose to verify a token', async () => {
    const key = await openSigningKey(pair);
    const now = Math.floor(NOW / 1000);
    const claims = {
      iss: 'i',
      sub: 's',
      aud: 'a',
      client_id: 's',
      iat: now,
      nbf: now,
      exp: now + 60,
      jti: 'j',
      task_id: 't',
    };
    const set = createLocalJWKSet({ keys: [...jwksDocument([record('active', { kid: pair.kid })], NOW).keys] });
    const options = { issuer: 'i', audience: 'a', typ: 'at+jwt', algorithms: ['ES256'], currentDate: new Date(NOW) };
    expect((await jwtVerify(mintAccessToken(claims, key), set, options)).payload).toEqual(claims);
  });
});
