/**
 * What classifying a GraphQL document costs, against graphql-js parsing it.
 *
 * How: in this process, processor time of the thread, median of interleaved rounds, for a small mutation and a query over a project.
 * Cached: a document seen before, judged with one call's variables. Uncached: a text never seen before.
 *
 * What it does not show: reading the body's JSON and writing the document that is forwarded; that is in `request`, and in gateway.ts.
 */
import type { Bench } from '../bench.ts';
import { benchGraphql, type GraphqlBench } from '../graphql.ts';
import { count, type Row } from '../report.ts';

/** Measures both documents, cached and not. */
export async function classifyRow({ quick }: Bench): Promise<readonly Row[]> {
  return benchGraphql(quick ? { rounds: 5, calls: 2000 } : { rounds: 15, calls: 4000 }).flatMap(rowsOf);
}

function rowsOf({ document, parse, cached, uncached, request }: GraphqlBench): Row[] {
  const numbers = { parse_us: parse, cached_us: cached, uncached_us: uncached, request_us: request };
  const common = { against: 'graphql-js parse alone', baseline: `${count(parse)} us`, numbers };
  return [
    {
      ...common,
      work: `classify ${document}, cached`,
      value: `${count(cached)} us`,
      ratio: parse / cached,
      goal: '< 2 us',
      met: cached < 2,
      note: `a whole request, from the bytes that came to the bytes to forward, ${count(request)} us`,
    },
    {
      ...common,
      work: `classify ${document}, uncached`,
      value: `${count(uncached)} us`,
      ratio: parse / uncached,
      goal: 'at most 2x the parse (0.50x)',
      met: uncached <= 2 * parse,
      note: 'a text never seen before',
    },
  ];
}
