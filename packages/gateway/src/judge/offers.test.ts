/** Headers by which ordinary clients offer something that the gateway ignores, and refusals that name the header they are about. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rawRequest, sendRaw, startGateway, statusOf, type TestGateway } from '../../test/support.ts';
import { type RecordingUpstream, startUpstream } from '../../test/upstream.ts';

let upstream: RecordingUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ upstream: upstream.origin });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const request = (line: string, lines: readonly string[], body = ''): string =>
  rawRequest(gateway.port, line, lines, body);
const post = (lines: readonly string[], body = ''): string => request('POST /gateway/plain/do/write', lines, body);

test.each<[string, readonly string[]]>([
  ['an upgrade to a web socket', ['Connection: upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: AA']],
  ['h2c', ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AA']],
  ['two upgrades', ['Connection: Upgrade', 'Upgrade: h2c', 'Upgrade: TLS/1.0']],
])('an offered %s is ignored, with and without a body, on one socket', async (_what, lines) => {
  const socket = connect(gateway.port, '127.0.0.1');
  for (const bytes of [post([...lines, 'Content-Length: 2'], '{}'), request('GET /gateway/plain/x', lines)]) {
    socket.write(Buffer.from(bytes, 'latin1'));
    const [answer] = await once(socket, 'data');
    expect(statusOf(String(answer))).toBe(200);
  }
  socket.destroy();
  expect(upstream.seen.map((seen) => seen.url)).toEqual(['/do/write', '/x']);
  expect(upstream.seen.flatMap((seen) => seen.rawHeaders.map((name) => name.toLowerCase()))).not.toContain('upgrade');
  upstream.seen.length = 0;
});

test('a client that waits for 100 Continue gets it when the body is wanted, and does not get it when the request is refused', async () => {
  const lines = ['Content-Length: 2', 'Expect: 100-Continue'];
  const taken = await sendRaw(gateway.port, post(lines, '{}'));
  expect(taken.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 100', 'HTTP/1.1 200']);
  const refused = await sendRaw(gateway.port, post([...lines, 'Content-Encoding: gzip']));
  expect(refused.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
  expect(refused).toMatch(/^connection: close\r$/im);
  const old = post(lines, '{}').replace('HTTP/1.1', 'HTTP/1.0');
  expect((await sendRaw(gateway.port, old)).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
  upstream.seen.length = 0;
});

test.each([
  ['Expect', 'Expect: something'],
  ['Trailer', 'Trailer: X-Version'],
  ['Content-Range', 'Content-Range: bytes 0-1/2'],
  ['Content-Encoding', 'Content-Encoding: gzip'],
  ['content-type', 'Content-Type: a/b\r\nContent-Type: c/d'],
  ['x-http-method-override', 'X-HTTP-Method-Override: DELETE'],
])('a refusal names the header it is about: %s', async (name, line) => {
  const answer = await sendRaw(gateway.port, post(['Content-Length: 2', line], '{}'));
  expect(statusOf(answer)).toBe(400);
  expect(answer.slice(answer.indexOf('\r\n\r\n'))).toContain(name);
});
