import { defined, isJsonObject, WritError } from '@writ/core';
import { chosenSigningAlgorithms, type Db, type SigningKey as SigningKeyRow } from '@writ/store';
import { type PublicJwk, type RotatableKey, SIGNING_ALGORITHMS, type SigningAlgorithm } from '@writ/tokens';

/** The states in which a key is published, or signs. */
export const LIVE_STATES = ['pending', 'active', 'retiring'] as const;

/** A stored key as the planner and the verifier know it. Throws `WritError` (`internal`) for a damaged one. */
export function keyRecord({
  kid,
  state,
  public_jwk,
  created_at,
  activated_at,
  retired_at,
}: SigningKeyRow): RotatableKey {
  return {
    kid,
    state,
    public_jwk: publicJwk(public_jwk),
    created_at,
    ...defined({ activated_at: activated_at ?? undefined, retired_at: retired_at ?? undefined }),
  };
}

function publicJwk(value: unknown): PublicJwk {
  const jwk = isJsonObject(value) ? value : {};
  const text = (name: string): string => {
    const member = jwk[name];
    if (typeof member !== 'string') throw new WritError('internal', { cause: new Error('a stored key is damaged') });
    return member;
  };
  const kid = text('kid');
  if (text('alg') === 'RS256') return { kty: 'RSA', n: text('n'), e: text('e'), kid, alg: 'RS256', use: 'sig' };
  return { kty: 'EC', crv: 'P-256', x: text('x'), y: text('y'), kid, alg: 'ES256', use: 'sig' };
}

/** The key sets that must exist: ES256, and those that clients have chosen. */
export async function wantedAlgorithms(db: Db, input: { organization_id: string }): Promise<SigningAlgorithm[]> {
  const chosen = await chosenSigningAlgorithms(db, input);
  return SIGNING_ALGORITHMS.filter((alg) => alg === 'ES256' || chosen.includes(alg));
}
