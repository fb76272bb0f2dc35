/** Bytes of an attacker on real sockets: spellings, framing and sizes of requests. */
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  codeOf,
  GOOD_TOKEN,
  rawRequest,
  sendRaw,
  startGateway,
  statusOf,
  type TestGateway,
} from '../../test/support.ts';
import { type RecordingUpstream, startUpstream } from '../../test/upstream.ts';

let upstream: RecordingUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({
    upstream: upstream.origin,
    limits: { burst: 1e9, body_bytes: 1000 },
    ingress: { body_ms: 200, stranger_burst: 1e9 },
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
const post = (lines: readonly string[], body = ''): string =>
  request('/gateway/plain/do/write', lines, { method: 'POST', body });

test('the plain request from which the others are made is forwarded', async () => {
  expect(statusOf(await sendRaw(gateway.port, request('/gateway/plain/x?a=%20b&c=%7E')))).toBe(200);
  expect(upstream.seen[0]?.url).toBe('/x?a=%20b&c=~');
  expect(statusOf(await sendRaw(gateway.port, post(['Content-Length: 2'], '{}')))).toBe(200);
  expect(statusOf(await sendRaw(gateway.port, post(['Transfer-Encoding: chunked'], '2\r\n{}\r\n0\r\n\r\n')))).toBe(200);
  expect(upstream.seen[2]).toMatchObject({ body: '{}', headers: { 'content-length': '2' } });
  upstream.seen.length = 0;
});

describe('nothing reaches the provider', () => {
  afterEach(() => {
    const { seen } = upstream;
    const urls = seen.map(({ method, url }) => `${method} ${url}`);
    seen.length = 0;
    expect(urls).toEqual([]);
  });

  test.each([
    '/gateway/plain/a/../b',
    '/gateway/plain/..',
    '/gateway/plain/./a',
    '/gateway/plain/a/...',
    '/gateway/plain/a/%2e%2e/b',
    '/gateway/plain/a/%2E%2E/b',
    '/gateway/plain/a/.%2e/b',
    '/gateway/plain//a',
    '/gateway/plain/a//b',
    '/gateway/plain/a\\b',
    '/gateway/plain/a%5cb',
    '/gateway/plain/a%5Cb',
    '/gateway/plain/a%2fb',
    '/gateway/plain/a%2Fb',
    '/gateway/plain/a;jsessionid=1',
    '/gateway/plain/..;/a',
    '/gateway/plain/a%3Bb',
    '/gateway/plain/a%3Fb',
    '/gateway/plain/a%23b',
    '/gateway/plain/a%00',
    '/gateway/plain/a%0A',
    '/gateway/plain/a%7F',
    '/gateway/plain/a%C2%85',
    '/gateway/plain/a%E2%80%AE',
    '/gateway/plain/%64o/write',
    '/gateway/plain/a%7Eb',
    '/gateway/plain/a%c3%a4',
    '/gateway/plain/a%FF',
    '/gateway/plain/a%C0%AE',
    '/gateway/plain/a%',
    '/gateway/plain/a%2',
    '/gateway/plain/a%zz',
    '/gateway/plain/a%252e%252e',
    '/gateway/plain/a%25',
    '/gateway/plain/a"b',
    '/gateway/plain/a<b>',
    '/gateway/plain/a|b',
    '/gateway/plain/a[b]',
    '/gateway/plain/x?a=1&a=2',
    '/gateway/plain/x?a=1&%61=2',
    '/gateway/plain/x?a=1;b=2',
    '/gateway/plain/x?a=%zz',
    '/gateway/plain/x?a=%00',
    '/gateway/plain/x?a=%1B',
    '/gateway/plain/x?a=%FF',
    '/gateway/plain/x?a=1&&b=2',
    '/gateway/plain/x?=1',
    '/gateway/plain/x?a[]=1',
    '/gateway/plain/x?access_token=t',
  ])('%s is not canonical', async (target) => {
    const answer = await sendRaw(gateway.port, request(target));
    expect([statusOf(answer), codeOf(answer)]).toEqual([400, 'request_not_canonical']);
  });

  test.each([
    '/gateway/plain/x#f',
    '/gateway/plain/x y',
    '/gateway/plain/\x00',
    '/gateway/plain/\xe4',
    '/gateway/plain/a\x7f',
    '/gateway/plain/\ta',
  ])('raw bytes in the target are refused (%j)', async (target) => {
    const answer = await sendRaw(gateway.port, Buffer.from(request(target), 'latin1'));
    expect(statusOf(answer)).toBe(400);
  });

  test.each(['http://127.0.0.1/gateway/plain/x', 'https://other.example/gateway/plain/x', '*', 'plain/x'])(
    'the target %s is refused',
    async (target) => {
      expect(statusOf(await sendRaw(gateway.port, request(target)))).toBe(400);
    },
  );

  test('CONNECT, TRACE, OPTIONS and other methods are refused', async () => {
    for (const method of ['TRACE', 'OPTIONS', 'PROPFIND', 'QUERY', 'LINK']) {
      expect([method, statusOf(await sendRaw(gateway.port, request('/gateway/plain/x', [], { method })))]).toEqual([
        method,
        400,
      ]);
    }
    expect(await sendRaw(gateway.port, request('127.0.0.1:1', [], { method: 'CONNECT' }))).not.toMatch(/ 2\d\d /);
  });

  test.each([
    ['two Content-Length', ['Content-Length: 2', 'Content-Length: 2']],
    ['two unlike Content-Length', ['Content-Length: 2', 'Content-Length: 3']],
    ['a list as Content-Length', ['Content-Length: 2, 2']],
    ['a signed Content-Length', ['Content-Length: +2']],
    ['Content-Length and Transfer-Encoding', ['Content-Length: 2', 'Transfer-Encoding: chunked']],
    ['Transfer-Encoding and Content-Length', ['Transfer-Encoding: chunked', 'Content-Length: 2']],
    ['an obscured transfer encoding', ['Transfer-Encoding: xchunked']],
    ['two transfer encodings', ['Transfer-Encoding: gzip, chunked']],
    ['two lines of transfer encodings', ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity']],
    ['a space before the colon', ['Transfer-Encoding : chunked']],
    ['a folded header', ['X-Version: 1', ' 2']],
    ['a NUL in a header', ['X-Version: 1\0']],
    ['a bare CR in a header', ['X-Version: 1\rX-Trace: 2']],
    ['a header without a name', [': 1']],
    ['two content types', ['Content-Type: application/json', 'Content-Type: text/plain']],
    ['two authorizations', [`Authorization: Bearer ${GOOD_TOKEN}`]],
    ['a token in a second place', [`X-Plain-Token: ${GOOD_TOKEN}`]],
    ['a repeated meaningful header', ['X-Version: 1', 'X-Version: 2']],
    ['a repeated volatile header', ['X-Trace: 1', 'x-trace: 1']],
    ['non-ASCII in a meaningful header', ['X-Version: \xe4']],
    ['another Host', ['Host: other.example']],
    ['a method override', ['X-HTTP-Method-Override: DELETE']],
    ['a path override', ['X-Original-URL: /do/destroy']],
    ['a compressed body', ['Content-Encoding: gzip']],
    ['a multipart body', ['Content-Type: multipart/form-data; boundary=x']],
    ['another charset', ['Content-Type: application/json; charset=utf-16']],
    ['two charsets', ['Content-Type: application/json; charset=utf-8; charset=utf-16']],
    ['another Expect', ['Expect: something']],
    ['announced trailers', ['Trailer: X-Version', 'Transfer-Encoding: chunked']],
  ])('%s is refused', async (_what, lines) => {
    const answer = await sendRaw(gateway.port, Buffer.from(post(lines, '{}'), 'latin1'));
    expect([statusOf(answer), answer.includes('100 Continue')]).toEqual([400, false]);
  });

  test('more than a hundred headers are refused', async () => {
    const lines = Array.from({ length: 101 }, (_, i) => `X-${i}: 1`);
    expect(codeOf(await sendRaw(gateway.port, request('/gateway/plain/x', lines)))).toBe('request_not_canonical');
  });

  test('a bare LF where CRLF belongs is refused', async () => {
    expect(await sendRaw(gateway.port, request('/gateway/plain/x').replaceAll('\r\n', '\n'))).not.toMatch(/ 200 /);
    const mixed = post(['X-Version: 1\nTransfer-Encoding: chunked'], '0\r\n\r\n');
    expect(await sendRaw(gateway.port, mixed)).not.toMatch(/ 200 /);
  });

  test('chunks with extensions that lie, bad sizes or trailers are refused', async () => {
    for (const body of [
      'zz\r\n{}\r\n0\r\n\r\n',
      '2\n{}\n0\n\n',
      '-1\r\n{}\r\n0\r\n\r\n',
      '2\r\n{}0\r\n\r\n',
      '2\r\n{}\r\n0\r\nX: 1\r\n\r\n',
    ]) {
      const answer = await sendRaw(gateway.port, post(['Transfer-Encoding: chunked'], body));
      expect([body, / 200 /.test(answer)]).toEqual([body, false]);
    }
  });

  test('a body on a GET is refused', async () => {
    const answer = await sendRaw(gateway.port, request('/gateway/plain/x', ['Content-Length: 2'], { body: '{}' }));
    expect(codeOf(answer)).toBe('request_not_canonical');
  });

  test('a body that does not arrive in time is refused, and the socket of one that never arrives is closed', async () => {
    const slow = await sendRaw(gateway.port, post(['Content-Length: 10'], '{'));
    expect(codeOf(slow)).toBe('request_not_understood');
  });

  test('a body with a too large announced length is refused before it is read', async () => {
    expect(codeOf(await sendRaw(gateway.port, post(['Content-Length: 1001'])))).toBe('request_too_large');
    expect(statusOf(await sendRaw(gateway.port, post(['Content-Length: 99999999999999999999'])))).toBe(400);
  });
});

test('two requests in one write are judged one by one', async () => {
  const two = request('/gateway/plain/x') + request('/gateway/plain/a/../x');
  expect((await sendRaw(gateway.port, two, { answers: 2 })).match(/HTTP\/1\.1 \d+/g)).toEqual([
    'HTTP/1.1 200',
    'HTTP/1.1 400',
  ]);
  expect(upstream.seen.map((seen) => seen.url)).toEqual(['/x']);
  upstream.seen.length = 0;
});

test('headers that are too long are answered with the code alone, and the security headers', async () => {
  const answer = await sendRaw(gateway.port, request('/gateway/plain/x', [`X-Long: ${'a'.repeat(20_000)}`]));
  expect([statusOf(answer), codeOf(answer)]).toEqual([413, 'request_too_large']);
  expect(answer).toMatch(/^Content-Security-Policy: sandbox; default-src 'none'\r$/m);
  expect(answer.endsWith('\r\n\r\n')).toBe(true);
});

test('a second request smuggled into the body of the first stays its body', async () => {
  const inner = request('/gateway/plain/do/destroy', [], { method: 'POST' });
  const answer = await sendRaw(gateway.port, post([`Content-Length: ${inner.length}`], inner));
  expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  expect(upstream.seen.map((seen) => seen.url)).toEqual(['/do/write']);
  upstream.seen.length = 0;
});

test('no bytes end the process, and none reach the provider without a token', async () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'GET ',
      'POST ',
      '/gateway/plain/x',
      ' HTTP/1.1\r\n',
      `Host: 127.0.0.1:${gateway.port}\r\n`,
      '\r\n',
      '\r\n\r\n',
    ),
    fc.constantFrom(
      'Content-Length: 5\r\n',
      'Transfer-Encoding: chunked\r\n',
      'Authorization: Bearer x\r\n',
      '0\r\n\r\n',
      '\0',
      '%',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const answer = await sendRaw(gateway.port, Buffer.from(pieces.join(''), 'latin1'), { silence_ms: 15 });
      expect(answer).not.toMatch(/^HTTP\/1\.1 (2|5)/);
    }),
    { numRuns: 100 },
  );
  expect(upstream.seen).toEqual([]);
  expect(statusOf(await sendRaw(gateway.port, request('/gateway/plain/x')))).toBe(200);
  upstream.seen.length = 0;
}, 30_000);
