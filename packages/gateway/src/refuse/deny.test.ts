/** How a refusal is written: its shape, its status, and whether it tells the client to repeat the request. */
import { type ErrorCode, WritError } from '@writ/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeGraphqlDeny } from '../../../providers/src/graphql/deny.ts';
import { plainProvider } from '../../test/plain-provider.ts';
import { asAgent, callerWith, startGateway, type TestGateway } from '../../test/support.ts';
import { type RecordingUpstream, startUpstream } from '../../test/upstream.ts';

let upstream: RecordingUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());
beforeEach(async () => {
  gateway = await startGateway({ upstream: upstream.origin });
});
afterEach(() => gateway.close());

const GRAPHQL = 'application/graphql-response+json';
const JSON_POST = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };

/** Reads the parts of an answer that the tests compare. */
async function read(response: Response) {
  const body = (await response.json()) as {
    readonly message?: string;
    readonly detail?: string;
    readonly data?: unknown;
    readonly errors?: readonly { readonly message: string; readonly extensions: { readonly writ: unknown } }[];
  };
  return { status: response.status, type: response.headers.get('content-type'), headers: response.headers, body };
}

describe('where no connection gives the shape', () => {
  const unknown = (init: RequestInit) => fetch(gateway.url.replace('/plain', '/nothing'), init).then(read);

  test.each<[string, RequestInit, string]>([
    ['a plain request', {}, 'application/problem+json'],
    ['a POST of JSON', JSON_POST, 'application/json'],
    ["who asks for GraphQL's media type", { headers: { accept: `${GRAPHQL}, application/json;q=0.9` } }, GRAPHQL],
  ])('%s is answered with a problem whose sentence clients of every kind find', async (_, init, type) => {
    const { status, type: answered, body } = await unknown(asAgent(init));
    expect([status, answered]).toEqual([404, type]);
    expect(body).toMatchObject({ code: 'connection_unknown', status: 404, message: body.detail });
    expect(body.errors).toMatchObject([{ message: body.detail, extensions: { writ: { code: 'connection_unknown' } } }]);
  });
});

describe('Retry-After stands only where repeating can help', () => {
  const refusedWith = async (error: WritError) => {
    gateway.ports.credential = () => Promise.reject(error);
    const { status, headers, body } = await read(await fetch(`${gateway.url}/x`, asAgent()));
    const { next } = (body as unknown as { writ: { next: { action: string } } }).writ;
    return [status, headers.get('retry-after'), next.action];
  };

  test('where Writ cannot serve just now', async () => {
    expect(await refusedWith(new WritError('unavailable'))).toEqual([503, '5', 'repeat']);
    expect(await refusedWith(new WritError('upstream_unavailable', { retry_after: 9 }))).toEqual([503, '9', 'repeat']);
  });

  test('not where a person must act first', async () => {
    const detail = 'The connection has no root credential.';
    expect(await refusedWith(new WritError('unavailable', { detail, ask_human: true }))).toEqual([
      503,
      null,
      'ask_human',
    ]);
  });

  test('not where it may have been done', async () => {
    expect(await refusedWith(new WritError('upstream_outcome_unknown'))).toEqual([503, null, 'stop']);
  });
});

describe('at a GraphQL provider', () => {
  beforeEach(() => {
    gateway.connection.provider = { ...plainProvider, deny: makeGraphqlDeny({ paths: ['/unknown'] }) };
  });
  const refused = (init: RequestInit = JSON_POST) => fetch(`${gateway.url}/unknown?a=1`, asAgent(init)).then(read);

  test('an agent gets the refusal of an operation as a 200 that no cache may keep', async () => {
    const { status, type, headers, body } = await refused();
    expect([status, type, headers.get('cache-control')]).toEqual([200, 'application/json', 'no-store']);
    expect([headers.get('writ-code'), body.data]).toEqual(['operation_unknown', null]);
    expect(body.errors?.[0]?.message).toMatch(/^Nothing was sent\./);
  });

  test('a client that asks for the media type of GraphQL gets the refusal in it, with the status of the refusal', async () => {
    const headers = { 'content-type': 'application/json', accept: GRAPHQL };
    const { status, type } = await refused({ ...JSON_POST, headers });
    expect([status, type]).toEqual([403, GRAPHQL]);
  });

  test.each(['ci', 'automation'] as const)(
    'a client of kind %s gets the status of the refusal',
    async (client_kind) => {
      gateway.ports.authenticate = async () => ({ ...callerWith(['*']), client_kind });
      expect((await refused()).status).toBe(403);
    },
  );

  test('an agent whose good token is frozen is told so, with the reason; a stranger gets the code alone', async () => {
    const detail = 'Everything was frozen: drill.';
    gateway.ports.authenticate = () => Promise.reject(new WritError('frozen', { detail }));
    expect(await refused()).toMatchObject({
      status: 403,
      body: { errors: [{ message: 'A freeze is in force.' }] },
    });
    const holder = { client_id: 'cli_1', task_id: 'tsk_1', jti: 'tok_1', kind: 'agent' as const };
    gateway.ports.authenticate = () => Promise.reject(new WritError('frozen', { detail, holder }));
    const { status, body } = await refused();
    expect([status, body.errors?.[0]?.message]).toEqual([
      200,
      'Nothing was sent. Everything was frozen: drill. Stop here until an owner has lifted the freeze.',
    ]);
  });

  test.each<[ErrorCode, number]>([
    ['invalid_token', 401],
    ['rate_limited', 429],
    ['unavailable', 503],
  ])('%s keeps its status', async (code, status) => {
    gateway.ports.authenticate = () => Promise.reject(new WritError(code));
    expect((await refused()).status).toBe(status);
  });

  test('a refused head keeps its status too, for every sender', async () => {
    const answer = await fetch(`${gateway.url}/unknown?a=1&a=2`, asAgent(JSON_POST)).then(read);
    expect(answer.status).toBe(400);
  });
});
