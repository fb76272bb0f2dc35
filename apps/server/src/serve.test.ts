import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { Ingress, type Listener } from '@writ/gateway';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCertificate } from '../../../test/support/certificate.ts';
import { freePort } from '../../../test/support/free-port.ts';
import { readConfig } from './config.ts';
import { type HttpServer, serve } from './serve.ts';

const HEAD = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
let ingress: Ingress;
let serving: HttpServer;
let folder: string;
let port: number;

/** Every caller is known, but for strangers on `/`. */
const front: Listener = (request, response) => {
  const arrival = ingress.arrive(request, response);
  if (request.url === '/known') arrival?.authenticated('client a');
  response.end('ok');
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'writ-serve-'));
  const { cert, key } = makeCertificate('localhost');
  const [WRIT_TLS_CERT, WRIT_TLS_KEY] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  await writeFile(WRIT_TLS_CERT, cert);
  await writeFile(WRIT_TLS_KEY, key, { mode: 0o600 });
  port = await freePort();
  const config = readConfig({ HOME: folder, WRIT_PORT: String(port), WRIT_TLS_CERT, WRIT_TLS_KEY });
  ingress = new Ingress({ now: () => performance.now(), limits: { network_sockets: 3 } });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  serving = await serve(config, { front, ingress, log });
});
afterAll(async () => {
  await serving.stop(async () => undefined);
  await rm(folder, { recursive: true, force: true });
});

async function ask(target: string): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  socket.write(HEAD.replace('/', target));
  await once(socket, 'data');
  return socket;
}

test('over TLS sockets are counted from before their handshake, and those that have authenticated stay', async () => {
  const known = await ask('/known');
  const silent = connectPlain(port, '127.0.0.1')
    .on('error', () => undefined)
    .resume();
  await once(silent, 'connect');
  const gone = once(silent, 'close');
  const others = [await ask('/'), await ask('/')];
  // The fourth stranger takes the place of the oldest, which has not even shaken hands.
  others.push(await ask('/'));
  await gone;
  expect([known, ...others].map(({ destroyed }) => destroyed)).toEqual([false, false, false, false]);
  for (const socket of [known, ...others]) socket.destroy();
});
