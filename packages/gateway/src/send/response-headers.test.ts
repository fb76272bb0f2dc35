import { expect, test } from 'vitest';
import { plainProvider } from '../../test/plain-provider.ts';
import { passingHeaders, rewriteUrl, SECURITY_HEADERS } from './response-headers.ts';

const context = {
  connection: {
    origin: 'https://up.example',
    base_url: 'https://up.example/v1',
    provider: plainProvider,
    others: new Map([
      ['uploads', { origin: 'https://files.example', base_url: 'https://files.example/v2', allow_private: false }],
    ]),
  },
  from: 'https://up.example',
  publicBase: 'https://writ.example/gateway/plain',
};

test('only headers on the list pass', () => {
  const refused = {
    'set-cookie': ['a=b'],
    'access-control-allow-origin': '*',
    'access-control-allow-credentials': 'true',
    refresh: '0; url=https://evil.example',
    'clear-site-data': '"*"',
    'strict-transport-security': 'max-age=1',
    'alt-svc': 'h2=":443"',
    nel: '{}',
    'report-to': '{}',
    'www-authenticate': 'Basic',
    'proxy-authenticate': 'Basic',
    'cache-control': 'public',
    'content-security-policy': 'none',
    'service-worker-allowed': '/',
    sourcemap: '/x',
    'transfer-encoding': 'chunked',
    connection: 'keep-alive',
    trailer: 'x',
    upgrade: 'h2',
    'writ-request': 'forged',
    'writ-code': 'forged',
    'x-anything': '1',
  };
  expect(passingHeaders(refused, context)).toEqual([]);
});

test('headers on the list pass as they are, unless they hold more than printable ASCII or come twice', () => {
  const passing = {
    'content-type': 'text/plain',
    etag: 'W/"1"',
    'x-ratelimit-remaining': '4',
    'ratelimit-reset': '1',
    'retry-after': '2',
    'content-length': '2',
    'content-language': 'de',
    'content-disposition': 'attachment',
    'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
    date: 'Thu, 01 Jan 2026 00:00:00 GMT',
    ratelimit: 'limit=10',
    'ratelimit-policy': '10;w=1',
  };
  expect(passingHeaders(passing, context)).toEqual(Object.entries(passing).flat());
  expect(passingHeaders({ etag: ['1', '2'], 'content-type': 'a\x01', 'content-language': 'd\xe9' }, context)).toEqual(
    [],
  );
});

test.each([
  ['https://up.example/v1/a?b=1#c', 'https://writ.example/gateway/plain/a?b=1#c'],
  ['https://up.example/v1', 'https://writ.example/gateway/plain'],
  ['/v1/a', 'https://writ.example/gateway/plain/a'],
  ['//up.example/v1/a', 'https://writ.example/gateway/plain/a'],
  ['https://user:pass@up.example/v1/a', 'https://writ.example/gateway/plain/a'],
  ['https://up.example/other', undefined],
  ['https://files.example/v2/a', 'https://writ.example/gateway/plain/a'],
  ['https://files.example/v1/a', undefined],
  ['https://up.example/v1x', undefined],
  ['https://api.plain.example/a', 'https://writ.example/gateway/plain/a'],
  ['https://elsewhere.example/a', 'https://elsewhere.example/a'],
  ['http://elsewhere.example/a', 'http://elsewhere.example/a'],
  ['https://user:fake-password@elsewhere.example/a', 'https://elsewhere.example/a'],
  ['javascript:alert(1)', undefined],
  ['data:text/html,x', undefined],
  ['https://[', undefined],
])('%s becomes %s', (value, expected) => {
  expect(rewriteUrl(value, context)).toBe(expected);
});

test('every answer forbids a browser to use it', () => {
  expect(SECURITY_HEADERS).toEqual([
    ...['content-security-policy', "sandbox; default-src 'none'"],
    ...['x-content-type-options', 'nosniff'],
    ...['cross-origin-resource-policy', 'same-origin'],
    ...['cache-control', 'no-store'],
  ]);
});

test('Link, Location and Content-Location are rewritten', () => {
  const link = '<https://up.example/v1/a?page=2>; rel="next", <https://elsewhere.example/>; rel="help"';
  expect(passingHeaders({ link, location: '/v1/b', 'content-location': '/outside' }, context)).toEqual([
    'link',
    '<https://writ.example/gateway/plain/a?page=2>; rel="next", <https://elsewhere.example/>; rel="help"',
    'location',
    'https://writ.example/gateway/plain/b',
  ]);
  expect(passingHeaders({ 'content-location': '/v1/b', link: '<javascript:alert(1)>; rel="x"' }, context)).toEqual([
    'content-location',
    'https://writ.example/gateway/plain/b',
    'link',
    '<>; rel="x"',
  ]);
});

test('other headers that a provider lists pass, except those that would act on the client as if the gateway had sent them', () => {
  const headers = {
    'x-request-id': 'r1',
    'x-other': '1',
    'set-cookie': 'a=b',
    'writ-code': 'forged',
    'cache-control': 'public',
  };
  const wire = { response_headers: new Set(['x-request-id', 'set-cookie', 'writ-code', 'cache-control']) };
  const connection = { ...context.connection, provider: { ...plainProvider, wire } };
  expect(passingHeaders(headers, { ...context, connection })).toEqual(['x-request-id', 'r1']);
});
