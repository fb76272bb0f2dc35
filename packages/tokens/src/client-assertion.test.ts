import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { encodePart, jwtAttacks, signEs256 } from '../../../test/support/jwt-attacks/index.ts';
import { anyCharacter } from '../test/support.ts';
import { type AssertionUse, type ClientAssertionOptions, verifyClientAssertion } from './client-assertion.ts';
import type { ClientJwk } from './client-jwks.ts';
import { peekClientId } from './compact.ts';

const issuer = 'https://writ.example.com';
const NOW = 1_800_000_000;
const client_id = 'agent-1';

const pairs = {
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
};
const publicJwk = (key: KeyObject, kid: string): ClientJwk =>
  ({ kty: '', ...key.export({ format: 'jwk' }), kid }) as ClientJwk;
const jwks = { keys: Object.entries(pairs).map(([kid, pair]) => publicJwk(pair.publicKey, kid)) };
const onlyEs256 = { keys: jwks.keys.slice(0, 1) };
const privateKey = pairs.ES256.privateKey;
const header = { alg: 'ES256', kid: 'ES256' };

const claims = (changes: object = {}): Record<string, unknown> => ({
  iss: client_id,
  sub: client_id,
  aud: issuer,
  exp: NOW + 60,
  iat: NOW,
  jti: 'jti-1',
  ...changes,
});

/** Makes the options with a store of used ids that works like the database: only the first use of an id gives true. */
function setUp(changes: Partial<ClientAssertionOptions> = {}) {
  const uses: AssertionUse[] = [];
  const useOnce = async (use: AssertionUse): Promise<boolean> => {
    await Promise.resolve();
    const isNew = !uses.some((one) => one.client_id === use.client_id && one.jti === use.jti);
    uses.push(use);
    return isNew;
  };
  const options = { client_id, jwks, issuer, now: NOW * 1000, useOnce, ...changes };
  const verify = (assertion: string) => verifyClientAssertion(assertion, options);
  /** Returns the reason of the refusal; fails if the assertion was accepted or its id was used up. */
  const reason = async (assertion: string): Promise<string> => {
    const result = await verify(assertion);
    if (result.ok) return expect.unreachable('the assertion was accepted');
    if (result.reason !== 'replayed') expect(uses).toEqual([]);
    return result.reason;
  };
  return { uses, verify, reason };
}

const signed = (payload: object = claims(), head: object = header): string =>
  signEs256({ header: { ...head }, payload: { ...payload } }, privateKey);

describe('an assertion is accepted', () => {
  test.each([
    ['ES256', 'ES256'],
    ['EdDSA', 'EdDSA'],
    ['Ed25519', 'EdDSA'],
    ['RS256', 'RS256'],
    ['PS256', 'RS256'],
  ] as const)('signed with %s, as jose does', async (alg, kid) => {
    const assertion = await new SignJWT(claims()).setProtectedHeader({ alg, kid }).sign(pairs[kid].privateKey);
    expect(await setUp().verify(assertion)).toEqual({ ok: true, client_id, jti: 'jti-1', kid });
  });

  test.each([undefined, 'JWT', 'jwt', 'client-authentication+jwt', 'application/client-authentication+jwt'])(
    'with the type %s',
    async (typ) => {
      expect((await setUp().verify(signed(claims(), { ...header, typ }))).ok).toBe(true);
    },
  );

  test.each([
    ['without iat', { iat: undefined }],
    ['with its audience in an array of one', { aud: [issuer] }],
    ['five minutes ahead', { exp: NOW + 300 }],
    ['expired within the leeway', { exp: NOW - 29, iat: NOW - 89 }],
    ['from a clock a minute ahead', { iat: NOW + 60, nbf: NOW + 60, exp: NOW + 120 }],
    ['with times that have a fraction', { exp: NOW + 60.25, iat: NOW - 0.001, nbf: NOW - 0.5 }],
    ['with claims of others', { roles: ['x'], act: { sub: 'y' } }],
  ])('%s', async (_, changes) => {
    expect(await setUp().verify(signed(claims(changes)))).toMatchObject({ ok: true });
  });

  test('without kid only if exactly one registered key fits', async () => {
    const bare = signed(claims(), { alg: 'ES256' });
    expect(await setUp({ jwks: onlyEs256 }).verify(bare)).toMatchObject({ ok: true, kid: 'ES256' });
    expect(await setUp().verify(bare)).toMatchObject({ ok: true, kid: 'ES256' });
    const second = publicJwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey, 'second');
    expect(await setUp({ jwks: { keys: [...onlyEs256.keys, second] } }).reason(bare)).toBe('key');
  });
});

describe('every attack is refused without using up its id', () => {
  const attacks = jwtAttacks({ header: { ...header, typ: 'JWT' }, payload: claims(), privateKey });

  test('the assertion they are made from is accepted', async () => {
    expect((await setUp().verify(signed(claims(), { ...header, typ: 'JWT' }))).ok).toBe(true);
  });

  test.each(attacks)('%s', async (_, assertion) => {
    expect(await setUp().reason(assertion)).toMatch(/^[a-z_0-9]+$/);
    expect(await setUp({ jwks: onlyEs256 }).reason(assertion)).toMatch(/^[a-z_0-9]+$/);
  });
});

test.each(['at+jwt', 'AT+JWT', 'application/at+jwt', 'dpop+jwt', 'logout+jwt', 'token-introspection+jwt', 'vc+jwt'])(
  'a token of type %s is not a client assertion',
  async (typ) => {
    expect(await setUp().reason(signed(claims(), { ...header, typ }))).toBe('typ');
  },
);

