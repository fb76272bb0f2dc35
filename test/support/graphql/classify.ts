import { type ProviderRequest, WritError } from '@writ/core';

import type { EffectOverrides } from '@writ/providers';
import { type GraphqlClassified, makeGraphqlEngine } from '../../../packages/providers/src/graphql/classify.ts';
import { TEST_CATALOG } from './catalog.ts';

/** The small provider's classifier. */
export const engine = makeGraphqlEngine(TEST_CATALOG, { paths: ['/graphql'] });

const NONE: EffectOverrides = new Map();

/** A POST of a body to the small provider. */
export function post(body: string | Uint8Array, changes: Partial<ProviderRequest> = {}): ProviderRequest {
  const headers = { 'content-type': 'application/json' };
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return { method: 'POST', path: '/graphql', query: '', headers, body: bytes, ...changes };
}

/** Classifies a document as a client would send it. */
export function classify(
  query: string,
  {
    overrides = NONE,
    ...members
  }: { variables?: unknown; operationName?: string | undefined; overrides?: EffectOverrides } = {},
): GraphqlClassified {
  return engine.classify({ request: post(JSON.stringify({ query, ...members })) }, overrides);
}

/** What a classification is refused with: its code and its detail. Fails if it is not refused. */
export function refusal(attempt: () => unknown): { code: string; detail: string } {
  try {
    attempt();
  } catch (error) {
    if (error instanceof WritError) return { code: error.code, detail: error.extras.detail ?? '' };
    throw error;
  }
  throw new Error('it was not refused');
}
