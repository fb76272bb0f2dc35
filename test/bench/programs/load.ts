/**
 * The load generator: HTTP/1.1 on plain sockets, so that it costs less than what it measures. Each line of standard input is a
 * job; it prints one line when the measured part begins and one with the result.
 */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Job, Result } from '../load.ts';

interface Connection {
  readonly index: number;
  readonly socket: Socket;
  sent: number;
  status: number;
  /** Bytes of the body to come; -1: until the last chunk; undefined: the head is not there yet. */
  missing: number | undefined;
  head: string;
  body: string;
}

/** Runs one job. `begun` is called when what follows counts. */
async function run(job: Job, begun: () => void): Promise<Result> {
  const connections = await Promise.all(Array.from({ length: job.connections }, (_, index) => open(job, index)));
  const idle = [...connections];
  const latencies: number[] = [];
  const statuses: Record<string, number> = {};
  const bodies: string[] = [];
  let refusal: string | undefined;
  let answered = performance.now();
  let [next, left, counting] = [0, job.count ?? Number.POSITIVE_INFINITY, job.warm_seconds === 0];
  const stopped = Promise.withResolvers<void>();

  const send = (): void => {
    const connection = left > 0 ? idle.shift() : undefined;
    if (connection === undefined) return;
    left -= 1;
    const which = job.sticky ? connection.index : next;
    next += 1;
    connection.sent = performance.now();
    connection.missing = undefined;
    connection.head = '';
    connection.body = '';
    connection.socket.write(job.requests[which % job.requests.length] ?? '', 'latin1');
  };
  const done = (connection: Connection): void => {
    idle.push(connection);
    if (counting) {
      if (connection.status === 200) latencies.push(performance.now() - connection.sent);
      statuses[connection.status] = (statuses[connection.status] ?? 0) + 1;
    }
    if (connection.status !== 200) refusal ??= `${connection.head}\r\n\r\n${connection.body}`;
    if (job.collect === true && connection.status === 200) bodies.push(connection.body);
    if (job.rate === undefined) send();
    if (left === 0 && idle.length === connections.length) stopped.resolve();
  };
  for (const connection of connections) {
    connection.socket.on('data', (chunk: Buffer) => {
      answered = performance.now();
      if (take(connection, chunk, job.collect === true)) done(connection);
    });
    connection.socket.on('error', stopped.reject);
    connection.socket.on('close', () => stopped.reject(new Error('the server closed a connection')));
  }
  const silence = setInterval(() => {
    if (performance.now() - answered > SILENCE_MS)
      stopped.reject(new Error(silent(job, { idle: idle.length, statuses })));
  }, 1_000);
  const pace = job.rate === undefined ? closedLoop(job, send) : openLoop(job.rate, send);
  await wait(job.warm_seconds);
  counting = true;
  begun();
  const start = performance.now();
  await (job.count === undefined ? Promise.race([wait(job.seconds), stopped.promise]) : stopped.promise);
  const seconds = (performance.now() - start) / 1000;
  counting = false;
  clearInterval(pace);
  clearInterval(silence);
  left = 0;
  for (const { socket } of connections) socket.removeAllListeners('close').destroy();
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? 0;
  return {
    per_second: latencies.length / seconds,
    done: latencies.length,
    p50_ms: at(0.5),
    p99_ms: at(0.99),
    statuses,
    ...(refusal !== undefined && { refusal }),
    bodies,
  };
}

/** After so long without a byte nothing more is expected, milliseconds. */
const SILENCE_MS = 20_000;

function silent(
  job: Job,
  seen: { readonly idle: number; readonly statuses: Readonly<Record<string, number>> },
): string {
  const waiting = job.connections - seen.idle;
  return `${waiting} of ${job.connections} requests have had no answer for ${SILENCE_MS / 1000} s; until then ${JSON.stringify(seen.statuses)}`;
}

function closedLoop(job: Job, send: () => void): undefined {
  for (let sent = 0; sent < job.in_flight; sent += 1) send();
}

/** As many as are due by the clock, looked at each millisecond: an answer that is late delays no request. */
function openLoop(rate: number, send: () => void): NodeJS.Timeout {
  const start = performance.now();
  let sent = 0;
  return setInterval(() => {
    for (const due = ((performance.now() - start) * rate) / 1000; sent < due; sent += 1) send();
  }, 1);
}

/** Each connection from an address of its own: 127.1.0.1, 127.1.0.2 ..., which loopback has without being told. */
function open(job: Job, index: number): Promise<Connection> {
  const localAddress = job.addresses ? `127.1.${Math.floor(index / 250)}.${(index % 250) + 1}` : '127.0.0.1';
  const socket = connect({ host: '127.0.0.1', port: job.port, localAddress, noDelay: true });
  const connection = { index, socket, sent: 0, status: 0, missing: undefined, head: '', body: '' };
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(connection));
    socket.once('error', reject);
  });
}

/** Takes what came of an answer; tells whether it is complete. */
function take(connection: Connection, chunk: Buffer, keep: boolean): boolean {
  let body = chunk;
  if (connection.missing === undefined) {
    const end = chunk.indexOf('\r\n\r\n');
    connection.head += chunk.toString('latin1', 0, end === -1 ? chunk.length : end);
    if (end === -1) return false;
    body = chunk.subarray(end + 4);
    connection.status = Number(connection.head.slice(9, 12));
    const length = /^content-length: *(\d+)/im.exec(connection.head)?.[1];
    connection.missing = length === undefined ? -1 : Number(length);
  }
  if (keep || connection.status !== 200) connection.body += body.toString('latin1');
  if (connection.missing === -1) return body.subarray(-5).toString('latin1') === '0\r\n\r\n';
  connection.missing -= body.length;
  return connection.missing <= 0;
}

function wait(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

for await (const line of createInterface(process.stdin)) {
  const result = await run(JSON.parse(line) as Job, () => process.stdout.write('begun\n'));
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
