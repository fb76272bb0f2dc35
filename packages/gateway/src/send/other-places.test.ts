/** A provider whose API has several hosts: the root credential goes only to those of the connection (invariant 9). */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { asAgent, startGateway, type TestGateway } from '../../test/support.ts';
import { type RecordingUpstream, startUpstream } from '../../test/upstream.ts';

let upstream: RecordingUpstream;
let uploads: RecordingUpstream;
let gateway: TestGateway;

beforeEach(async () => {
  [upstream, uploads] = await Promise.all([startUpstream(), startUpstream()]);
  gateway = await startGateway({ upstream: upstream.origin });
  gateway.connection.others = new Map([['uploads', placeAt(uploads.origin)]]);
});
afterEach(async () => {
  await gateway.close();
  await Promise.all([upstream.close(), uploads.close()]);
});

const placeAt = (origin: string) => ({ origin, base_url: `${origin}/v2`, allow_private: true });
const get = (path: string): Promise<Response> => fetch(`${gateway.url}${path}`, asAgent());

test('a request goes to the host of its operation, with the root credential', async () => {
  expect([(await get('/upload/1')).status, (await get('/x')).status]).toEqual([200, 200]);
  expect(uploads.seen.map(({ url, headers }) => [url, headers.authorization])).toEqual([
    ['/v2/upload/1', `Bearer ${gateway.root}`],
  ]);
  expect(upstream.seen.map(({ url }) => url)).toEqual(['/x']);
});

test('a redirect within another host of the API is rewritten to the gateway', async () => {
  uploads.answer = (_request, response) => void response.writeHead(201, { 'content-location': '/v2/upload/2' }).end();
  expect((await get('/upload/1')).headers.get('content-location')).toBe(`${gateway.url}/upload/2`);
});

test('an operation at a host that the connection lacks is refused before it is decided, and nothing is sent', async () => {
  gateway.connection.others = new Map();
  const answer = await get('/upload/1');
  expect([answer.status, answer.headers.get('writ-code')]).toEqual([400, 'not_supported']);
  expect(await answer.text()).toContain("the connection's base URL is not Plain's");
  expect([upstream.seen, uploads.seen, gateway.authorized]).toEqual([[], [], []]);
});

test.each<[string, () => void]>([
  ['is not there any more', () => (gateway.connection.others = new Map())],
  [
    'has a base URL of another origin',
    () => {
      const place = { ...placeAt(uploads.origin), origin: upstream.origin };
      gateway.connection.others = new Map([['uploads', place]]);
    },
  ],
  ['belongs to a connection that has moved', () => (gateway.connection.origin = uploads.origin)],
])('nothing is sent if the host %s after the request was authorized', async (_, change) => {
  const { authorize } = gateway.ports;
  gateway.ports.authorize = async (request) => {
    const authorized = await authorize(request);
    change();
    return authorized;
  };
  expect((await get('/upload/1')).status).toBe(503);
  expect([upstream.seen, uploads.seen]).toEqual([[], []]);
});

test('a forbidden address is refused at each host separately', async () => {
  gateway.connection.others = new Map([['uploads', { ...placeAt(uploads.origin), allow_private: false }]]);
  expect((await get('/upload/1')).headers.get('writ-code')).toBe('upstream_unavailable');
  expect(uploads.connections).toBe(0);
  expect((await get('/x')).status).toBe(200);
});
