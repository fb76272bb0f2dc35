/** What classifying a GraphQL request costs, against graphql-js parsing the same document in the same run. */
import type { ProviderRequest } from '@writ/core';
import { parse } from 'graphql';
import { makeDocumentJudge, makeGraphqlEngine } from '../../packages/providers/src/graphql/classify.ts';
import { indexReviews } from '../../packages/providers/src/graphql/reviews/reviews.ts';
import { buildSchema } from '../../packages/providers/src/graphql/schema.ts';
import { railwayCatalog } from '../../packages/providers/src/railway/catalog/index.ts';

/** Microseconds of processor time a call, the median of several rounds. */
export interface GraphqlBench {
  readonly document: string;
  /** graphql-js alone: the measure. */
  readonly parse: number;
  /** A document seen before, judged with the variables of one call. */
  readonly cached: number;
  /** A document never seen before. */
  readonly uncached: number;
  /** A whole request with a document seen before: from the bytes that came to the bytes to forward. */
  readonly request: number;
}

const DOCUMENTS: Readonly<
  Record<string, { query: string; variables: Record<string, string | Record<string, string>> }>
> = {
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

/** Measures every document; `rounds` of `calls` each, what is compared taking turns. */
export function benchGraphql({ rounds, calls }: { rounds: number; calls: number }): readonly GraphqlBench[] {
  const engine = makeGraphqlEngine(railwayCatalog, { paths: ['/graphql/v2'] });
  const schema = buildSchema(railwayCatalog.schema);
  const source = { catalog: railwayCatalog, schema, reviews: indexReviews({ catalog: railwayCatalog, schema }) };
  const judge = makeDocumentJudge(source);
  const overrides = new Map();
  return Object.entries(DOCUMENTS).map(([document, { query, variables }]) => {
    let fresh = 0;
    // A comment makes the text new, and costs the parser next to nothing.
    const anew = () => {
      fresh += 1;
      return `${query}#${fresh}`;
    };
    const sent = { operationName: undefined, variables, extensions: [], method: 'POST' as const };
    const call = (text: string) => judge({ request: { ...sent, query: text }, overrides });
    const repeated = { request: post({ query, variables }) };
    const work = {
      parse: () => parse(anew()),
      cached: () => call(query),
      uncached: () => call(anew()),
      request: () => engine.classify(repeated, overrides),
    };
    const times = { parse: [], cached: [], uncached: [], request: [] } as Record<keyof typeof work, number[]>;
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, run] of entries(work)) times[name].push(time(calls, run));
    }
    return {
      document,
      parse: median(times.parse),
      cached: median(times.cached),
      uncached: median(times.uncached),
      request: median(times.request),
    };
  });
}

function entries<Name extends string, Value>(record: Record<Name, Value>): [Name, Value][] {
  return Object.entries(record) as [Name, Value][];
}

function post(body: unknown): ProviderRequest {
  const headers = { 'content-type': 'application/json' };
  return { method: 'POST', path: '/graphql/v2', query: '', headers, body: Buffer.from(JSON.stringify(body)) };
}

/** Processor time of this thread a call: unlike time on the clock, it does not count what else the machine does. */
function time(calls: number, work: () => unknown): number {
  const start = process.threadCpuUsage();
  for (let call = 0; call < calls; call += 1) work();
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / calls;
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}
