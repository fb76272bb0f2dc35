/** Row 16 of the attack list, for those who hold a token: one task cannot take the broker, or the provider, from all others. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openScene, readStaging, type Scene } from '../support/scene.ts';
import { bytesOf, sendBytes } from '../support/wire.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());

/**
 * Sends so many at once, and expects no more of them to be served than the rate allows (60 a second, 120 at once), the rest to be
 * told to wait, and another task not to notice.
 */
async function flood(
  send: (token: string) => Promise<{ readonly status: number; readonly headers: Headers }>,
): Promise<void> {
  const [greedy, modest] = [await scene.token(), await scene.token()];
  const began = Date.now();
  const answers = await Promise.all(Array.from({ length: 300 }, () => send(greedy.access_token)));
  const allowed = 120 + Math.ceil(((Date.now() - began) / 1000) * 60) + 1;
  const limited = answers.filter(({ status }) => status === 429);
  const served = answers.filter(({ status }) => status === 200);
  expect(served.length).toBeGreaterThanOrEqual(120);
  expect(served.length).toBeLessThanOrEqual(allowed);
  expect(served.length + limited.length).toBe(300);
  expect(limited.every(({ headers }) => Number(headers.get('retry-after')) >= 1)).toBe(true);
  expect((await send(modest.access_token)).status).toBe(200);
}

test('at the gateway', () => flood((token) => scene.graphql(token, readStaging())));

test('where a request is explained, which asks the provider too', async () => {
  const request = {
    method: 'POST',
    path: '/graphql/v2',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: readStaging() }),
  };
  const body = JSON.stringify({ connection: 'railway', request });
  await flood((token) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return scene.send('/api/v1/self/explain', { method: 'POST', headers, body });
  });
});

test.each<[string, readonly string[]]>([
  ['a head of 20 kB', [`X-Filler: ${'x'.repeat(20_000)}`]],
  ['a thousand headers', Array.from({ length: 1_000 }, (_, n) => `X-${n}: 1`)],
  ['a hundred and one headers', Array.from({ length: 101 }, (_, n) => `X-${n}: 1`)],
  ['a body said to be of 10 GB', ['Content-Length: 10000000000']],
  ['a body of more bytes than numbers have', ['Content-Length: 99999999999999999999999']],
])('%s is refused before it is read, at the gateway and elsewhere', async (_, lines) => {
  const { access_token } = await scene.token();
  const all = [`Authorization: Bearer ${access_token}`, 'Content-Type: application/json', ...lines];
  for (const target of ['/gateway/railway/graphql/v2', '/api/v1/self/explain', '/oauth/token']) {
    const answers = await sendBytes(
      scene.broker.url,
      bytesOf(scene.broker.url, { method: 'POST', target, lines: all }),
    );
    // The API takes as many headers as Node does; what it then wants is a body.
    expect(answers.length).toBe(1);
    for (const { status } of answers) expect([400, 413, 415, 422]).toContain(status);
  }
  expect((await scene.graphql(access_token, readStaging())).status).toBe(200);
});

test('at the token endpoint, by one client', async () => {
  const agent = await scene.client();
  const began = Date.now();
  const answers = await Promise.all(Array.from({ length: 200 }, () => scene.tokenAnswer(agent)));
  const allowed = 100 + Math.ceil(((Date.now() - began) / 1000) * 20) + 1;
  expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(allowed);
  expect(answers.every(({ status }) => status === 200 || status === 429)).toBe(true);
});
