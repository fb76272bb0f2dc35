/** Rows 1 to 4 and 28 of the attack list: paths, hosts, framing, forward-proxy forms, methods nobody listed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arrived, expectRecorded, openScene, readStaging, refusalOf, type Scene, tokens } from '../support/scene.ts';
import { bytesOf, type RawRequest, sendBytes, sendRaw } from '../support/wire.ts';

let scene: Scene;
let token: () => Promise<string>;
beforeAll(async () => {
  scene = await openScene({ env: { WRIT_GATEWAY_DOMAIN: 'gw.localhost' } });
  token = tokens(scene);
});
afterAll(() => scene.close());

const MARK = 'Framing';
const body = JSON.stringify({ query: readStaging(MARK) });
const ENDPOINT = '/gateway/railway/graphql/v2';

/** A good request, but for what is given. */
async function good(change: Partial<RawRequest> & { readonly framing?: readonly string[] } = {}): Promise<RawRequest> {
  const { framing = [`Content-Length: ${(change.body ?? body).length}`], lines = [], ...rest } = change;
  const own = [
    `Authorization: Bearer ${await token()}`,
    'Content-Type: application/json',
    'Accept: application/graphql-response+json',
  ];
  return { method: 'POST', target: ENDPOINT, body, ...rest, lines: [...own, ...framing, ...lines] };
}

const nothingArrived = async (): Promise<void> => expect(await arrived(scene, MARK)).toEqual([]);

test('the request that all others are made from goes through, by path and by host name, and arrives framed anew', async () => {
  expect((await sendRaw(scene.broker.url, await good())).status).toBe(200);
  const lines = [`Host: railway.gw.localhost:${new URL(scene.broker.url).port}`];
  expect((await sendRaw(scene.broker.url, await good({ target: '/graphql/v2', lines }))).status).toBe(200);
  const chunked = {
    framing: ['Transfer-Encoding: chunked'],
    body: `5\r\n${body.slice(0, 5)}\r\n${(body.length - 5).toString(16)}\r\n${body.slice(5)}\r\n0\r\n\r\n`,
  };
  expect((await sendRaw(scene.broker.url, await good(chunked))).status).toBe(200);
  const { requests } = await scene.railway.recorded();
  const mine = requests.filter((request) => request.body.includes(MARK));
  expect(mine).toHaveLength(3);
  for (const { path, headers } of mine) {
    expect(path).toBe('/graphql/v2');
    expect(headers['content-length']).toBe(mine[0]?.headers['content-length']);
    expect(headers['transfer-encoding']).toBeUndefined();
  }
  await scene.railway.reset();
});

