import { type ProviderRequest, Secret } from '@writ/core';
import { makeAuthorized } from '@writ/core/authorize';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { rootSecret } from '../test/support.ts';
import { type RecordingUpstream, startUpstream } from '../test/upstream.ts';
import { askUpstream } from './ask.ts';
import { createDialler, type Dialler } from './dial.ts';
import { DEFAULT_LIMITS } from './limits.ts';

let upstream: RecordingUpstream;
let dialler: Dialler;
beforeAll(async () => {
  upstream = await startUpstream();
  dialler = createDialler(DEFAULT_LIMITS);
});
afterAll(async () => {
  await dialler.close();
  await upstream.close();
});
beforeEach(() => {
  upstream.seen.length = 0;
});

const root = rootSecret();
const secret = new Secret(root, 'root');
const credential = { header: 'authorization', value: new Secret(`Bearer ${root}`, 'root'), secret };
const forward: ProviderRequest = {
  method: 'POST',
  path: '/q',
  query: '',
  headers: { 'content-type': 'application/json' },
  body: Buffer.from('{}'),
};

function question(origin = upstream.origin) {
  const value = {
    kind: 'read',
    connection_id: 'con_1',
    origin,
    environments: [],
    request_id: 'req_1',
    forward,
  } as const;
  const address = { origin: upstream.origin, base_url: `${upstream.origin}/base/`, allow_private: true };
  return { address, authorized: makeAuthorized(value), credential };
}

test('a question reaches the provider with its credential, and its answer is given whole, whatever its status', async () => {
  upstream.answer = (_request, response) => response.writeHead(418).end('{"a":1}');
  const { status, body } = await askUpstream(dialler.dispatch, question());
  expect([status, body.toString()]).toEqual([418, '{"a":1}']);
  expect(upstream.seen).toMatchObject([
    { method: 'POST', url: '/base/q', body: '{}', headers: { authorization: `Bearer ${root}` } },
  ]);
});

test('a question for another origin than the connection has is not asked', async () => {
  await expect(askUpstream(dialler.dispatch, question('https://other.example'))).rejects.toMatchObject({
    code: 'unavailable',
  });
  expect(upstream.seen).toEqual([]);
});

test('silence, an encoded answer and an echo of the credential are no answer', async () => {
  const bad: RecordingUpstream['answer'][] = [
    (_request, response) => response.destroy(),
    (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
    (_request, response) => response.end(`{"token":"${root}"}`),
  ];
  for (const answer of bad) {
    upstream.answer = answer;
    await expect(askUpstream(dialler.dispatch, question())).rejects.toMatchObject({ code: 'upstream_unavailable' });
  }
});
