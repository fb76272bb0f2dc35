/** HTTP as ordinary clients, probes and proxies speak it. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signIn } from '../support/owner.ts';
import { basic, openScene, type Scene } from '../support/scene.ts';
import { bytesOf, sendBytes, sendRaw } from '../support/wire.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({ env: { WRIT_TRUSTED_PROXIES: '127.0.0.1' } });
});
afterAll(() => scene.close());

describe('a probe gets its answer', () => {
  test.each([
    ['GET /healthz HTTP/1.0', []],
    ['GET /healthz HTTP/1.1', ['Host: 10.1.2.3:8700']],
    ['HEAD /healthz HTTP/1.1', ['Host: probe']],
    ['GET /healthz?x HTTP/1.1', ['Host: probe']],
    ['GET /readyz?verbose=1&x=%zz HTTP/1.1', ['Host: probe']],
    ['GET http://10.1.2.3:8700/healthz HTTP/1.1', ['Host: 10.1.2.3:8700']],
    ['GET http://10.1.2.3:8700/readyz?x HTTP/1.0', []],
  ])('%s', async (line, lines) => {
    const bytes = `${[line, ...lines, 'Connection: close', '', ''].join('\r\n')}`;
    const [answer, ...more] = await sendBytes(scene.broker.url, bytes);
    expect([answer?.status, more]).toEqual([200, []]);
    expect(answer?.body).toEqual(line.startsWith('HEAD') ? '' : expect.stringContaining('"status":"ok"'));
  });

  test('and nothing else is reached in these forms', async () => {
    for (const line of ['GET http://10.1.2.3/api/v1/me HTTP/1.1', 'GET /healthz/../api/v1/me HTTP/1.1']) {
      const [answer] = await sendBytes(scene.broker.url, `${line}\r\nHost: 10.1.2.3\r\nConnection: close\r\n\r\n`);
      expect([400, 404, 421]).toContain(answer?.status);
    }
  });
});

const form = 'grant_type=client_credentials';
const asked = (lines: readonly string[], body = form) => ({
  method: 'POST',
  target: '/oauth/token',
  lines: [
    `Authorization: ${basic(scene.agent)}`,
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${body.length}`,
    ...lines,
  ],
  body,
});
const statuses = async (request: Parameters<typeof bytesOf>[1]): Promise<readonly number[]> =>
  (await sendBytes(scene.broker.url, bytesOf(scene.broker.url, request))).map(({ status }) => status);

test('an Upgrade that is offered is passed over, and HTTP/1.0 served', async () => {
  expect(await statuses(asked(['Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__']))).toEqual([200]);
  expect(await statuses({ ...asked([]), version: '1.0' })).toEqual([200]);
});

test('who waits for 100 Continue is told to go on, not where the body is refused by its length', async () => {
  expect(await statuses(asked(['Expect: 100-continue']))).toEqual([100, 200]);
  const large = { ...asked([]), body: '' };
  const lines = large.lines.map((line) => (line.startsWith('Content-Length') ? 'Content-Length: 100000' : line));
  expect(await statuses({ ...large, lines: [...lines, 'Expect: 100-continue'] })).toEqual([413]);
});

test('a refusal names the header it is about', async () => {
  const other = await sendRaw(scene.broker.url, asked(['Expect: 200-ok']));
  expect([other.status, JSON.parse(other.body).detail]).toEqual([400, expect.stringContaining('Expect')]);
  const foreign = await sendRaw(scene.broker.url, { target: '/api/v1/me', lines: ['Host: evil.example'] });
  expect([foreign.status, JSON.parse(foreign.body).detail]).toEqual([421, expect.stringContaining('Host')]);
});

test('behind a trusted proxy its clients are told apart, by the last address it names', async () => {
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': '192.0.2.1, 2001:db8::7' };
  const { email, password } = scene.owner;
  const made = await scene.send('/api/v1/session', {
    method: 'POST',
    headers,
    body: JSON.stringify({ email, password }),
  });
  expect(made.status).toBe(201);
  const { client } = await signIn(scene.broker.url, scene.owner);
  const { items } = await client.call('sessions.list', {});
  expect(items.map(({ address }) => address)).toEqual(expect.arrayContaining(['2001:db8::7', '127.0.0.1']));
  expect(items.map(({ address }) => address)).not.toContain('192.0.2.1');
});

/** A request on a connection that is kept, and its answer's head. */
async function ask(socket: Socket, target: string): Promise<string> {
  socket.write(`POST ${target} HTTP/1.1\r\nHost: ${new URL(scene.broker.url).host}\r\nContent-Length: 0\r\n\r\n`);
  const [chunk] = await once(socket, 'data');
  return String(chunk);
}

test('a connection is kept longer than proxies keep theirs, and at the end a request that comes is answered, with Connection: close', async () => {
  const socket = connect(Number(new URL(scene.broker.url).port), '127.0.0.1');
  expect(await ask(socket, '/api/v1/nothing')).toMatch(/^keep-alive: timeout=75\r$/im);
  const stopped = scene.broker.stop();
  const closed = once(socket, 'close');
  await expect.poll(() => scene.broker.logs(), { timeout: 30_000, interval: 10 }).toContain('stopping');
  expect(await ask(socket, '/api/v1/nothing')).toMatch(/^HTTP\/1\.1 404 [\s\S]*^connection: close\r$/im);
  await closed;
  expect(await stopped).toBe(0);
});
