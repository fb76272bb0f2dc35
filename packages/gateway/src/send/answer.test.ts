/** An answer under way: echoes of the credential, cuts, and clients that go away or do not read. */
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asAgent, bodyOf, GOOD_TOKEN, startGateway, type TestGateway, until } from '../../test/support.ts';
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

describe('an upstream that echoes the root credential', () => {
  test('is cut off and flagged, and no log or record holds the credential', async () => {
    upstream.answer = (_request, response) => response.end(`before ${gateway.root} after`);
    const response = await get();
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain(gateway.root);
    expect([gateway.echoed.length, gateway.outcomes]).toEqual([
      1,
      [{ status: 200, result: 'cut', cut_reason: 'credential_echo', duration_ms: expect.any(Number) }],
    ]);
    expect(gateway.logged.join()).not.toContain(gateway.root);
  });

  test('across chunks, after much else, is cut off before the credential', async () => {
    const filler = 'x'.repeat(100_000);
    upstream.answer = async (_request, response) => {
      for (const part of [filler, `"${gateway.root.slice(0, 20)}`, `${gateway.root.slice(20)}"`, filler]) {
        response.write(part);
        await new Promise((done) => setTimeout(done, 30));
      }
      response.end();
    };
    const { text, cut } = await bodyOf(await get());
    expect([cut, text === `${filler}"`]).toEqual([true, true]);
    expect(gateway.echoed).toHaveLength(1);
  });

  test('in an encoded form, is cut off as well', async () => {
    const encodings = [
      Buffer.from(`a${gateway.root}`).toString('base64'),
      encodeURIComponent(gateway.root).replaceAll('-', '%2D'),
      Buffer.from(gateway.root).toString('hex'),
    ];
    for (const text of encodings) {
      upstream.answer = (_request, response) => response.end(text);
      expect(await (await get()).text()).not.toContain(text.slice(5, 30));
    }
    expect(gateway.echoed).toHaveLength(3);
  });

  test('in a header, even in one that is not passed on, is cut off', async () => {
    upstream.answer = (_request, response) => response.writeHead(200, { 'x-debug': gateway.root }).end('fine');
    const response = await get();
    expect([response.status, gateway.echoed.length]).toEqual([503, 1]);
    expect(JSON.stringify([...response.headers])).not.toContain(gateway.root);
  });

  test('on a call that changes things: the outcome is unknown, and the call is not sent again', async () => {
    upstream.answer = (_request, response) => response.end(gateway.root);
    expect((await post('/do/write')).headers.get('writ-code')).toBe('upstream_outcome_unknown');
    expect(upstream.seen).toHaveLength(1);
  });
});

