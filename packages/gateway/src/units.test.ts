/** Tests of the small steps, each by itself. */
import { WritError } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { checkHead } from './judge/check-head.ts';
import { canonicalQuery } from './judge/query.ts';
import { challengeFor } from './refuse/deny.ts';
import { Budget } from './take/budget.ts';
import { HeaderTable } from './take/header-table.ts';
import { findToken } from './take/present.ts';
import { createRateLimit } from './take/rate-limit.ts';
import { isGatewayTarget, routeOf, siteOf } from './take/route.ts';

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return error instanceof WritError ? error.code : 'another error';
  }
  return 'none';
};

describe('cookies', () => {
  const codeFor = (cookie: string): string =>
    codeOf(() =>
      checkHead({ method: 'GET', httpVersion: '1.1', headers: new HeaderTable(['host', 'h', 'cookie', cookie]) }),
    );

  test.each(['writ_session=1', 'a=b; __Host-writ_session=1', 'a=b,writ_x=', 'x __Secure-WRIT=1', 'a=1; writ = 2'])(
    'of a browser that is signed in to Writ are refused: %s',
    (cookie) => {
      expect(codeFor(cookie)).toBe('browser_refused');
    },
  );

  test.each(['a=b', 'mywrit=1', 'writ', 'a=writ', 'a=b; writ', 'a=1 writ; b=2'])(
    "that are not Writ's pass: %s",
    (cookie) => {
      expect(codeFor(cookie)).toBe('none');
    },
  );

  test('that are made to take long to search are searched fast', () => {
    expect(codeFor(' writ'.repeat(400_000))).toBe('none');
    expect(codeFor(`${' writ'.repeat(400_000)}=`)).toBe('browser_refused');
  });
});

describe('a head', () => {
  /** The code for a head of these lines (`name: value`), with or without what it begins with. */
  const admitted = (lines: readonly string[], { method = 'POST', httpVersion = '1.1' } = {}): string =>
    codeOf(() =>
      checkHead({ method, httpVersion, headers: new HeaderTable(lines.flatMap((line) => line.split(': '))) }),
    );

  test('has a method and a version of HTTP that the gateway takes', () => {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
      expect([method, admitted([], { method })]).toEqual([method, 'none']);
    for (const method of ['get', 'OPTIONS', 'TRACE', ''])
      expect([method, admitted([], { method })]).toEqual([method, 'not_supported']);
    expect(['1.1', '1.0', '2.0', '0.9'].map((httpVersion) => admitted([], { httpVersion }))).toEqual([
      ...['none', 'none', 'not_supported', 'not_supported'],
    ]);
  });

  test.each([
    ['browser_refused', ['sec-fetch-mode: navigate']],
    ['browser_refused', ['sec-fetch-mode: Nested-Navigate']],
    ['browser_refused', ['sec-fetch-mode: websocket', 'sec-fetch-dest: empty']],
    ['browser_refused', ['sec-fetch-mode: cors', 'sec-fetch-dest: Document']],
    ['browser_refused', ['sec-fetch-dest: ']],
    ['browser_refused', ['cookie: a=b', 'cookie: writ_session=1']],
    ['none', ['sec-fetch-mode: cors', 'sec-fetch-dest: Empty', 'sec-fetch-site: cross-site']],
    ['none', ['expect: 100-Continue']],
    ['not_supported', ['expect: 100-continue, x']],
    ['not_supported', ['trailer: x-version']],
    ['not_supported', ['content-range: bytes 0-1/2']],
    ['not_supported', ['content-encoding: br']],
    ['none', ['content-encoding: Identity']],
    ['none', ['transfer-encoding: Chunked']],
    ['request_not_canonical', ['transfer-encoding: chunked', 'content-length: 1']],
    ['request_not_canonical', ['transfer-encoding: gzip, chunked']],
  ])('is %s with %j', (code, lines) => {
    expect(admitted(lines)).toBe(code);
  });

  test('of HTTP/1.0 has no transfer encoding, and what it expects means nothing', () => {
    expect(admitted(['transfer-encoding: chunked'], { httpVersion: '1.0' })).toBe('request_not_canonical');
    expect(admitted(['expect: anything'], { httpVersion: '1.0' })).toBe('none');
  });

  test('has at most a hundred lines', () => {
    const lines = Array.from({ length: 101 }, (_, index) => `x-${index}: 1`);
    expect([admitted(lines.slice(1)), admitted(lines)]).toEqual(['none', 'request_not_canonical']);
  });

  test.each([
    ['host: h', 'content-length: 1', 'content-type: a/b', 'content-encoding: identity', 'transfer-encoding: chunked'],
    ['authorization: Bearer a', 'dpop: a', 'expect: 100-continue', 'writ-approval: a', 'prefer: a'],
  ])('has one line of each header that Writ reads: %s, %s, %s, %s, %s', (...lines) => {
    for (const line of lines) {
      expect([line, admitted([line])]).toEqual([line, 'none']);
      expect([line, admitted([line, line])]).toEqual([line, 'request_not_canonical']);
    }
  });

  test.each([
    ...['x-http-method-override', 'x-http-method', 'x-method-override', 'x-original-url', 'x-rewrite-url'],
    'x-original-method',
  ])('does not say by %s that it is another', (name) => {
    expect(admitted([`${name}: POST`])).toBe('request_not_canonical');
  });
});

