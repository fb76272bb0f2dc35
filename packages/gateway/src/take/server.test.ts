/**
 * The end of sockets, on plain connections and over TLS: a peer that is still sending can read the last answer, and what it sends on costs
 * nothing.
 */
import { once } from 'node:events';
import { createServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { makeCertificate } from '../../../../test/support/certificate.ts';
import { until } from '../../test/support.ts';
import { close, listen } from '../../test/upstream.ts';
import { gatewayServerOptions, Ingress, type Listener, serveRequests } from '../index.ts';

const BODY = 6 * 1024 * 1024;
const HEAD = 'POST / HTTP/1.1\r\nHost: localhost\r\n';
/** A body whose bytes are requests. */
const requests = (bytes: number): Buffer => Buffer.alloc(bytes, 'GET /taken HTTP/1.1\r\nHost: localhost\r\n\r\n');

describe.each(['http', 'https'])('%s', (scheme) => {
  let server: Server;
  let ingress: Ingress;
  let port: number;
  const urls: (string | undefined)[] = [];

  /** Starts a server that answers without reading the body. */
  async function start(changed: ServerOptions = {}): Promise<void> {
    const options = { ...gatewayServerOptions, ...changed };
    server =
      scheme === 'http' ? createServer(options) : createTlsServer({ ...options, ...makeCertificate('localhost') });
    ingress = new Ingress({ now: () => performance.now() });
    ingress.attach(server);
    const listener: Listener = (request, response) => {
      urls.push(request.url);
      if (ingress.arrive(request, response) !== undefined) response.end('no');
    };
    serveRequests(server, listener, (socket) => ingress.endAfterAnswers(socket));
    port = await listen(server);
  }
  afterEach(async () => {
    urls.length = 0;
    await close(server);
  });

  async function open(): Promise<Socket> {
    const socket =
      scheme === 'http' ? connectPlain(port, '127.0.0.1') : connectTls({ port, rejectUnauthorized: false });
    socket.on('error', () => undefined);
    await once(socket, scheme === 'http' ? 'connect' : 'secureConnect');
    return socket;
  }

  /** Writes all bytes before it reads any. */
  async function answersOf(...pieces: readonly (string | Buffer)[]): Promise<readonly string[]> {
    const socket = (await open()).pause();
    await new Promise((done) => {
      socket.on('close', done);
      for (const piece of pieces.slice(0, -1)) socket.write(piece);
      socket.write(pieces.at(-1) ?? '', done);
    });
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    socket.resume();
    if (!socket.closed) await once(socket, 'close');
    return text.match(/(?<=HTTP\/1\.1 )\d+/g) ?? [];
  }

  test.each<[string, string, number]>([
    ['a body that is long', `${HEAD}Content-Length: ${BODY}\r\n\r\n`, 200],
    ['a body of unknown length', `${HEAD}Transfer-Encoding: chunked\r\n\r\n${BODY.toString(16)}\r\n`, 200],
    ['a short body of whom wants to close', `${HEAD}Connection: close\r\nContent-Length: 1000\r\n\r\n`, 200],
    ['what is no request', 'No request\r\n\r\n', 400],
    ['what follows the last request', `${HEAD}Connection: close\r\nContent-Length: 0\r\n\r\n`, 200],
    ['what follows a head of too many lines', `${HEAD}${'X: y\r\n'.repeat(300)}Content-Length: ${BODY}\r\n\r\n`, 431],
  ])(
    'the answer to %s is read by who sends it all first, and nothing of it is taken for a request',
    async (_, head, status) => {
      await start();
      for (let n = 0; n < 5; n += 1) expect(await answersOf(head, requests(BODY))).toEqual([String(status)]);
      expect(urls).not.toContain('/taken');
      await until(() => ingress.sockets.size === 0);
    },
  );

  test('the rest of a short body is thrown away, and the connection serves the next request', async () => {
    await start();
    const socket = await open();
    const body = requests(1024 * 1024);
    for (let n = 0; n < 5; n += 1) {
      socket.write(`${HEAD}Content-Length: ${body.length}\r\n\r\n`);
      socket.write(body.subarray(0, body.length / 2));
      const [answer] = await once(socket, 'data');
      expect(String(answer)).toMatch(/^HTTP\/1\.1 200 [\s\S]*^connection: keep-alive\r$/im);
      socket.write(body.subarray(body.length / 2));
    }
    socket.write('GET /next HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'data');
    expect(urls).toEqual(['/', '/', '/', '/', '/', '/next']);
    socket.destroy();
  });

  test.each<[string, string, (socket: Socket) => boolean]>([
    ['crawls', `${HEAD}Content-Length: 1000\r\n\r\n`, (socket) => socket.write('x')],
    ['goes on', `${HEAD}Transfer-Encoding: chunked\r\n\r\nfffffff\r\n`, (socket) => socket.write(requests(65_536))],
  ])('a peer that was answered and %s for ever loses the socket', async (_, head, more) => {
    await start({ requestTimeout: 300, headersTimeout: 300, connectionsCheckingInterval: 50 });
    const socket = await open();
    socket.allowHalfOpen = true;
    socket.write(head);
    await once(socket, 'data');
    socket.resume();
    const timer = setInterval(() => socket.writableNeedDrain || more(socket), 1);
    await until(() => ingress.sockets.size === 0);
    clearInterval(timer);
    socket.destroy();
  });
});
