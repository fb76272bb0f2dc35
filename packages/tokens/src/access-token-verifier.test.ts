import { inspect } from 'node:util';
import { WritError } from '@writ/core';
import fc from 'fast-check';
import { jwtVerify, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { encodePart, jwtAttacks, signEs256 } from '../../../test/support/jwt-attacks.ts';
import type { AccessTokenClaims } from './access-token-claims.ts';
import { createAccessTokenVerifier, type Expected } from './access-token-verifier.ts';
import type { KeyRecord, KeyState } from './jwks.ts';
import { mintAccessToken } from './mint.ts';
import { rejectionReason } from './rejection.ts';
import { generateSigningKey, openSigningKey } from './signing-key.ts';

const issuer = 'https://writ.example.com';
const audience = `${issuer}/gateway`;
const NOW = 1_800_000_000;
const pair = await generateSigningKey();
const key = await openSigningKey(pair);
const header = { typ: 'at+jwt', alg: 'ES256', kid: pair.kid };

function claims(changes: Partial<AccessTokenClaims> = {}): AccessTokenClaims {
  return {
    iss: issuer,
    sub: 'agent-1',
    aud: audience,
    client_id: 'agent-1',
    iat: NOW,
    nbf: NOW,
    exp: NOW + 900,
    jti: 'tok_1',
    task_id: 'tsk_1',
    ...changes,
  };
}

function setUp(changes: { cacheSize?: number } = {}) {
  const state = { now: NOW * 1000, key: 'active' as KeyState, retired_at: undefined as number | undefined, asked: 0 };
  const keys = (kid: string): KeyRecord | undefined => {
    state.asked += 1;
    const { key: keyState, retired_at } = state;
    return kid === pair.kid ? { kid, state: keyState, public_jwk: pair.public_jwk, retired_at } : undefined;
  };
  const verifier = createAccessTokenVerifier({ issuer, keys, now: () => state.now, cacheSize: 100, ...changes });
  const verify = (token: string, expected: Expected = { audience: [audience] }) => verifier.verify(token, expected);
  return { state, verifier, verify };
}

/** The error, after checking that it looks like every other one from outside. */
async function refusal(work: Promise<unknown>): Promise<WritError> {
  const error: unknown = await work.then(
    () => expect.unreachable('the token was accepted'),
    (caught: unknown) => caught,
  );
  if (!(error instanceof WritError)) throw error;
  const { code, message, status, extras } = error;
  expect([code, message, status, Object.keys(extras)]).toEqual([
    'invalid_token',
    'The access token is missing, wrong, expired or revoked.',
    401,
    ['cause'],
  ]);
  return error;
}

const reason = async (work: Promise<unknown>): Promise<string | undefined> => rejectionReason(await refusal(work));
const signed = (payload: object, head: object = header): string =>
  signEs256({ header: { ...head }, payload: { ...payload } }, key.privateKey);

describe('minting', () => {
  const token = mintAccessToken(claims({ scope: 'writ:use', act: { sub: 'agent-2' } }), key);

  test('gives a token that jose verifies with the published key', async () => {
    const { payload, protectedHeader } = await jwtVerify(token, pair.public_jwk, {
      issuer,
      audience,
      typ: 'at+jwt',
      algorithms: ['ES256'],
      currentDate: new Date(NOW * 1000),
    });
    expect(protectedHeader).toEqual(header);
    expect(payload).toEqual(claims({ scope: 'writ:use', act: { sub: 'agent-2' } }));
  });

  test('gives a token that the verifier takes, with the same claims', async () => {
    const verified = await setUp().verify(token);
    expect(verified).toEqual({ kid: pair.kid, claims: claims({ scope: 'writ:use', act: { sub: 'agent-2' } }) });
  });

  test('agrees with jose about what a token is: jose signs one that the verifier takes', async () => {
    const byJose = await new SignJWT(claims()).setProtectedHeader(header).sign(key.privateKey);
    expect((await setUp().verify(byJose)).claims).toEqual(claims());
  });

  test('refuses to make a token that would be too large to verify', () => {
    expect(() => mintAccessToken(claims({ sub: 'x'.repeat(7000) }), key)).toThrow(WritError);
  });
});

describe('every attack is refused, and looks like every other', () => {
  const attacks = jwtAttacks({ header, payload: claims(), privateKey: key.privateKey });

  test('the token they are made from is accepted', async () => {
    expect((await setUp().verify(signed(claims()))).claims.jti).toBe('tok_1');
  });

  test.each(attacks)('%s', async (_, token) => {
    const { verify } = setUp();
    await verify(signed(claims()));
    const error = await refusal(verify(token));
    expect(rejectionReason(error)).toBeDefined();
    if (token.length > 40) expect(inspect(error, { depth: 9 })).not.toContain(token.slice(0, 40));
    await refusal(verify(token));
  });
});

describe('a token of another type is not an access token', () => {
  const other = (typ: string | undefined) => signed(claims(), { alg: 'ES256', kid: pair.kid, ...(typ ? { typ } : {}) });

  test.each([
    ['without a type', undefined],
    ['a client assertion', 'client-authentication+jwt'],
    ['an ID token, CI token or session', 'JWT'],
    ['a DPoP proof', 'dpop+jwt'],
    ['a logout token', 'logout+jwt'],
    ['an introspection answer', 'token-introspection+jwt'],
    ['an SD-JWT', 'dc+sd-jwt'],
    ['at+jwt in upper case', 'AT+JWT'],
    ['at+jwt in mixed case', 'at+JWT'],
    ['the long form, which Writ never writes', 'application/at+jwt'],
  ])('%s', async (_, typ) => {
    expect(await reason(setUp().verify(other(typ)))).toBe('typ');
  });
});

describe('claims of the wrong shape are refused though Writ signed them', () => {
  test.each<[string, object]>([
    ['no client', { client_id: undefined }],
    ['no task', { task_id: undefined }],
    ['no nbf', { nbf: undefined }],
    ['no iat', { iat: undefined }],
    ['an audience array', { aud: [audience] }],
    ['a life of more than 12 hours', { exp: NOW + 12 * 3600 + 1 }],
    ['an end before its beginning', { exp: NOW, iat: NOW + 1 }],
    ['unknown details', { authorization_details: [{ type: 'other' }] }],
    ['empty details', { authorization_details: [] }],
    ['details both here and there', { authorization_details: [detail()], authorization_details_id: 'det_1' }],
    ['four actors', { act: { sub: 'a', act: { sub: 'b', act: { sub: 'c', act: { sub: 'd' } } } } }],
    ['an actor that is text', { act: 'a' }],
    ['a binding it does not know', { cnf: { 'x5t#S256': 'A'.repeat(43) } }],
  ])('%s', async (_, changes) => {
    expect(await reason(setUp().verify(signed({ ...claims(), ...changes })))).toMatch(/^(claims|nbf|iat)$/);
  });

  test('details of the right shape come through as they are', async () => {
    const authorization_details = [detail()];
    const token = mintAccessToken(claims({ authorization_details }), key);
    expect((await setUp().verify(token)).claims.authorization_details).toEqual(authorization_details);
  });

  function detail() {
    return {
      type: 'provider_operations' as const,
      connection: 'railway',
      environments: ['staging'],
      operations: ['*:read'],
    };
  }
});

describe('keys', () => {
  const token = mintAccessToken(claims(), key);

  test.each(['pending', 'active', 'retiring'] as const)('a %s key verifies', async (state) => {
    const { state: world, verify } = setUp();
    world.key = state;
    await expect(verify(token)).resolves.toMatchObject({ kid: pair.kid });
  });

  test.each(['retired', 'compromised'] as const)(
    'a %s key verifies nothing, not even what it verified before',
    async (state) => {
      const { state: world, verify } = setUp();
      await verify(token);
      world.key = state;
      expect(await reason(verify(token))).toBe('kid_retired');
      expect(
        await reason(
          setUp()
            .verify(token)
            .then(() => verify(token)),
        ),
      ).toBe('kid_retired');
    },
  );

  test('a retiring key stops at its hour, for remembered tokens too', async () => {
    const { state, verify } = setUp();
    Object.assign(state, { key: 'retiring', retired_at: (NOW + 60) * 1000 });
    await verify(token);
    state.now = (NOW + 60) * 1000;
    expect(await reason(verify(token))).toBe('kid_retired');
  });

  test('a token without a kid, or of an unknown one, is refused', async () => {
    expect(await reason(setUp().verify(signed(claims(), { typ: 'at+jwt', alg: 'ES256' })))).toBe('kid');
    expect(await reason(setUp().verify(signed(claims(), { ...header, kid: 'unknown' })))).toBe('kid_unknown');
  });

  test('a key source that answers with another key is not believed', async () => {
    const record: KeyRecord = { kid: pair.kid, state: 'active', public_jwk: pair.public_jwk };
    const verifier = createAccessTokenVerifier({ issuer, keys: () => record, now: () => NOW * 1000, cacheSize: 1 });
    const forged = signed(claims(), { ...header, kid: 'other' });
    expect(await reason(verifier.verify(forged, { audience: [audience] }))).toBe('kid_unknown');
  });
});

describe('times, with 30 seconds of leeway, when first seen and when remembered', () => {
  const token = mintAccessToken(claims({ nbf: NOW, iat: NOW + 5 }), key);

  test.each([
    [-26, 'iat'],
    [-25, undefined],
    [0, undefined],
    [899, undefined],
    [929, undefined],
    [930, 'exp'],
    [100_000, 'exp'],
  ])('%i s after it was issued', async (seconds, wanted) => {
    const remembered = setUp();
    await remembered.verify(token);
    for (const { state, verify } of [setUp(), remembered]) {
      state.now = (NOW + seconds) * 1000;
      if (wanted) expect(await reason(verify(token))).toBe(wanted);
      else await expect(verify(token)).resolves.toBeDefined();
    }
  });

  test('nbf counts by itself', async () => {
    const { state, verify } = setUp();
    const late = mintAccessToken(claims({ nbf: NOW + 100 }), key);
    state.now = (NOW + 69) * 1000;
    expect(await reason(verify(late))).toBe('nbf');
    state.now = (NOW + 70) * 1000;
    await verify(late);
    state.now = (NOW + 69) * 1000;
    expect(await reason(verify(late))).toBe('nbf');
  });
});

describe('audience and binding are checked on every use', () => {
  const jkt = 'A'.repeat(43);
  const plain = mintAccessToken(claims(), key);
  const bound = mintAccessToken(claims({ cnf: { jkt } }), key);

  test('a token for one resource is refused at another, though it was remembered', async () => {
    const { verify } = setUp();
    await verify(plain, { audience: [`${audience}/railway`, audience] });
    for (const other of [[], [`${issuer}/api/v1`], [`${audience}/railway`], [`${audience}/`], ['']]) {
      expect(await reason(verify(plain, { audience: other }))).toBe('aud');
    }
  });

  test('a bound token is refused as a bearer and with another key; an unbound one with a proof', async () => {
    const { verify } = setUp();
    await verify(bound, { audience: [audience], jkt });
    expect(await reason(verify(bound))).toBe('binding');
    expect(await reason(verify(bound, { audience: [audience], jkt: 'B'.repeat(43) }))).toBe('binding');
    await verify(plain);
    expect(await reason(verify(plain, { audience: [audience], jkt }))).toBe('binding');
  });
});

describe('remembering', () => {
  const token = mintAccessToken(claims(), key);

  test('the same token gives the same frozen claims', async () => {
    const { verify } = setUp();
    const [first, second] = [await verify(token), await verify(token)];
    expect(second).toBe(first);
    expect(() => Object.assign(first.claims, { aud: 'other' })).toThrow(TypeError);
  });

  test('forgetting a key, or everything, has it verified anew', async () => {
    const { verify, verifier } = setUp();
    const first = await verify(token);
    verifier.forgetKid('other');
    expect(await verify(token)).toBe(first);
    verifier.forgetKid(pair.kid);
    const second = await verify(token);
    expect(second).not.toBe(first);
    verifier.clear();
    expect(await verify(token)).not.toBe(second);
  });

  test('is bounded, and keeps what was used last', async () => {
    const { verify } = setUp({ cacheSize: 2 });
    const [a, b, c] = ['a', 'b', 'c'].map((jti) => mintAccessToken(claims({ jti }), key));
    const first = await verify(a ?? '');
    await verify(b ?? '');
    expect(await verify(a ?? '')).toBe(first);
    await verify(c ?? '');
    expect(await verify(a ?? '')).toBe(first);
  });

  test('a token that was refused is not remembered', async () => {
    const { state, verify } = setUp();
    state.now = (NOW - 100) * 1000;
    await refusal(verify(token));
    state.now = NOW * 1000;
    await expect(verify(token)).resolves.toBeDefined();
  });
});

describe('nothing but invalid_token ever comes out', () => {
  const { verify } = setUp();
  const genuine = mintAccessToken(claims(), key);

  test('for any text', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.base64String(),
      fc.stringMatching(/^[\w-]*\.[\w-]*\.[\w-]*$/),
    );
    await fc.assert(
      fc.asyncProperty(text, async (token) => void (await refusal(verify(token)))),
      { numRuns: 500 },
    );
  });

  test('for any change to a genuine token', async () => {
    const change = fc.record({
      at: fc.nat(genuine.length - 1),
      to: fc.string({ unit: 'binary', minLength: 0, maxLength: 3 }),
    });
    const changed = change.map(({ at, to }) => genuine.slice(0, at) + to + genuine.slice(at + 1));
    const other = changed.filter((token) => token !== genuine);
    await fc.assert(
      fc.asyncProperty(other, async (token) => void (await refusal(verify(token)))),
      { numRuns: 500 },
    );
  });

  test('for any JSON as header and payload, signed by Writ', async () => {
    const parts = fc.record({ header: fc.jsonValue(), payload: fc.jsonValue() });
    const token = parts.map(({ header: h, payload: p }) =>
      signEs256({ header: JSON.stringify(h), payload: JSON.stringify(p) }, key.privateKey),
    );
    await fc.assert(
      fc.asyncProperty(token, async (jwt) => void (await refusal(verify(jwt)))),
      { numRuns: 300 },
    );
  });

  test('for any JSON in place of a claim', async () => {
    const changed = fc.record({ claim: fc.constantFrom(...Object.keys(claims())), value: fc.jsonValue() });
    const wrong = changed.filter(({ value }) => typeof value !== 'string' && typeof value !== 'number');
    const property = fc.asyncProperty(wrong, async ({ claim, value }) => {
      await refusal(verify(signed({ ...claims(), [claim]: value })));
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test.each([undefined, null, 1, {}, [], Symbol('token'), new Date(0)])(
    'for what is not even text: %s',
    async (value) => {
      const token: unknown = value;
      await refusal(verify(token as string));
    },
  );

  test('and the error says nothing of token or claims, only a reason', async () => {
    const token = signed({ ...claims(), aud: 'https://evil.example', note: 'fake-private-note' });
    const error = await refusal(verify(token));
    const printed = inspect(error, { depth: 9, showHidden: true });
    for (const secret of [token, encodePart(claims()), 'fake-private-note', 'evil.example', 'agent-1']) {
      expect(printed).not.toContain(secret);
    }
    expect(rejectionReason(error)).toBe('aud');
  });
});