describe('the token', () => {
  const find = (...raw: string[]) => findToken(new HeaderTable(raw), ['x-api-key', 'private-token']);
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

  test.each([
    ['Bearer abc', { token: 'abc', scheme: 'bearer' }],
    ['bearer  abc', { token: 'abc', scheme: 'bearer' }],
    ['DPoP abc', { token: 'abc', scheme: 'dpop' }],
    ['token abc', { token: 'abc', scheme: 'token' }],
    [basic('x-access-token:abc'), { token: 'abc', scheme: 'basic' }],
    [basic(':a:b'), { token: 'a:b', scheme: 'basic' }],
  ])('is found in Authorization: %s', (value, expected) => {
    expect(find('Authorization', value)).toEqual(expected);
  });

  test("is found in the provider's own header", () => {
    expect(find('X-API-Key', 'abc')).toEqual({ token: 'abc', scheme: 'header' });
    expect(find('Accept', 'x')).toBeUndefined();
  });

  test.each([
    '',
    'abc',
    'Bearer',
    'Bearer a b',
    'Digest abc',
    'Basic !!!',
    basic('abc'),
    basic('user:'),
    'Bearer \xe4',
    `Bearer ${'a'.repeat(9000)}`,
  ])('is not found in Authorization: %j', (value) => {
    expect(codeOf(() => find('Authorization', value))).toBe('invalid_token');
  });

  test('in two places is refused, even when both are the same', () => {
    expect(codeOf(() => find('Authorization', 'Bearer a', 'x-api-key', 'a'))).toBe('request_not_canonical');
    expect(codeOf(() => find('x-api-key', 'a', 'private-token', 'a'))).toBe('request_not_canonical');
    expect(codeOf(() => find('x-api-key', 'a', 'X-Api-Key', 'a'))).toBe('request_not_canonical');
  });
});

describe('the challenge', () => {
  const facts = { presented: true, two_tokens: false, scheme: 'Bearer', metadata: 'https://w/m' } as const;
  test.each([
    ['invalid_token', 'Bearer error="invalid_token", resource_metadata="https://w/m"'],
    ['operation_not_granted', 'Bearer error="insufficient_authorization_details", resource_metadata="https://w/m"'],
    ['approval_required', 'Bearer error="insufficient_authorization_details", resource_metadata="https://w/m"'],
    ['guardrail_denied', undefined],
    ['frozen', undefined],
    ['upstream_unavailable', undefined],
  ] as const)('of %s', (code, expected) => {
    expect(challengeFor({ ...facts, code })).toBe(expected);
  });

  test('for a missing token has no error code, and for a DPoP token is a DPoP challenge', () => {
    expect(challengeFor({ ...facts, code: 'invalid_token', presented: false })).toBe(
      'Bearer resource_metadata="https://w/m"',
    );
    expect(challengeFor({ ...facts, code: 'invalid_token', scheme: 'DPoP' })).toMatch(/^DPoP error="invalid_token"/);
  });
});

