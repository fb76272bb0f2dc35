import { Authorized, WritError } from '@writ/core';
import { makeAuthorized } from '@writ/core/authorize';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asAgent, authorizedFor, GOOD_TOKEN, startGateway, type TestGateway, until } from '../test/support.ts';
import { type RecordingUpstream, startUpstream } from '../test/upstream.ts';

let upstream: RecordingUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());
beforeEach(async () => {
  upstream.seen.length = 0;
  upstream.answer = (_request, response) => {
    response
      .writeHead(200, { 'content-type': 'application/json', 'set-cookie': 'a=b', etag: '"1"' })
      .end('{"ok":true}');
  };
  gateway = await startGateway({ upstream: upstream.origin, base_path: '/v2' });
});
afterEach(() => gateway.close());

const writOf = async (response: Response) => ((await response.json()) as { writ: Record<string, unknown> }).writ;

describe('a call that is allowed', () => {
  test('reaches the provider with the root credential, and without the token or any header that was not judged', async () => {
    const headers = { 'x-version': '3', 'x-other': 'no', cookie: 'a=b', 'content-type': 'application/json' };
    const response = await fetch(`${gateway.url}/do/write?a=1`, asAgent({ method: 'POST', body: '{"b":2}', headers }));
    expect([response.status, await response.text()]).toEqual([200, '{"ok":true}']);
    const [seen] = upstream.seen;
    expect(seen).toMatchObject({ method: 'POST', url: '/v2/do/write?a=1', body: '{"b":2}' });
    expect(Object.keys(seen?.headers ?? {}).sort()).toEqual(
      [
        'accept',
        'accept-encoding',
        'authorization',
        'connection',
        'content-length',
        'content-type',
        'host',
        'user-agent',
        'x-version',
      ].sort(),
    );
    expect(seen?.headers).toMatchObject({
      authorization: `Bearer ${gateway.root}`,
      'accept-encoding': 'identity',
      'user-agent': 'writ',
    });
    expect(JSON.stringify(seen)).not.toContain(GOOD_TOKEN);
  });

  test('is authorized before it is sent, and its outcome is recorded once', async () => {
    let sentBefore = -1;
    const authorize = gateway.ports.authorize;
    gateway.ports.authorize = async (request) => {
      sentBefore = upstream.seen.length;
      return authorize(request);
    };
    await (await fetch(`${gateway.url}/x`, asAgent())).text();
    await until(() => gateway.outcomes.length > 0);
    expect(sentBefore).toBe(0);
    expect(gateway.outcomes).toEqual([{ status: 200, result: 'answered', duration_ms: expect.any(Number) }]);
    expect(gateway.refused).toEqual([]);
  });

  test('is answered with the security headers, and none of the headers that are not on the list', async () => {
    const response = await fetch(`${gateway.url}/x`, asAgent());
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'writ-request': 'req_1',
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
      etag: '"1"',
    });
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(response.headers.get('writ-code')).toBeNull();
  });

  test('may carry its token in any of the places, but only there', async () => {
    const basic = `Basic ${Buffer.from(`x:${GOOD_TOKEN}`).toString('base64')}`;
    const places = [
      { authorization: `token ${GOOD_TOKEN}` },
      { authorization: basic },
      { 'x-plain-token': GOOD_TOKEN },
    ];
    for (const headers of places) {
      const response = await fetch(`${gateway.url}/x`, { headers: headers as Record<string, string> });
      expect([headers, response.status]).toEqual([headers, 200]);
      await response.text();
    }
    expect(JSON.stringify(upstream.seen)).not.toContain(GOOD_TOKEN);
    expect(upstream.seen.map((seen) => seen.headers['x-plain-token'])).toEqual([undefined, undefined, undefined]);
    const inQuery = await fetch(`${gateway.url}/x?access_token=${GOOD_TOKEN}`);
    expect(inQuery.status).toBe(401);
  });
});

