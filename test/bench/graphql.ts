/** What classifying a GraphQL request costs, against graphql-js parsing the same document in the same run (DESIGN 11). */
import type { ProviderRequest } from '@writ/core';
import { makeGraphqlEngine } from '@writ/providers';
import { parse } from 'graphql';
import { railwayCatalog } from '../../packages/providers/src/railway/catalog/index.ts';

/** Microseconds a call, the median of several rounds. */
export interface GraphqlBench {
  readonly document: string;
  readonly parse: number;
  /** The whole request again: body, variables, judgement, the bytes to forward. */
  readonly cached: number;
  /** The whole request with a document never seen before. */
  readonly uncached: number;
}

const DOCUMENTS: Readonly<Record<string, { query: string; variables: unknown }>> = {
  'small mutation': {
    query:
      'mutation customDomainCreate($input: CustomDomainCreateInput!) { customDomainCreate(input: $input) { id domain } }',
    variables: { input: { domain: 'a.example.com', environmentId: 'e', projectId: 'p', serviceId: 's' } },
  },
  'project query': {
    query: `query project($id: String!) { project(id: $id) { ...F } } fragment F on Project { id name createdAt
      environments { edges { node { id name serviceInstances { edges { node { id serviceId startCommand
      latestDeployment { id status createdAt } domains { serviceDomains { id domain } customDomains { id domain } } } } } } } }
      services { edges { node { id name } } } volumes { edges { node { id name } } } }`,
    variables: { id: 'p' },
  },
};

/** Measures every document; `rounds` of `calls` each. */
export function benchGraphql({ rounds, calls }: { rounds: number; calls: number }): readonly GraphqlBench[] {
  const engine = makeGraphqlEngine(railwayCatalog, { paths: ['/graphql/v2'] });
  return Object.entries(DOCUMENTS).map(([document, { query, variables }]) => {
    let fresh = 0;
    // A comment makes the text new, and costs the parser next to nothing.
    const anew = () => {
      fresh += 1;
      return `${query}#${fresh}`;
    };
    const classify = (text: string) => engine.classify({ request: post({ query: text, variables }) }, new Map());
    const repeated = post({ query, variables });
    return {
      document,
      parse: median(rounds, () => time(calls, () => parse(anew()))),
      cached: median(rounds, () => time(calls, () => engine.classify({ request: repeated }, new Map()))),
      uncached: median(rounds, () => time(calls, () => classify(anew()))),
    };
  });
}

function post(body: unknown): ProviderRequest {
  const headers = { 'content-type': 'application/json' };
  return { method: 'POST', path: '/graphql/v2', query: '', headers, body: Buffer.from(JSON.stringify(body)) };
}

function time(calls: number, work: () => unknown): number {
  const start = performance.now();
  for (let call = 0; call < calls; call += 1) work();
  return ((performance.now() - start) * 1000) / calls;
}

function median(rounds: number, measure: () => number): number {
  const measured = Array.from({ length: rounds }, measure).sort((a, b) => a - b);
  return measured[Math.floor(rounds / 2)] ?? 0;
}
