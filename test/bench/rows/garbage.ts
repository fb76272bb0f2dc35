/**
 * What a gateway request allocates on V8's heap.
 *
 * How: a broker beside the shared one that prints its collections (`--trace-gc`): what the heap grew from the end of one to the
 * beginning of the next was allocated between them. The load is that of gateway.ts.
 *
 * What it does not show: the bytes of buffers, which lie outside the heap, and what is allocated natively.
 */
import type { Bench } from '../bench.ts';
import { mintTokens, queryRequest, startBench } from '../broker.ts';
import { drive } from '../load.ts';
import { count, type Row } from '../report.ts';
import { sharedScene } from './mint.ts';

const GOAL_KIB = 40;

/** Measures it. */
export async function garbageRow(bench: Bench): Promise<readonly Row[]> {
  const scene = await sharedScene(bench);
  const broker = await startBench(bench, { beside: scene.broker, flags: ['--trace-gc'] });
  bench.alone(broker.pid);
  const tokens = await mintTokens(bench, { ...scene, broker, each: 2 });
  const path = '/gateway/railway/graphql/v2';
  const requests = tokens.map((token) => queryRequest({ host: broker.host, path, name: 'Bench', token }));
  const job = { port: broker.port, connections: 64, in_flight: 64, requests };
  await drive(bench, { pid: broker.pid, job: { ...job, warm_seconds: 2, seconds: 0.5 } });
  const before = broker.printed().length;
  const { per_second, done } = await drive(bench, {
    pid: broker.pid,
    job: { ...job, warm_seconds: 0, seconds: bench.quick ? 2 : 5 },
  });
  const { bytes_per_second, collections, pause_ms } = allocated(broker.printed().slice(before));
  await broker.stop();
  const kib = bytes_per_second / per_second / 1024;
  return [
    {
      work: 'garbage, gateway request',
      value: `${count(kib)} KiB`,
      against: '',
      baseline: '',
      goal: `< ${GOAL_KIB} KiB`,
      met: kib < GOAL_KIB,
      note: `allocated on the heap a request; ${collections} collections in ${count(done)} requests, ${count((pause_ms * 1000) / done)} us of them a request`,
      numbers: { kib_per_request: kib, collections, pause_us_per_request: (pause_ms * 1000) / done },
    },
  ];
}

/** `[7:0x2f] 1234 ms: Scavenge 30.1 (40.0) -> 20.5 (41.0) MB, pooled: 0 MB, 1.20 / 0.00 ms ...`: whose heap, when, its size before and after, how long. */
const COLLECTION =
  /^\[(\S+)\] +(\d+) ms: [A-Za-z -]+(?:\([^)]*\) )?([\d.]+) \([\d.]+\) -> ([\d.]+) \([\d.]+\) MB,.*? ([\d.]+) \/ [\d.]+ ms/;

interface Collection {
  readonly at: number;
  readonly before: number;
  readonly after: number;
  readonly pause: number;
}

function allocated(text: string): { bytes_per_second: number; collections: number; pause_ms: number } {
  const heaps = new Map<string, Collection[]>();
  for (const line of text.split('\n')) {
    const [, heap, ...numbers] = COLLECTION.exec(line) ?? [];
    const [at = 0, before = 0, after = 0, pause = 0] = numbers.map(Number);
    if (heap !== undefined) heaps.set(heap, [...(heaps.get(heap) ?? []), { at, before, after, pause }]);
  }
  // Threads beside the one that serves have heaps of their own, and hardly collect.
  const [seen = []] = [...heaps.values()].sort((one, other) => other.length - one.length);
  const [first, last] = [seen[0], seen.at(-1)];
  if (first === undefined || last === undefined || seen.length < 5)
    throw new Error(`Too few collections were printed: ${text.slice(0, 500)}`);
  const grown = seen.slice(1).reduce((sum, { before }, index) => sum + before - (seen[index]?.after ?? before), 0);
  const pause_ms = seen.reduce((sum, { pause }) => sum + pause, 0);
  return {
    bytes_per_second: (grown * 1024 * 1024) / ((last.at - first.at) / 1000),
    collections: seen.length,
    pause_ms,
  };
}