describe('a call that is refused is never sent', () => {
  afterEach(() => expect(upstream.seen).toEqual([]));

  test('without a token: 401 with the metadata and no more than the code', async () => {
    const response = await fetch(`${gateway.url}/do/destroy`);
    expect(response.status).toBe(401);
    expect(response.headers.get('writ-code')).toBe('invalid_token');
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer resource_metadata="http://127.0.0.1:${gateway.port}/.well-known/oauth-protected-resource/gateway/plain"`,
    );
    expect(await writOf(response)).toEqual({
      code: 'invalid_token',
      detail: 'The access token is missing, wrong, expired or revoked.',
      request_id: 'req_1',
      next: { action: 'renew_token' },
    });
  });

  test('with a wrong token: 401 invalid_token', async () => {
    const response = await fetch(`${gateway.url}/x`, { headers: { authorization: 'Bearer wrong' } });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  test('without a token that Writ made for this connection nothing is looked up, whether or not the connection exists', async () => {
    const asked: string[] = [];
    const { connection, authenticate } = gateway.ports;
    gateway.ports.connection = async (slug) => {
      asked.push(slug);
      return await connection(slug);
    };
    gateway.ports.authenticate = async (presented, slug) => {
      asked.push(slug);
      return await authenticate(presented, slug);
    };
    for (const url of [gateway.url, gateway.url.replace('plain', 'none')]) {
      for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: 'DPoP wrong', dpop: 'x' }]) {
        expect((await fetch(`${url}/x`, { headers: headers as Record<string, string> })).status).toBe(401);
      }
    }
    expect(asked).toEqual([]);
  });

  test('with a token in two places: 400 invalid_request', async () => {
    const response = await fetch(`${gateway.url}/x`, asAgent({ headers: { 'x-plain-token': GOOD_TOKEN } }));
    expect(response.status).toBe(400);
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_request"');
  });

  test('an operation that the token does not name: 403, with what it would have done', async () => {
    const response = await fetch(`${gateway.url}/do/reveal`, asAgent({ method: 'POST' }));
    expect(response.status).toBe(403);
    expect(response.headers.get('writ-code')).toBe('operation_not_granted');
    expect(response.headers.get('www-authenticate')).toContain('error="insufficient_authorization_details"');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const writ = await writOf(response);
    expect(writ['detail']).toMatch(/^Nothing was sent\. thing\.reveal would reveal secrets; this token covers staging/);
    expect(gateway.authorized).toEqual([]);
    expect(gateway.refused).toMatchObject([
      {
        code: 'operation_not_granted',
        operations: [{ name: 'thing.reveal' }],
        decision: { result: 'refuse', pairs: [] },
      },
    ]);
  });

  test("an unknown operation: recorded, in the provider's shape", async () => {
    const response = await fetch(`${gateway.url}/unknown`, asAgent());
    expect([response.status, response.headers.get('content-type')]).toEqual([403, 'application/json']);
    expect(gateway.refused).toMatchObject([
      { code: 'operation_unknown', connection: 'plain', caller: { client_id: 'cli_1' } },
    ]);
  });

  test('a connection that does not exist: 404, as problem details', async () => {
    const response = await fetch(gateway.url.replace('plain', 'none'), asAgent());
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  });

  test('a fault inside the gateway: 503, never 500, and the answer tells nothing about the fault', async () => {
    const response = await fetch(`${gateway.url}/broken`, asAgent());
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain('a fault');
    expect(gateway.logged.join()).not.toContain('a fault');
  });

  test('when the decision cannot be written down: 503', async () => {
    gateway.ports.authorize = async () => {
      throw new WritError('unavailable');
    };
    expect((await fetch(`${gateway.url}/x`, asAgent())).status).toBe(503);
  });

  test('when another request was authorized than the one that was judged: 503', async () => {
    const { authorize } = gateway.ports;
    gateway.ports.authorize = async (request) => {
      const authorized = await authorize(request);
      const other = { ...request.resolved.classified.forward, path: '/do/destroy' };
      return authorized instanceof Authorized ? makeAuthorized({ ...authorized.value, forward: other }) : undefined;
    };
    expect((await fetch(`${gateway.url}/x`, asAgent())).status).toBe(503);
  });

  test('when a call that was not allowed is authorized by mistake: 403', async () => {
    gateway.ports.authorize = async (request) => authorizedFor(request);
    expect((await fetch(`${gateway.url}/do/reveal`, asAgent({ method: 'POST' }))).status).toBe(403);
  });

  test('when a freeze came first: 403 frozen', async () => {
    gateway.ports.authorize = async () => {
      throw new WritError('frozen');
    };
    const response = await fetch(`${gateway.url}/x`, asAgent());
    expect([response.status, response.headers.get('writ-code')]).toEqual([403, 'frozen']);
  });

  test('when its refusal cannot be written down: 503, and no reason', async () => {
    gateway.ports.refused = async () => {
      throw new Error('the database is gone');
    };
    const response = await fetch(`${gateway.url}/unknown`, asAgent());
    expect([response.status, response.headers.get('writ-code')]).toEqual([503, 'unavailable']);
  });

  test('an internal or a conflicting error of a port is answered as 503', async () => {
    for (const code of ['internal', 'conflict', 'not_found'] as const) {
      gateway.ports.authenticate = async () => {
        throw new WritError(code);
      };
      expect((await fetch(`${gateway.url}/x`, asAgent())).status).toBe(503);
    }
  });
});
