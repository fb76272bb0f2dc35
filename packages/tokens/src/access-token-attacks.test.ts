import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePart, jwtAttacks, signEs256 } from '../../../test/support/jwt-attacks/index.ts';
import {
  anyCharacter,
  audience,
  claims,
  header,
  key,
  NOW,
  pair,
  reason,
  refusal,
  setUp,
  signed,
} from '../test/support.ts';
import { mintAccessToken } from './mint.ts';
import { rejectionReason } from './rejection.ts';

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

describe('claims of the wrong shape are refused even if Writ signed them', () => {
  test.each<[string, object]>([
    ['a fraction of a second, which Writ never writes', { exp: claims().exp - 0.5 }],
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

  test('details of the right shape are returned unchanged', async () => {
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

describe('the only error is invalid_token', () => {
  const { verify } = setUp();
  const genuine = mintAccessToken(claims(), key);

  test('for any text', async () => {
    const text = fc.oneof(
      fc.string({ unit: anyCharacter }),
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
      to: fc.string({ unit: anyCharacter, minLength: 0, maxLength: 3 }),
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

  test('and the error holds a reason, but nothing of token or claims', async () => {
    const token = signed({ ...claims(), aud: 'https://evil.example', note: 'fake-private-note' });
    const error = await refusal(verify(token));
    const printed = inspect(error, { depth: 9, showHidden: true });
    for (const secret of [token, encodePart(claims()), 'fake-private-note', 'evil.example', 'agent-1']) {
      expect(printed).not.toContain(secret);
    }
    expect(rejectionReason(error)).toBe('aud');
  });
});
