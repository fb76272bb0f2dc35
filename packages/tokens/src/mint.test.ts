import { WritError } from '@writ/core';
import { jwtVerify, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { audience, claims, header, issuer, key, NOW, pair, setUp } from '../test/support.ts';
import { mintAccessToken } from './mint.ts';

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
