import { createServer, type Server, type Socket } from 'node:net';
import { Secret, WritError } from '@writ/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { plainProvider, plainUpstream } from '../../test/plain-provider.ts';
import { asAgent, bodyOf, startGateway, type TestGateway, until } from '../../test/support.ts';
import { type RecordingUpstream, startUpstream } from '../../test/upstream.ts';

let upstream: RecordingUpstream;
let gateway: TestGateway;

beforeEach(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ upstream: upstream.origin });
});
afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const get = (path = '/x', init: RequestInit = {}): Promise<Response> => fetch(`${gateway.url}${path}`, asAgent(init));
const post = (path: string): Promise<Response> => get(path, { method: 'POST', body: '{}' });
const detailOf = async (response: Response) => ((await response.json()) as { writ: { detail: string } }).writ.detail;

/** Starts a server of raw sockets; `onRequest` gets the socket when the n-th request's bytes arrive. */
async function rawUpstream(
  onRequest: (socket: Socket, count: number) => void,
): Promise<{ origin: string; server: Server; count: () => number }> {
  let count = 0;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => {
      count += 1;
      onRequest(socket, count);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { origin: `http://127.0.0.1:${port}`, server, count: () => count };
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('an upstream that fails', () => {
  test('is asked a second time, and no more, for a read without any byte of an answer', async () => {
    const raw = await rawUpstream((socket, count) => (count === 1 ? socket.destroy() : socket.end(OK)));
    const own = await startGateway({ upstream: raw.origin });
    expect(await (await fetch(`${own.url}/x`, asAgent())).text()).toBe('ok');
    expect(raw.count()).toBe(2);
    expect(own.outcomes).toMatchObject([{ result: 'answered', status: 200 }]);
    await own.close();
    raw.server.close();
  });

  test('that never answers a read makes it unavailable after the second time', async () => {
    const raw = await rawUpstream((socket) => socket.destroy());
    const own = await startGateway({ upstream: raw.origin });
    const response = await fetch(`${own.url}/x`, asAgent());
    expect([response.status, response.headers.get('writ-code')]).toEqual([503, 'upstream_unavailable']);
    expect(await detailOf(response)).toMatch(
      /^Nothing was changed\. thing\.read would read thing t1 in staging\. The provider did not answer\./,
    );
    expect(raw.count()).toBe(2);
    expect(own.outcomes).toMatchObject([{ result: 'unavailable' }]);
    await own.close();
    raw.server.close();
  });

  test('is asked again only for reads; for any other call the outcome is unknown', async () => {
    const raw = await rawUpstream((socket) => socket.destroy());
    const own = await startGateway({ upstream: raw.origin });
    const response = await fetch(`${own.url}/do/write`, asAgent({ method: 'POST', body: '{}' }));
    expect([response.status, response.headers.get('writ-code')]).toEqual([503, 'upstream_outcome_unknown']);
    expect(await detailOf(response)).toMatch(/^It was sent, and may have been done\./);
    expect(raw.count()).toBe(1);
    expect(own.outcomes).toMatchObject([{ result: 'unknown' }]);
    await own.close();
    raw.server.close();
  });

  test('after the first byte of an answer is not asked again', async () => {
    const raw = await rawUpstream((socket) => socket.write('HTTP/1.1', () => socket.destroy()));
    const own = await startGateway({ upstream: raw.origin });
    const response = await fetch(`${own.url}/x`, asAgent());
    expect([response.status, raw.count()]).toEqual([503, 1]);
    await own.close();
    raw.server.close();
  });

  test('that cannot be reached was sent nothing, for any operation', async () => {
    const own = await startGateway({ upstream: upstream.origin });
    await upstream.close();
    const response = await fetch(`${own.url}/do/write`, asAgent({ method: 'POST', body: '{}' }));
    expect([response.status, response.headers.get('writ-code')]).toEqual([503, 'upstream_unavailable']);
    expect(await detailOf(response)).toMatch(/^Nothing was sent\./);
    expect(own.outcomes).toMatchObject([{ result: 'unavailable' }]);
    await own.close();
  });

  test('on an address that may not be dialled is not reached', async () => {
    const own = await startGateway({ upstream: upstream.origin, allow_private: false });
    expect((await fetch(`${own.url}/x`, asAgent())).headers.get('writ-code')).toBe('upstream_unavailable');
    expect(upstream.connections).toBe(0);
    await own.close();
  });

  test('that does not answer is given up after the time for its headers', async () => {
    upstream.answer = () => undefined;
    const own = await startGateway({ upstream: upstream.origin, limits: { headers_ms: 300 } });
    const response = await fetch(`${own.url}/x`, asAgent());
    expect([response.status, upstream.seen.length]).toEqual([503, 1]);
    await own.close();
  });

  test('that breaks off its answer makes ours break off too', async () => {
    upstream.answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('some', () => response.destroy());
    };
    expect(await bodyOf(await get())).toEqual({ text: 'some', cut: true });
    await until(() => gateway.outcomes.length > 0);
    expect(gateway.outcomes).toMatchObject([{ status: 200, result: 'cut', cut_reason: 'upstream_lost' }]);
  });

  test('that redirects is not followed, and does not redirect the client', async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      upstream.answer = (_request, response) =>
        response.writeHead(status, { location: `${upstream.origin}/elsewhere` }).end();
      const read = await get('/x', { redirect: 'manual' });
      expect([status, read.status, read.headers.get('writ-code'), read.headers.get('location')]).toEqual([
        status,
        503,
        'upstream_unavailable',
        null,
      ]);
      expect((await post('/do/write')).headers.get('writ-code')).toBe('upstream_outcome_unknown');
    }
    expect(upstream.seen.some((seen) => seen.url === '/elsewhere')).toBe(false);
  });

  test('that redirects an operation whose redirects are for the client has the redirect passed on, and it is not followed', async () => {
    gateway.connection.provider = { ...plainProvider, wire: { redirects: new Set(['thing.read']) } };
    upstream.answer = (_request, response) =>
      response.writeHead(302, { location: `${upstream.origin}/elsewhere` }).end();
    const read = await get('/x', { redirect: 'manual' });
    expect([read.status, read.headers.get('location')]).toEqual([
      302,
      expect.stringMatching(/^http:.*\/gateway\/plain\/elsewhere$/),
    ]);
    expect((await post('/do/write')).headers.get('writ-code')).toBe('upstream_outcome_unknown');
    expect(upstream.seen.some((seen) => seen.url === '/elsewhere')).toBe(false);
  });

  test('that compresses an answer in spite of what was asked is not passed on', async () => {
    upstream.answer = (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
    expect((await get()).headers.get('writ-code')).toBe('upstream_unavailable');
  });

  test('has its own errors and statuses passed on', async () => {
    for (const status of [201, 304, 401, 404, 409, 422, 429, 500, 502]) {
      upstream.answer = (_request, response) =>
        response.writeHead(status, { 'retry-after': '3', 'www-authenticate': 'x' }).end();
      const response = await get();
      expect([response.status, response.headers.get('retry-after'), response.headers.get('www-authenticate')]).toEqual([
        status,
        '3',
        null,
      ]);
      expect(response.headers.get('writ-code')).toBeNull();
    }
  });

  test('that first answers with an informational status is read to the end', async () => {
    upstream.answer = (_request, response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload' });
      response.end('after');
    };
    expect(await (await get()).text()).toBe('after');
  });
});

