import { WritError } from '@writ/core';
import { importJWK, jwtVerify, SignJWT } from 'jose';
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

  test('gives a token that the verifier accepts, with the same claims', async () => {
    const verified = await setUp().verify(token);
    expect(verified).toEqual({ kid: pair.kid, claims: claims({ scope: 'writ:use', act: { sub: 'agent-2' } }) });
  });

  test('agrees with jose: the verifier also accepts a token that jose signed', async () => {
    const byJose = await new SignJWT(claims()).setProtectedHeader(header).sign(key.privateKey);
    expect((await setUp().verify(byJose)).claims).toEqual(claims());
  });

  test('signs in the form of RFC 7518, also if the signature begins with zeros', async () => {
    const publicKey = await importJWK(pair.public_jwk, 'ES256');
    let short = 0;
    for (let index = 0; index < 1_500; index += 1) {
      const minted = mintAccessToken(claims({ jti: `tok_${index}` }), key);
      const signature = Buffer.from(minted.split('.')[2] ?? '', 'base64url');
      expect(signature).toHaveLength(64);
      if (signature[0] !== 0 && signature[32] !== 0) continue;
      short += 1;
      await jwtVerify(minted, publicKey, { currentDate: new Date(NOW * 1000) });
    }
    expect(short).toBeGreaterThan(0);
  });

  test('refuses to make a token that would be too large to verify', () => {
    expect(() => mintAccessToken(claims({ sub: 'x'.repeat(7000) }), key)).toThrow(WritError);
  });
});