describe('an answer under way', () => {
  /** Answers with a first part, and never sends the rest. */
  const begin = (): void => {
    upstream.answer = (_request, response) => void response.write('first');
  };

  test.each(['revoked', 'frozen'] as const)('is cut when its token is %s', async (reason) => {
    begin();
    const response = await get();
    gateway.revoke(reason);
    expect(await bodyOf(response)).toEqual({ text: 'first', cut: true });
    expect(gateway.outcomes).toMatchObject([{ result: 'cut', cut_reason: reason }]);
  });

  test('is refused when its token is revoked before the provider answered', async () => {
    upstream.answer = () => undefined;
    const waiting = get();
    await until(() => upstream.seen.length === 1);
    gateway.revoke('revoked');
    expect([(await waiting).status, (await waiting).headers.get('writ-code')]).toEqual([401, 'invalid_token']);
    const writing = post('/do/write');
    await until(() => upstream.seen.length === 2);
    gateway.revoke('frozen');
    expect((await writing).headers.get('writ-code')).toBe('upstream_outcome_unknown');
  });

  test('of a call that changes things is recorded as unknown if it was cut before the provider answered, for every reason of the cut', async () => {
    upstream.answer = () => undefined;
    for (const reason of ['stopping', 'revoked', 'frozen'] as const) {
      const before = upstream.seen.length;
      const writing = post('/do/write');
      await until(() => upstream.seen.length === before + 1);
      gateway.revoke(reason);
      expect((await writing).headers.get('writ-code')).toBe('upstream_outcome_unknown');
      expect(gateway.outcomes.at(-1)).toMatchObject({ result: 'unknown', cut_reason: reason });
    }
    const before = upstream.seen.length;
    const controller = new AbortController();
    const gone = get('/do/write', { method: 'POST', body: '{}', signal: controller.signal }).catch(() => undefined);
    await until(() => upstream.seen.length === before + 1);
    controller.abort();
    await gone;
    await until(() => gateway.outcomes.length === 4);
    expect(gateway.outcomes.at(-1)).toMatchObject({ result: 'unknown', cut_reason: 'client_gone' });
  });

  test('of a read is refused as worth repeating when the broker stops', async () => {
    upstream.answer = () => undefined;
    const reading = get();
    await until(() => upstream.seen.length === 1);
    gateway.revoke('stopping');
    expect([(await reading).status, (await reading).headers.get('writ-code')]).toEqual([503, 'upstream_unavailable']);
    expect(gateway.outcomes).toMatchObject([{ result: 'cut', cut_reason: 'stopping' }]);
  });

  test('stops the provider when the client goes away, and its outcome is recorded once', async () => {
    let closed = false;
    upstream.answer = (_request, response) => {
      response.write('first');
      response.on('close', () => {
        closed = true;
      });
    };
    const controller = new AbortController();
    await get('/x', { signal: controller.signal });
    controller.abort();
    await until(() => closed && gateway.outcomes.length > 0);
    expect(closed).toBe(true);
    expect(gateway.outcomes).toMatchObject([{ result: 'cut', cut_reason: 'client_gone' }]);
  });

  test('of a client that goes away at any moment never ends the process', async () => {
    upstream.answer = (_request, response) => {
      response.write('a'.repeat(200_000));
      setTimeout(() => response.end('b'.repeat(200_000)), 5);
    };
    const text = `POST /gateway/plain/do/write HTTP/1.1\r\nHost: 127.0.0.1:${gateway.port}\r\nAuthorization: Bearer ${GOOD_TOKEN}\r\nContent-Length: 2\r\n\r\n{}`;
    for (let wait = 0; wait < 20; wait += 1) {
      const socket = connect(gateway.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(text.slice(0, text.length - (wait % 3)));
      await new Promise((done) => setTimeout(done, wait));
      socket.resetAndDestroy();
    }
    upstream.answer = (_request, response) => response.end('fine');
    expect(await (await get()).text()).toBe('fine');
    await until(() => gateway.outcomes.length === gateway.authorized.length);
    expect(gateway.outcomes.length).toBe(gateway.authorized.length);
  });

  test('waits for a slow client, and arrives whole', async () => {
    const size = 48 * 1024 * 1024;
    let written = 0;
    upstream.answer = async (_request, response) => {
      const chunk = Buffer.alloc(64 * 1024, 'z');
      while (written < size) {
        written += chunk.length;
        if (!response.write(chunk)) await new Promise((done) => response.once('drain', done));
      }
      response.end();
    };
    const response = await get();
    await new Promise((done) => setTimeout(done, 200));
    expect(written).toBeLessThan(size);
    expect((await response.arrayBuffer()).byteLength).toBe(size);
  });

  test('that a client does not read is cut off', async () => {
    const own = await startGateway({ upstream: upstream.origin, limits: { idle_ms: 200 } });
    upstream.answer = (_request, response) => response.end(Buffer.alloc(32 * 1024 * 1024, 'z'));
    const socket = connect(own.port, '127.0.0.1').pause();
    socket.on('error', () => undefined);
    socket.write(
      `GET /gateway/plain/x HTTP/1.1\r\nHost: 127.0.0.1:${own.port}\r\nAuthorization: Bearer ${GOOD_TOKEN}\r\n\r\n`,
    );
    await until(() => own.outcomes.length > 0);
    expect(own.outcomes).toMatchObject([{ result: 'cut', cut_reason: 'client_gone' }]);
    socket.destroy();
    await own.close();
  });
});
