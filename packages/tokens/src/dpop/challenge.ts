import { DPOP_ALGORITHMS } from './proof.ts';

/** What is wrong with a request that should have come with a proof (RFC 9449 sections 7.1 and 9). */
export type DpopError = 'invalid_token' | 'invalid_dpop_proof' | 'use_dpop_nonce';

/** Builds the `WWW-Authenticate` of a resource that refuses for a proof's sake. Without an error: that DPoP is wanted. */
export function dpopChallenge(facts: { readonly error?: DpopError; readonly resource_metadata?: string }): string {
  const members = [
    ...(facts.error === undefined ? [] : [`error="${facts.error}"`]),
    `algs="${DPOP_ALGORITHMS.join(' ')}"`,
    ...(facts.resource_metadata === undefined ? [] : [`resource_metadata="${facts.resource_metadata}"`]),
  ];
  return `DPoP ${members.join(', ')}`;
}