describe('row 1: a path with a second reading is refused, in both forms of the URL', () => {
  const paths = String.raw`
    /graphql/../graphql/v2 /./graphql/v2 /graphql/v2/. /graphql/v2/.. /graphql/%2e%2e/graphql/v2
    /graphql/%2E%2E/graphql/v2 /graphql/.%2e/v2 //graphql/v2 /graphql//v2 /graphql/v2// /graphql\v2 /graphql%5cv2
    /graphql%5Cv2 /graphql%2fv2 /graphql%2Fv2 /graphql/v2;jsessionid=1 /graphql;/v2 /..;/graphql/v2 /graphql/v2%3B
    /graphql/v2%3Fx /graphql/v2%23 /graphql/v2%00 /graphql/v2%0d%0aX:1 /%67raphql/v2 /graphql/v2%20
    /graphql/v2%252e /graphql/%c0%ae%c0%ae/v2 /graphql/%E2%80%AEv2 /graphql/v2% /graphql/v2?a=1&a=2
    /graphql/v2?a=1;b=2 /graphql/v2?access_token=x`.trim();
  test.each(paths.split(/\s+/))('%s', async (path) => {
    const byPath = await sendRaw(scene.broker.url, await good({ target: `/gateway/railway${path}` }));
    const lines = [`Host: railway.gw.localhost:${new URL(scene.broker.url).port}`];
    const byHost = await sendRaw(scene.broker.url, await good({ target: path, lines }));
    expect(byPath.status).toBe(path.endsWith('%20') ? 403 : 400);
    expect(refusalOf(byHost)).toEqual(refusalOf(byPath));
    await expectRecorded(scene, byPath);
    await nothingArrived();
  });

  test.each([
    '/gateway/railway/graphql/v2#x',
    '/gateway/railway/graphql/v2 x',
    '/gateway/railway/\x00',
    '/gateway/railway/\xe4',
  ])('bytes that no target has: %j', async (target) => {
    expect((await sendRaw(scene.broker.url, await good({ target }))).status).toBe(400);
    await nothingArrived();
  });

  test.each([
    '/gateway/../api/v1/me',
    '/gateway/railway/../../api/v1/me',
    '/api/v1/../../gateway/railway/graphql/v2',
    '/gateway%2frailway/graphql/v2',
    '/GATEWAY/railway/graphql/v2',
    '/gateway//railway/graphql/v2',
    '//gateway/railway/graphql/v2',
    '/gateway/Railway/graphql/v2',
    '/gateway/railway%2e/graphql/v2',
  ])('%s is neither another door of the server nor of the gateway', async (target) => {
    const answer = await sendRaw(scene.broker.url, await good({ target }));
    expect([400, 403, 404, 405]).toContain(answer.status);
    await nothingArrived();
  });
});

describe('row 2: the host asked is the host that answers', () => {
  test.each<[string, readonly string[], number]>([
    ['another host', ['Host: backboard.railway.com'], 421],
    ['the provider, with our port', ['Host: backboard.railway.com:PORT'], 421],
    ['another connection under the gateway domain', ['Host: other.gw.localhost:PORT'], 404],
    ['two labels under the gateway domain', ['Host: a.railway.gw.localhost:PORT'], 421],
    ['the gateway domain itself', ['Host: gw.localhost:PORT'], 421],
    ['a longer name that ends alike', ['Host: railway.evilgw.localhost:PORT'], 421],
    ['user information', ['Host: localhost:PORT@evil.example'], 421],
    ['brackets', ['Host: [localhost]:PORT'], 421],
    ['another port', ['Host: localhost:1'], 421],
    ['two hosts', ['Host: localhost:PORT', 'Host: evil.example'], 400],
    ['two hosts, ours second', ['Host: evil.example', 'Host: localhost:PORT'], 421],
    ['an empty host', ['Host: '], 421],
  ])('%s', async (_, hosts, status) => {
    const lines = hosts.map((line) => line.replace('PORT', new URL(scene.broker.url).port));
    const answer = await sendRaw(scene.broker.url, await good({ lines }));
    expect([answer.status, answer.headers.get('writ-code')]).toEqual([status, expect.any(String)]);
    await nothingArrived();
  });

  test('forwarded headers change nothing of where a request goes, nor do they go along', async () => {
    const lines = [
      'X-Forwarded-Host: evil.example',
      'X-Forwarded-Proto: https',
      'X-Forwarded-For: 127.0.0.1',
      'Forwarded: host=evil.example',
      'X-Real-IP: 127.0.0.1',
      'Via: 1.1 evil',
    ];
    expect((await sendRaw(scene.broker.url, await good({ lines }))).status).toBe(200);
    const { requests } = await scene.railway.recorded();
    const mine = requests.find((request) => request.body.includes(MARK));
    const names = Object.keys(mine?.headers ?? {}).sort();
    expect(names).toEqual([
      'accept',
      'accept-encoding',
      'authorization',
      'connection',
      'content-length',
      'content-type',
      'host',
      'user-agent',
    ]);
    expect(mine?.headers['host']).toBe(new URL(scene.railway.url).host);
    await scene.railway.reset();
  });
});