describe('the rate limit', () => {
  test('allows a burst, then as many a second as it says, for each key separately', () => {
    let now = 0;
    const limit = createRateLimit({ per_second: 2, burst: 3, keys: 10, now: () => now });
    expect([1, 2, 3, 4].map(() => limit.take('a'))).toEqual([0, 0, 0, 1]);
    expect(limit.take('b')).toBe(0);
    now = 499;
    expect(limit.take('a')).toBe(1);
    now = 500;
    expect([limit.take('a'), limit.take('a')]).toEqual([0, 1]);
    now = -1000;
    expect(limit.take('a')).toBe(1);
    now = 1e9;
    expect([1, 2, 3, 4].map(() => limit.take('a'))).toEqual([0, 0, 0, 1]);
  });

  test('can be charged afterwards, and the next one then waits longer', () => {
    let now = 0;
    const limit = createRateLimit({ per_second: 100, burst: 1000, keys: 10, now: () => now });
    limit.spend('a', 900);
    expect([limit.behind('a'), limit.behind('a')]).toEqual([0, 0]);
    limit.spend('a', 400);
    expect([limit.behind('a'), limit.behind('b')]).toEqual([3, 0]);
    now = 2_000;
    expect(limit.behind('a')).toBe(1);
    now = 3_000;
    expect(limit.behind('a')).toBe(0);
  });

  test('remembers no more keys than it may', () => {
    const limit = createRateLimit({ per_second: 1, burst: 1, keys: 2, now: () => 0 });
    expect(['a', 'b', 'a', 'c', 'a', 'b'].map((key) => limit.take(key))).toEqual([0, 0, 1, 0, 1, 0]);
  });
});

test('no more can be taken from a budget than it has', () => {
  const budget = new Budget(2);
  budget.take(2);
  expect(codeOf(() => budget.take(1))).toBe('unavailable');
  budget.give(1);
  expect(codeOf(() => budget.take(1))).toBe('none');
});

describe('routes', () => {
  const site = siteOf({ publicUrl: 'https://writ.example', gatewayDomain: 'GW.example.com' });

  test.each([
    [
      'writ.example',
      '/gateway/railway/graphql/v2?a=1',
      'railway',
      '/graphql/v2?a=1',
      'https://writ.example/gateway/railway',
    ],
    ['WRIT.example:443', '/gateway/railway', 'railway', '/', 'https://writ.example/gateway/railway'],
    ['writ.example', '/gateway/railway?a=1', 'railway', '/?a=1', 'https://writ.example/gateway/railway'],
    ['railway.gw.example.com', '/graphql/v2', 'railway', '/graphql/v2', 'https://railway.gw.example.com'],
    ['railway.gw.example.com:443', '/gateway/other/x', 'railway', '/gateway/other/x', 'https://railway.gw.example.com'],
  ])('%s %s', (host, url, slug, target, publicBase) => {
    const whole = `${new URL(publicBase).origin}${url}`;
    expect(routeOf(site, { url, host })).toEqual({ slug, target, url: whole, publicBase });
    expect(isGatewayTarget(site, { url, host })).toBe(true);
  });

  test.each([
    ['evil.example', '/gateway/railway/x', 'misdirected'],
    ['writ.example.', '/gateway/railway/x', 'misdirected'],
    ['writ.example:80', '/gateway/railway/x', 'misdirected'],
    ['gw.example.com', '/gateway/railway/x', 'misdirected'],
    ['a.b.gw.example.com', '/x', 'misdirected'],
    ['', '/gateway/railway/x', 'misdirected'],
    ['writ.example', '/gateway', 'connection_unknown'],
    ['writ.example', '/gateway/RAILWAY/x', 'connection_unknown'],
    ['writ.example', 'http://writ.example/gateway/railway', 'not_supported'],
  ])('%s %s is %s', (host, url, code) => {
    expect(codeOf(() => routeOf(site, { url, host }))).toBe(code);
    expect(isGatewayTarget(site, { url, host })).toBe(true);
  });

  test('other requests are left to the server', () => {
    for (const url of ['/', '/gatewayx', '/api/v1/me', '/.well-known/oauth-protected-resource/gateway/railway']) {
      expect(isGatewayTarget(site, { url, host: 'writ.example' })).toBe(false);
    }
  });

  test('a public URL with a port is matched with its port', () => {
    const local = siteOf({ publicUrl: 'http://localhost:8700/', gatewayDomain: 'gw.localhost' });
    expect(routeOf(local, { url: '/x', host: 'railway.gw.localhost:8700' }).publicBase).toBe(
      'http://railway.gw.localhost:8700',
    );
    expect(codeOf(() => routeOf(local, { url: '/gateway/a/x', host: 'localhost' }))).toBe('misdirected');
    expect(codeOf(() => routeOf(local, { url: '/gateway/a/x', host: '127.0.0.1:8700' }))).toBe('misdirected');
  });
});

test('a query gets one spelling if both spellings are provably the same', () => {
  expect(canonicalQuery('a=%7e%41&b=%c3%a4&c=x+y&d=/?:@')).toBe('a=~A&b=%C3%A4&c=x+y&d=/?:@');
  expect(canonicalQuery('query=%7B%0A%20me%7D')).toBe('query=%7B%0A%20me%7D');
});
