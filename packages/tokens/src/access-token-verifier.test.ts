import { describe, expect, test } from 'vitest';
import { audience, claims, header, issuer, key, NOW, pair, reason, refusal, setUp, signed } from '../test/support.ts';
import { createAccessTokenVerifier } from './access-token-verifier.ts';
import type { KeyRecord } from './jwks.ts';
import { mintAccessToken } from './mint.ts';

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

  test('a retiring key stops at its time, for remembered tokens too', async () => {
    const { state, verify } = setUp();
    Object.assign(state, { key: 'retiring', retired_at: (NOW + 60) * 1000 });
    await verify(token);
    state.now = (NOW + 60) * 1000;
    expect(await reason(verify(token))).toBe('kid_retired');
  });

  test('a token without a kid, or with an unknown one, is refused', async () => {
    expect(await reason(setUp().verify(signed(claims(), { typ: 'at+jwt', alg: 'ES256' })))).toBe('kid');
    expect(await reason(setUp().verify(signed(claims(), { ...header, kid: 'unknown' })))).toBe('kid_unknown');
  });

  test('a key with another kid than the asked one is not used', async () => {
    const record: KeyRecord = { kid: pair.kid, state: 'active', public_jwk: pair.public_jwk };
    const verifier = createAccessTokenVerifier({ issuer, keys: () => record, now: () => NOW * 1000, cacheBytes: 1 });
    const forged = signed(claims(), { ...header, kid: 'other' });
    expect(await reason(verifier.verify(forged, { audience: [audience] }))).toBe('kid_unknown');
  });
});

describe('times, at the first use and when remembered: a token ends at its exp, and its clock may be 30 seconds ahead', () => {
  const token = mintAccessToken(claims({ nbf: NOW, iat: NOW + 5 }), key);

  test.each([
    [-26, 'iat'],
    [-25, undefined],
    [0, undefined],
    [899, undefined],
    [900, 'exp'],
    [929, 'exp'],
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

  test('nbf is checked separately', async () => {
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

  test('a token for one resource is refused at another, even if it was remembered', async () => {
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

  test('after a key, or everything, was forgotten, the token is verified again', async () => {
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

  test('is bounded by the heap it takes, and keeps the tokens used last', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((jti) => mintAccessToken(claims({ jti }), key));
    // There is memory for two and a half tokens.
    const { verify } = setUp({ cacheBytes: 2.5 * 1.75 * (a ?? '').length });
    const first = await verify(a ?? '');
    await verify(b ?? '');
    expect(await verify(a ?? '')).toBe(first);
    await verify(c ?? '');
    expect(await verify(a ?? '')).toBe(first);
    // A token of twice the length replaces both.
    await verify(mintAccessToken(claims({ task_id: 't'.repeat(300) }), key));
    expect(await verify(a ?? '')).not.toBe(first);
  });

  test('a token that was refused is not remembered', async () => {
    const { state, verify } = setUp();
    state.now = (NOW - 100) * 1000;
    await refusal(verify(token));
    state.now = NOW * 1000;
    await expect(verify(token)).resolves.toBeDefined();
  });
});
