/** How the code of a provider asks its API: it gets the answer, except one that holds the root credential. */
import { type Classified, Secret, WritError } from '@writ/core';
import { makeAuthorized } from '@writ/core/authorize';
import type { Question } from '@writ/providers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { plainProvider } from '../../test/plain-provider.ts';
import { rootSecret } from '../../test/support.ts';
import { type RecordingUpstream, startUpstream } from '../../test/upstream.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { createAsk } from './ask.ts';
import { createDialler, type Dialler } from './dial.ts';

let upstream: RecordingUpstream;
let dialler: Dialler;
const root = rootSecret();
const flagged: string[] = [];

beforeAll(async () => {
  upstream = await startUpstream();
  dialler = createDialler(DEFAULT_LIMITS);
});
afterEach(() => {
  upstream.seen.length = 0;
  flagged.length = 0;
});
afterAll(async () => {
  await dialler.close();
  await upstream.close();
});

/** Gives the proof for a question that only reads, as the broker does. */
function authorize({ forward, operations }: Classified, origin = upstream.origin) {
  if (operations.some(({ effect }) => effect !== 'read')) throw new WritError('internal');
  return makeAuthorized({
    kind: 'read',
    connection_id: 'con_1',
    origin,
    environments: [],
    request_id: 'req_1',
    forward,
  });
}

function ask({ path = '/x', method = 'GET', query = '' } = {}, origin?: string) {
  const own = { origin: upstream.origin, base_url: `${upstream.origin}/v1`, allow_private: true };
  const connection = { ...own, others: new Map([['uploads', { ...own, base_url: `${upstream.origin}/files` }]]) };
  const question: Question = { name: 'thing', request: { method, path, query, headers: {}, body: new Uint8Array() } };
  return createAsk({
    dispatch: dialler.dispatch,
    connection,
    provider: plainProvider,
    authorize: (classified) => authorize(classified, origin),
    credential: async () => ({
      sign: async () => [{ header: 'authorization', value: new Secret(`Bearer ${root}`, 'root') }],
      secret: new Secret(root, 'root'),
    }),
    echoed: async ({ value }) => {
      flagged.push(value.request_id);
    },
  })(question);
}

const textOf = ({ body }: { readonly body: Uint8Array }): string => new TextDecoder().decode(body);

describe('an answer', () => {
  test.each([200, 204, 301, 401, 403, 404, 409, 429, 500])('of status %d is handed on as it came', async (status) => {
    const body = status === 204 ? '' : `{"status":${status}}`;
    upstream.answer = (_request, response) => {
      response.writeHead(status, { location: `${upstream.origin}/elsewhere`, 'x-total': '7' }).end(body);
    };
    const answer = await ask();
    expect([answer.status, textOf(answer), answer.headers.get('x-total')]).toEqual([status, body, '7']);
    // A redirect is an answer like any other.
    expect(upstream.seen.map(({ url }) => url)).toEqual(['/v1/x']);
  });

  test('has its headers under lower-case names, repeated ones joined, without cookies', async () => {
    upstream.answer = (_request, response) => {
      const link = ['<https://a.example/?page=2>; rel="next"', '<https://a.example/?page=9>; rel="last"'];
      response.writeHead(200, { Link: link, 'Set-Cookie': ['a=1', 'b=2'] }).end();
    };
    const { headers } = await ask();
    expect(headers.get('link')).toBe(
      '<https://a.example/?page=2>; rel="next", <https://a.example/?page=9>; rel="last"',
    );
    expect(headers.has('set-cookie')).toBe(false);
    expect(headers.get('constructor')).toBeUndefined();
  });

  test('that is not JSON is handed on too: the gateway does not interpret it', async () => {
    upstream.answer = (_request, response) => void response.writeHead(502).end('<html>');
    expect(textOf(await ask())).toBe('<html>');
  });
});

describe('an answer is not handed on', () => {
  test.each([
    ['in its body', () => [{}, `{"token":"${root}"}`] as const],
    ['in its body, encoded', () => [{}, Buffer.from(root).toString('base64')] as const],
    ['in a header', () => [{ 'x-debug': `Bearer ${root}` }, '{}'] as const],
    ['in one of several headers of a name', () => [{ 'x-debug': ['1', root] }, '{}'] as const],
  ])('that holds the root credential %s, and the credential is flagged', async (_, made) => {
    upstream.answer = (_request, response) => {
      const [headers, body] = made();
      response.writeHead(404, headers).end(body);
    };
    const error: unknown = await ask().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'upstream_unavailable', message: expect.stringContaining('was withheld') });
    expect(JSON.stringify(error) + String(error)).not.toContain(root);
    expect(flagged).toEqual(['req_1']);
  });

  test('that is longer than 16 MiB', async () => {
    const piece = Buffer.alloc(1024 * 1024, 'x');
    upstream.answer = (_request, response) => {
      response.writeHead(200).on('error', () => undefined);
      for (let n = 0; n < 17; n += 1) response.write(piece);
      response.end();
    };
    await expect(ask()).rejects.toMatchObject({
      code: 'upstream_unavailable',
      message: expect.stringContaining('too long'),
    });
  });

  test('that comes in an encoding', async () => {
    upstream.answer = (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
    await expect(ask()).rejects.toMatchObject({
      code: 'upstream_unavailable',
      message: expect.stringContaining('encoding'),
    });
  });

  test('that breaks off', async () => {
    upstream.answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{');
      setImmediate(() => response.destroy());
    };
    await expect(ask()).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });
});

test('a question is sent to the host of the API that its operation has', async () => {
  upstream.answer = (_request, response) => void response.end();
  await ask({ path: '/upload/1' });
  expect(upstream.seen.map(({ url }) => url)).toEqual(['/files/upload/1']);
});

describe('nothing is sent', () => {
  test.each([
    ['that is not a read', { path: '/do/destroy', method: 'POST' }],
    ['in another spelling than the one that is judged', { path: '/a%2Fb' }],
    ['with a parameter that comes twice', { query: 'a=1&a=2' }],
  ])('for a question %s', async (_, question) => {
    await expect(ask(question)).rejects.toThrow(WritError);
    expect(upstream.seen).toEqual([]);
  });

  test('if the proof is for another origin', async () => {
    await expect(ask({}, 'https://other.example')).rejects.toMatchObject({ code: 'unavailable' });
    expect(upstream.seen).toEqual([]);
  });
});
