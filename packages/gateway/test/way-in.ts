/** Sockets on which a test writes single bytes, in front of a gateway whose clock the test can set ahead. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { IngressLimits } from '../src/limits.ts';
import { asAgent, GOOD_TOKEN, startGateway, type TestGateway, until } from './support.ts';
import { type RecordingUpstream, startUpstream } from './upstream.ts';

/** The upstream behind the gateway. */
export let upstream: RecordingUpstream;
/** The gateway of the current test. */
export let gateway: TestGateway;
let ahead = 0;
const opened: Socket[] = [];

/** Called once in a test file. Closes after each test what the test opened. */
export function useWayIn(): void {
  beforeAll(async () => {
    upstream = await startUpstream();
  });
  afterAll(() => upstream.close());
  afterEach(async () => {
    for (const socket of opened.splice(0)) socket.destroy();
    upstream.seen.length = 0;
    await gateway.close();
  });
}

/** Sets how many milliseconds the gateway's clock is ahead. */
export function putAhead(ms: number): void {
  ahead = ms;
}

/** Starts the gateway of a test. */
export async function open(ingress: Partial<IngressLimits> = {}): Promise<void> {
  gateway = await startGateway({ upstream: upstream.origin, limits: { concurrent: 3, burst: 1e9 }, ingress });
  const { now } = gateway.ports;
  ahead = 0;
  gateway.ports.now = () => now() + ahead;
}

/** A socket of a test, and the answers on it. */
export interface Client {
  readonly socket: Socket;
  /** The statuses of the answers so far. */
  answers(): readonly string[];
  closed(): boolean;
}

/** Opens a client that has connected and written `bytes`. */
export async function client(bytes = '', { reads = true } = {}): Promise<Client> {
  const socket = connect(gateway.port, '127.0.0.1');
  opened.push(socket);
  const seen = { text: '', closed: false };
  const onData = (chunk: Buffer): void => {
    seen.text += chunk.toString('latin1');
  };
  if (reads) socket.on('data', onData);
  else socket.pause();
  socket
    .on('error', () => undefined)
    .on('close', () => {
      seen.closed = true;
    });
  await once(socket, 'connect');
  socket.write(bytes);
  return { socket, answers: () => seen.text.match(/(?<=HTTP\/1\.1 )\d+/g) ?? [], closed: () => seen.closed };
}

/** Returns the head of a request. */
export function head(line: string, lines: readonly string[] = []): string {
  return [`${line} HTTP/1.1`, `Host: 127.0.0.1:${gateway.port}`, ...lines, '', ''].join('\r\n');
}

/** The header of a caller with a good token, that of one with a bad token, and that of a body in chunks. */
export const GOOD = `Authorization: Bearer ${GOOD_TOKEN}`;
export const BAD = 'Authorization: Bearer nothing';
export const CHUNKED = ['Content-Type: application/json', 'Transfer-Encoding: chunked'];
/** Returns a request that reads. */
export const get = (token: string): string => head('GET /gateway/plain/do/read', [token]);
/** Returns the status of the answer to a valid client. */
export const served = async (): Promise<number> => (await fetch(`${gateway.url}/do/read`, asAgent())).status;
/** Waits until a socket is closed. */
export const closing = (one: Client): Promise<void> => until(one.closed);
