/** The speed of the data path as a ratio to bare undici `dispatch`, measured in the same process and run. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import autocannon from 'autocannon';
import { Pool } from 'undici';
import { asAgent, GOOD_TOKEN, startGateway } from './support.ts';
import { close, listen } from './upstream.ts';

/** The figures of both paths for one size of answer: medians of the rounds. */
export interface BenchRow {
  readonly bytes: number;
  /** Requests a second of bare dispatch. */
  readonly bare: number;
  readonly gateway: number;
  /** The gateway's requests a second, divided by those of bare dispatch. */
  readonly ratio: number;
  /** The ratio of the processor times of the proxy's thread, which is stable on a machine that does other things too. */
  readonly cpu_ratio: number;
}

interface Measured {
  readonly per_second: number;
  /** Processor time of this thread, in microseconds a request. */
  readonly cpu_us: number;
}

const ROUNDS = 5;
const SECONDS = 2;

/** An upstream on a thread of its own: `/1024` answers that many bytes of JSON-like text. */
function serveBytes(): Server {
  const bodies = new Map(
    [1024, 1024 * 1024].map((size) => [`/${size}`, Buffer.alloc(size, '{"id":"f81d4fae-7dec","name":"staging"},')]),
  );
  return createServer((request, response) => {
    const body = bodies.get(request.url ?? '') ?? Buffer.alloc(0);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
  });
}

if (!isMainThread) parentPort?.postMessage(await listen(serveBytes()));

function bareProxy(origin: string): RequestListener {
  const pool = new Pool(origin, { connections: 128, pipelining: 1 });
  return (request, response) => {
    pool.dispatch(
      { path: request.url ?? '/', method: 'GET', headers: ['accept-encoding', 'identity'] },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, status, headers) => void response.writeHead(status, headers),
        onResponseData: (controller, chunk) => {
          if (response.write(chunk)) return;
          controller.pause();
          response.once('drain', () => controller.resume());
        },
        onResponseEnd: () => void response.end(),
        onResponseError: () => void response.destroy(),
      },
    );
  };
}

async function measure(url: string, connections: number): Promise<Measured> {
  const headers = { authorization: `Bearer ${GOOD_TOKEN}` };
  const before = process.threadCpuUsage();
  const result = await autocannon({ url, connections, duration: SECONDS, workers: 1, headers });
  const used = process.threadCpuUsage(before);
  if (result.non2xx + result.errors > 0) throw new Error(`${result.non2xx + result.errors} requests to ${url} failed`);
  return { per_second: result.requests.average, cpu_us: (used.user + used.system) / result.requests.total };
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0;

/** Measures both paths in turn, for answers of 1 KiB and 1 MiB. */
export async function benchGateway(): Promise<readonly BenchRow[]> {
  const worker = new Worker(new URL(import.meta.url));
  const port = await new Promise<number>((done) => worker.once('message', done));
  const origin = `http://127.0.0.1:${port}`;
  const bare = createServer(bareProxy(origin));
  const barePort = await listen(bare);
  const gateway = await startGateway({ upstream: origin, limits: { per_second: 1e9, burst: 1e9 }, forgetful: true });
  await fetch(`${gateway.url}/1024`, asAgent());
  const rows: BenchRow[] = [];
  for (const [bytes, connections] of [
    [1024, 64],
    [1024 * 1024, 16],
  ] as const) {
    const rounds: { bare: Measured; gateway: Measured }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({
        bare: await measure(`http://127.0.0.1:${barePort}/${bytes}`, connections),
        gateway: await measure(`${gateway.url}/${bytes}`, connections),
      });
    }
    rows.push({
      bytes,
      bare: median(rounds.map((round) => round.bare.per_second)),
      gateway: median(rounds.map((round) => round.gateway.per_second)),
      ratio: median(rounds.map((round) => round.gateway.per_second / round.bare.per_second)),
      cpu_ratio: median(rounds.map((round) => round.bare.cpu_us / round.gateway.cpu_us)),
    });
  }
  await gateway.close();
  await close(bare);
  await worker.terminate();
  return rows;
}

if (isMainThread && process.argv[1] === import.meta.filename) {
  console.table(await benchGateway());
  process.exit(0);
}
