import { DPOP_ALGORITHMS } from './proof.ts';

/** The errors for a request that needs a proof (RFC 9449 sections 7.1 and 9). */
export type DpopError = 'invalid_token' | 'invalid_dpop_proof' | 'use_dpop_nonce';

/** Builds the `WWW-Authenticate` of a resource that refuses because of a proof. Without an error it only says that DPoP is needed. */
export function dpopChallenge(facts: { readonly error?: DpopError; readonly resource_metadata?: string }): string {
  const members = [
    ...(facts.error === undefined ? [] : [`error="${facts.error}"`]),
    `algs="${DPOP_ALGORITHMS.join(' ')}"`,
    ...(facts.resource_metadata === undefined ? [] : [`resource_metadata="${facts.resource_metadata}"`]),
  ];
  return `DPoP ${members.join(', ')}`;
}
