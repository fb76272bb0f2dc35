/** Bytes of an attacker on real sockets: browsers, wrong hosts, names of connections. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, rawRequest, sendRaw, startGateway, statusOf, type TestGateway } from '../../test/support.ts';
import { type RecordingUpstream, startUpstream } from '../../test/upstream.ts';

let upstream: RecordingUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({
    upstream: upstream.origin,
    limits: { burst: 1e9, body_bytes: 1000 },
  });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const request = (
  target: string,
  lines: readonly string[] = [],
  { method = 'GET', body = '' }: { readonly method?: string; readonly body?: string } = {},
): string => rawRequest(gateway.port, `${method} ${target}`, lines, body);

describe('nothing reaches the provider', () => {
  afterEach(() => {
    const { seen } = upstream;
    const urls = seen.map(({ method, url }) => `${method} ${url}`);
    seen.length = 0;
    expect(urls).toEqual([]);
  });

  test.each([
    ['a Writ cookie', ['Cookie: a=b; __Host-writ_session=1']],
    ['a navigation', ['Sec-Fetch-Mode: navigate']],
    ['a document', ['Sec-Fetch-Dest: document']],
    ['a frame', ['Sec-Fetch-Dest: iframe']],
    ['an image', ['Sec-Fetch-Dest: image']],
  ])('%s is refused as a browser', async (_what, lines) => {
    const answer = await sendRaw(gateway.port, request('/gateway/plain/x', lines));
    expect([statusOf(answer), codeOf(answer)]).toEqual([403, 'browser_refused']);
  });

  test.each([
    'other.example',
    '127.0.0.1',
    '127.0.0.1:1',
    'gw.test',
    'a.b.gw.test',
    'xgw.test',
    '',
    '127.0.0.1:0@evil.example',
  ])('a Host of %j is misdirected', async (host) => {
    const text = request('/gateway/plain/x').replace(/Host: .*/, `Host: ${host}`);
    const answer = await sendRaw(gateway.port, text);
    expect([host, statusOf(answer), codeOf(answer)]).toEqual([host, 421, 'misdirected']);
  });

  test('no Host, and two of them, are refused', async () => {
    expect(statusOf(await sendRaw(gateway.port, request('/gateway/plain/x').replace(/Host: .*\r\n/, '')))).toBe(400);
    const two = request('/gateway/plain/x', [`Host: 127.0.0.1:${gateway.port}`]);
    expect(statusOf(await sendRaw(gateway.port, two))).toBe(400);
  });

  test.each([
    '/gateway',
    '/gateway/',
    '/gateway//plain/x',
    '/gateway/../plain/x',
    '/gateway/PLAIN/x',
    '/gateway/pl%61in/x',
    '/gateway/plain%2Fx',
    '/gateway/plain;a/x',
  ])('%s names no connection', async (target) => {
    const answer = await sendRaw(gateway.port, request(target));
    expect([statusOf(answer), codeOf(answer)]).toEqual([404, 'connection_unknown']);
  });
});

test("a connection is also reached under its host name in the gateway's domain", async () => {
  for (const host of ['plain', 'PLAIN', 'none']) {
    const text = request('/gateway/plain').replace(/Host: .*/, `Host: ${host}.gw.test:${gateway.port}`);
    expect(statusOf(await sendRaw(gateway.port, text))).toBe(host === 'none' ? 404 : 200);
  }
  expect(upstream.seen.map((seen) => seen.url)).toEqual(['/gateway/plain', '/gateway/plain']);
  upstream.seen.length = 0;
});