describe('the credential', () => {
  test('is not opened for a call that is not authorized', async () => {
    let opened = 0;
    const { credential } = gateway.ports;
    gateway.ports.credential = async (authorized) => {
      opened += 1;
      return credential(authorized);
    };
    await get('/unknown');
    await post('/do/reveal');
    expect(opened).toBe(0);
  });

  test('is never sent to another origin than the one it was authorized for', async () => {
    const other = await startUpstream();
    const { authorize } = gateway.ports;
    gateway.ports.authorize = async (request) => {
      const authorized = await authorize(request);
      gateway.connection.origin = other.origin;
      gateway.connection.base_url = other.origin;
      return authorized;
    };
    expect((await get()).status).toBe(503);
    expect([other.seen, upstream.seen]).toEqual([[], []]);
    expect(gateway.outcomes).toMatchObject([{ result: 'unavailable' }]);
    await other.close();
  });

  test('that cannot be opened: 503, and an outcome is recorded', async () => {
    gateway.ports.credential = async () => {
      throw new WritError('unavailable');
    };
    expect((await get()).status).toBe(503);
    expect(gateway.outcomes).toMatchObject([{ result: 'unavailable' }]);
  });

  test("signs each request as it was judged, with headers that replace the request's own", async () => {
    const secret = new Secret('a-root-key', 'root');
    gateway.ports.credential = async () => ({
      secret,
      sign: async ({ method, path, headers }) => [
        { header: 'x-signature', value: new Secret(`${method} ${path} ${headers['x-version']}`, 'root') },
        { header: 'x-version', value: new Secret('2', 'root') },
      ],
    });
    expect((await get('/signed', { headers: { 'x-version': '1' } })).status).toBe(200);
    expect(upstream.seen.at(-1)?.headers).toMatchObject({ 'x-signature': 'GET /signed 1', 'x-version': '2' });
  });

  test('that cannot stand in a header is not sent', async () => {
    const value = new Secret('Bearer a\r\nb', 'root');
    gateway.ports.credential = async () => ({ sign: async () => [{ header: 'authorization', value }], secret: value });
    expect((await get()).status).toBe(503);
    expect(upstream.seen).toEqual([]);
  });
});

test("the provider's knowledge is dropped when a call leaves and when it is over", async () => {
  const told: string[] = [];
  gateway.connection.upstream = {
    ...plainUpstream,
    forwarded: (operations) => told.push(operations.map(({ name }) => name).join()),
  };
  await (await post('/do/write')).text();
  expect(told).toEqual(['thing.write', 'thing.write']);
});
