/** The helpers that the tests of access tokens share. */
import { WritError } from '@writ/core';
import fc from 'fast-check';
import { expect } from 'vitest';
import { signEs256 } from '../../../test/support/jwt-attacks/index.ts';
import type { AccessTokenClaims } from '../src/access-token-claims.ts';
import { createAccessTokenVerifier, type TokenExpectation } from '../src/access-token-verifier.ts';
import type { KeyRecord, KeyState } from '../src/jwks.ts';
import { rejectionReason } from '../src/rejection.ts';
import { generateSigningKey, openSigningKey } from '../src/signing-key.ts';

export const issuer = 'https://writ.example.com';
export const audience = `${issuer}/gateway`;
export const NOW = 1_800_000_000;
export const pair = await generateSigningKey();
export const key = await openSigningKey(pair);
export const header = { typ: 'at+jwt', alg: 'ES256', kid: pair.kid };

/** Returns the claims of a good token. */
export function claims(changes: Partial<AccessTokenClaims> = {}): AccessTokenClaims {
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

/** Makes a verifier with a clock and a key whose state tests can change. */
export function setUp(changes: { cacheBytes?: number } = {}) {
  const state = { now: NOW * 1000, key: 'active' as KeyState, retired_at: undefined as number | undefined };
  const keys = (kid: string): KeyRecord | undefined => {
    const { key: keyState, retired_at } = state;
    return kid === pair.kid ? { kid, state: keyState, public_jwk: pair.public_jwk, retired_at } : undefined;
  };
  const verifier = createAccessTokenVerifier({ issuer, keys, now: () => state.now, cacheBytes: 1_000_000, ...changes });
  const verify = (token: string, expected: TokenExpectation = { audience: [audience] }) =>
    verifier.verify(token, expected);
  return { state, verifier, verify };
}

/** Returns the error, after checking that callers cannot tell it from any other. */
export async function refusal(work: Promise<unknown>): Promise<WritError> {
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

/** Returns the reason of the refusal. */
export const reason = async (work: Promise<unknown>): Promise<string | undefined> =>
  rejectionReason(await refusal(work));
/** Signs any payload with the key that the verifier knows. */
export const signed = (payload: object, head: object = header): string =>
  signEs256({ header: { ...head }, payload: { ...payload } }, key.privateKey);

/** Any characters, lone surrogates among them. */
export const anyCharacter = fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code));