describe('row 3: a request with two framings, or a second one inside, is refused', () => {
  const smuggled = bytesOf('http://localhost', { target: ENDPOINT, lines: [`X-Mark: ${MARK}`] });
  test.each<
    [
      string,
      { framing: readonly string[]; lines?: readonly string[]; body?: string; version?: string; method?: string },
    ]
  >([
    ['two lengths alike', { framing: [`Content-Length: ${body.length}`, `Content-Length: ${body.length}`] }],
    ['two lengths unlike', { framing: [`Content-Length: ${body.length}`, 'Content-Length: 1'] }],
    ['a list of lengths', { framing: [`Content-Length: ${body.length}, ${body.length}`] }],
    ['a signed length', { framing: [`Content-Length: +${body.length}`] }],
    ['a length in hex', { framing: ['Content-Length: 0x40'] }],
    [
      'length, then encoding',
      { framing: [`Content-Length: ${body.length}`, 'Transfer-Encoding: chunked'], body: `0\r\n\r\n${smuggled}` },
    ],
    [
      'encoding, then length',
      { framing: ['Transfer-Encoding: chunked', 'Content-Length: 5'], body: `0\r\n\r\n${smuggled}` },
    ],
    ['an encoding that is not chunked', { framing: ['Transfer-Encoding: identity'] }],
    ['chunked behind another', { framing: ['Transfer-Encoding: gzip, chunked'], body: '0\r\n\r\n' }],
    ['chunked twice', { framing: ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], body: '0\r\n\r\n' }],
    ['an obscured encoding', { framing: ['Transfer-Encoding: xchunked'], body: '0\r\n\r\n' }],
    ['a tab in the encoding', { framing: ['Transfer-Encoding:\x0bchunked'], body: '0\r\n\r\n' }],
    ['a space before the colon', { framing: ['Transfer-Encoding : chunked'], body: '0\r\n\r\n' }],
    ['a folded header', { framing: ['Transfer-Encoding:', ' chunked'], body: '0\r\n\r\n' }],
    ['chunk extensions that hide a line', { framing: ['Transfer-Encoding: chunked'], body: `1;x=\r\n{\r\n0\r\n\r\n` }],
    ['a bare line feed', { framing: [`Content-Length: ${body.length}\nX: y`] }],
    [
      'a carriage return in a header',
      { framing: [`Content-Length: ${body.length}`], lines: ['X-A: a\rTransfer-Encoding: chunked'] },
    ],
    ['a NUL in a header', { framing: [`Content-Length: ${body.length}`], lines: ['X-A: a\0b'] }],
    ['HTTP/1.0 with chunks', { framing: ['Transfer-Encoding: chunked'], body: '0\r\n\r\n', version: '1.0' }],
    ['HTTP/2 by prior knowledge', { framing: [], method: 'PRI', version: '2.0' }],
    ['a body with GET', { framing: [`Content-Length: ${body.length}`], method: 'GET' }],
    ['a trailer', { framing: ['Transfer-Encoding: chunked', 'Trailer: x-a'], body: '0\r\nx-a: b\r\n\r\n' }],
    [
      'an unannounced trailer',
      {
        framing: ['Transfer-Encoding: chunked'],
        body: `${body.length.toString(16)}\r\n${body}\r\n0\r\nAuthorization: x\r\n\r\n`,
      },
    ],
    ['a part of a body', { framing: [`Content-Length: ${body.length}`], lines: ['Content-Range: bytes 0-1/2'] }],
    [
      'a method in a header',
      { framing: [`Content-Length: ${body.length}`], lines: ['X-HTTP-Method-Override: DELETE'] },
    ],
    [
      'a path in a header',
      { framing: [`Content-Length: ${body.length}`], lines: ['X-Original-URL: /graphql/internal'] },
    ],
    ['a compressed body', { framing: [`Content-Length: ${body.length}`], lines: ['Content-Encoding: gzip'] }],
    ['an expectation nobody knows', { framing: [`Content-Length: ${body.length}`], lines: ['Expect: 200-ok'] }],
  ])('%s', async (_, change) => {
    const answers = await sendBytes(scene.broker.url, bytesOf(scene.broker.url, await good(change)));
    for (const answer of answers) expect(answer.status).toBe(400);
    await nothingArrived();
  });

  test.each<[string, readonly string[], readonly number[]]>([
    ['an upgrade that is offered', ['Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'], [200]],
    ['an expectation of 100 Continue', ['Expect: 100-continue'], [100, 200]],
  ])('%s changes nothing of a request', async (_, lines, statuses) => {
    const answers = await sendBytes(scene.broker.url, bytesOf(scene.broker.url, await good({ lines })));
    expect(answers.map(({ status }) => status)).toEqual(statuses);
    await scene.railway.reset();
  });

  test('what stands behind a whole request is a request of its own, judged with its own token', async () => {
    const first = bytesOf(scene.broker.url, { ...(await good()), lines: [...((await good()).lines ?? [])] }).replace(
      'Connection: close\r\n',
      '',
    );
    const second = bytesOf(scene.broker.url, {
      target: ENDPOINT,
      method: 'POST',
      lines: ['Content-Type: application/json', 'Content-Length: 2'],
      body: '{}',
    });
    const answers = await sendBytes(scene.broker.url, first + second);
    expect(answers.map(({ status }) => status)).toEqual([200, 401]);
    await scene.railway.reset();
  });
});

