/** The data path against bare undici `dispatch` in the same process and run: ratios, never times (DESIGN 11). */
import { createServer, type RequestListener, type Server } from 'node:http';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import autocannon from 'autocannon';
import { Pool } from 'undici';
import { asAgent, GOOD_TOKEN, startGateway } from './support.ts';
import { close, listen } from './upstream.ts';

/** One kind of answer, as both paths delivered it: requests a second, the median of the rounds. */
export interface BenchRow {
  readonly bytes: number;
  readonly bare: number;
  readonly gateway: number;
  readonly ratio: number;
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

async function perSecond(url: string, connections: number): Promise<number> {
  const headers = { authorization: `Bearer ${GOOD_TOKEN}` };
  const result = await autocannon({ url, connections, duration: SECONDS, workers: 1, headers });
  if (result.non2xx + result.errors > 0) throw new Error(`${result.non2xx + result.errors} requests to ${url} failed`);
  return result.requests.average;
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
    const measured: { bare: number; gateway: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      measured.push({
        bare: await perSecond(`http://127.0.0.1:${barePort}/${bytes}`, connections),
        gateway: await perSecond(`${gateway.url}/${bytes}`, connections),
      });
    }
    const row = {
      bare: median(measured.map((each) => each.bare)),
      gateway: median(measured.map((each) => each.gateway)),
    };
    rows.push({ bytes, ...row, ratio: median(measured.map((each) => each.gateway / each.bare)) });
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