describe('claims', () => {
  test.each<[string, object, string]>([
    ['another issuer than the client', { iss: 'agent-2' }, 'iss'],
    ['another subject than the client', { sub: 'agent-2' }, 'sub'],
    ['another client altogether', { iss: 'agent-2', sub: 'agent-2' }, 'iss'],
    ['the token endpoint as audience', { aud: `${issuer}/oauth/token` }, 'aud'],
    ['the gateway as audience', { aud: `${issuer}/gateway` }, 'aud'],
    ['the issuer among others as audience', { aud: [issuer, `${issuer}/oauth/token`] }, 'aud'],
    ['an end too far ahead', { exp: NOW + 331 }, 'exp'],
    ['an end an hour ahead', { exp: NOW + 3600 }, 'exp'],
    ['an end past the leeway', { exp: NOW - 30 }, 'exp'],
    ['an issue time ahead', { iat: NOW + 61 }, 'iat'],
    ['an issue time long past', { iat: NOW - 601 }, 'iat'],
    ['a beginning ahead', { nbf: NOW + 61 }, 'nbf'],
    ['an id of 257 characters', { jti: 'j'.repeat(257) }, 'claims'],
  ])('with %s are refused', async (_, changes, wanted) => {
    expect(await setUp().reason(signed(claims(changes)))).toBe(wanted);
  });
});

describe('keys come from the registration alone', () => {
  test('an unknown kid is refused, even if the signature fits a registered key', async () => {
    expect(await setUp().reason(signed(claims(), { ...header, kid: 'other' }))).toBe('kid_unknown');
  });

  test('a kid of a key of another kind is refused', async () => {
    expect(await setUp().reason(signed(claims(), { ...header, kid: 'RS256' }))).toBe('key');
  });

  test('a key registered for one algorithm verifies no other', async () => {
    const pinned = { keys: [{ ...publicJwk(pairs.RS256.publicKey, 'RS256'), alg: 'PS256' }] };
    const assertion = await new SignJWT(claims()).setProtectedHeader({ alg: 'RS256' }).sign(pairs.RS256.privateKey);
    expect(await setUp({ jwks: pinned }).reason(assertion)).toBe('key');
  });

  test('another client’s key is not tried', async () => {
    const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(await setUp({ jwks: { keys: [publicJwk(own.publicKey, 'ES256')] } }).reason(signed())).toBe('signature');
  });

  test('a client without keys is refused', async () => {
    expect(await setUp({ jwks: { keys: [] } }).reason(signed())).toBe('kid_unknown');
  });

  test('an RSA key of 1024 bits verifies nothing, even if it was registered', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const registered = { keys: [publicJwk(weak.publicKey, 'weak')] };
    const input = `${encodePart({ alg: 'RS256', kid: 'weak' })}.${encodePart(claims())}`;
    const signature = sign('sha256', Buffer.from(input), weak.privateKey).toString('base64url');
    expect(await setUp({ jwks: registered }).reason(`${input}.${signature}`)).toBe('signature');
  });
});

describe('an id is good for one use', () => {
  test('a second use is refused', async () => {
    const { verify, reason, uses } = setUp();
    expect((await verify(signed())).ok).toBe(true);
    expect(await reason(signed())).toBe('replayed');
    expect(uses[0]).toEqual({ client_id, jti: 'jti-1', expires_at: (NOW + 60 + 30) * 1000 });
  });

  test('of 50 at once exactly one is accepted', async () => {
    const { verify } = setUp();
    const assertion = signed();
    const results = await Promise.all(Array.from({ length: 50 }, () => verify(assertion)));
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect(new Set(results.flatMap((result) => (result.ok ? [] : result.reason)))).toEqual(new Set(['replayed']));
  });

  test('if the store fails, verification throws: it neither accepts nor refuses', async () => {
    const useOnce = () => Promise.reject(new Error('database lost'));
    await expect(setUp({ useOnce }).verify(signed())).rejects.toThrow('database lost');
  });
});

describe('nothing is thrown', () => {
  test('for any text, or any JSON that the client signed', async () => {
    const { reason } = setUp();
    const texts = fc.oneof(fc.string({ unit: anyCharacter }), fc.stringMatching(/^[\w-]*\.[\w-]*\.[\w-]*$/));
    const parts = fc.record({ header: fc.jsonValue(), payload: fc.jsonValue() });
    const jwts = parts.map(({ header: h, payload: p }) =>
      signEs256({ header: JSON.stringify(h), payload: JSON.stringify(p) }, privateKey),
    );
    const refused = fc.asyncProperty(fc.oneof(texts, jwts), async (text) => void (await reason(text)));
    await fc.assert(refused, { numRuns: 500 });
  });
});

describe('peeking for the client id', () => {
  test('finds the client that an assertion claims, without checking the signature', () => {
    expect(peekClientId(signed())).toBe(client_id);
  });

  test.each<[string, string]>([
    ['no subject', signed(claims({ sub: undefined }))],
    ['a subject that is not the issuer', signed(claims({ sub: 'agent-2' }))],
    ['a subject that is no text', signed(claims({ sub: 1, iss: 1 }))],
    ['an empty subject', signed(claims({ sub: '', iss: '' }))],
    ['an endless subject', signed(claims({ sub: 's'.repeat(201), iss: 's'.repeat(201) }))],
    ['duplicate members', signEs256({ header, payload: '{"iss":"a","sub":"a","sub":"b"}' }, privateKey)],
    ['too many bytes', signed(claims({ note: 'x'.repeat(9000) }))],
    ['not a JWT', 'agent-1'],
  ])('finds nothing with %s', (_, assertion) => {
    expect(peekClientId(assertion)).toBeUndefined();
  });
});