describe('row 4: a forward-proxy request does not go around the pipeline', () => {
  test.each<[string, string]>([
    ['POST', 'http://backboard.railway.com/graphql/v2'],
    ['POST', 'https://backboard.railway.com/graphql/v2'],
    ['POST', 'UPSTREAM/graphql/v2'],
    ['POST', 'BROKER/gateway/railway/graphql/v2'],
    ['GET', 'UPSTREAM/'],
    ['OPTIONS', '*'],
    ['POST', 'railway/graphql/v2'],
  ])('%s %s', async (method, form) => {
    const target = form.replace('UPSTREAM', scene.railway.url).replace('BROKER', scene.broker.url);
    const answer = await sendRaw(scene.broker.url, await good({ method, target }));
    expect(answer.status).toBe(400);
    expect((await scene.railway.recorded()).connections).toBe(0);
  });

  test('CONNECT opens nothing', async () => {
    const target = new URL(scene.railway.url).host;
    const answers = await sendBytes(scene.broker.url, bytesOf(scene.broker.url, { method: 'CONNECT', target }));
    for (const { status } of answers) expect(status).toBeGreaterThanOrEqual(400);
    expect((await scene.railway.recorded()).connections).toBe(0);
  });
});

describe('row 28: what no rule names is refused', () => {
  test.each<[string, string, number]>([
    ['GET', ENDPOINT, 400],
    ['PUT', ENDPOINT, 400],
    ['DELETE', ENDPOINT, 400],
    ['PATCH', ENDPOINT, 400],
    ['HEAD', ENDPOINT, 400],
    ['TRACE', ENDPOINT, 400],
    ['OPTIONS', ENDPOINT, 400],
    ['PROPFIND', ENDPOINT, 400],
    ['QUERY', ENDPOINT, 400],
    ['LINK', ENDPOINT, 400],
    ['POST', '/gateway/railway', 403],
    ['POST', '/gateway/railway/', 403],
    ['POST', '/gateway/railway/graphql', 403],
    ['POST', '/gateway/railway/graphql/v2/', 403],
    ['POST', '/gateway/railway/graphql/v1', 403],
    ['POST', '/gateway/railway/graphql/internal', 403],
    ['POST', '/gateway/railway/GraphQL/v2', 403],
    ['POST', '/gateway', 404],
    ['POST', '/gateway/', 404],
    ['POST', '/gateway/other/graphql/v2', 404],
  ])('%s %s', async (method, target, status) => {
    const noBody = method === 'GET' || method === 'HEAD' ? { body: '', framing: [] } : {};
    const answer = await sendRaw(scene.broker.url, await good({ method, target, ...noBody }));
    expect(answer.status).toBe(status);
    await nothingArrived();
  });
});
