/** The introspection and revocation endpoints on a real broker: what they refuse, and what is refused after them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Agent, type Answer, basic, openScene, readStaging, type Scene } from '../support/scene.ts';
import { sendRaw } from '../support/wire.ts';

let scene: Scene;
let other: Agent;
beforeAll(async () => {
  scene = await openScene();
  other = await scene.client();
});
afterAll(() => scene.close());

const FORM = 'application/x-www-form-urlencoded';
const PATHS = ['/oauth/introspect', '/oauth/revoke'] as const;

async function post(path: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const proof = 'cookie' in headers ? {} : { authorization: basic(scene.agent) };
  const all = { 'content-type': FORM, ...proof, ...headers };
  for (;;) {
    const answer = await scene.send(path, { method: 'POST', headers: all, body });
    if (answer.status !== 429) return answer;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
const active = async (token: string): Promise<unknown> => {
  const { text } = await post('/oauth/introspect', `token=${token}`);
  return (JSON.parse(text) as { active?: unknown }).active;
};
const works = async (token: string): Promise<number> => (await scene.graphql(token, readStaging())).status;

describe.each(PATHS)('%s', (path) => {
  test('takes a form by POST, once, in the body, of at most 32 KiB', async () => {
    const { access_token: token } = await scene.token();
    const answers = [
      await post(path, JSON.stringify({ token }), { 'content-type': 'application/json' }),
      await post(`${path}?token=${token}`, ''),
      await post(path, `token=${token}&token=${token}`),
      await post(path, `token=${token}&client_id=a&client_id=b`),
      await post(path, ''),
    ];
    for (const { status, text, headers } of answers) {
      expect([status, JSON.parse(text)]).toMatchObject([400, { error: 'invalid_request' }]);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(text).not.toContain(token);
    }
    expect((await post(path, `token=${'x'.repeat(32 * 1024)}`)).status).toBe(413);
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const { status, headers } = await scene.send(`${path}`, { method });
      expect([status, headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
    }
    expect(await works(token)).toBe(200);
  });

  test('tells nothing to those who are no client, and the same for everything that is wrong', async () => {
    const { access_token: token } = await scene.token();
    const session = { cookie: scene.owner.cookie };
    const answers = [
      await post(path, `token=${token}`, { authorization: basic({ ...scene.agent, secret: 'writ_cs_wrong' }) }),
      await post(path, `token=${token}`, { authorization: basic({ client_id: 'nobody', secret: 'x' }) }),
      await post(path, `token=${token}`, { authorization: `Bearer ${token}` }),
      await post(path, `token=${token}`, session),
    ];
    for (const { status, headers } of answers) {
      expect(status).toBe(401);
      expect(headers.get('cache-control')).toBe('no-store');
    }
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    // Of a secret in the form everybody is told where it belongs, whether it is right or not.
    const inForm = (client_secret: string) =>
      post(path, `token=${token}&client_id=${scene.agent.client_id}&client_secret=${client_secret}`, session);
    const [right, wrong] = [await inForm(scene.agent.secret), await inForm('writ_cs_wrong')];
    expect([right.status, right.text]).toEqual([401, wrong.text]);
    expect(await works(token)).toBe(200);
  });

  test('takes one proof, not two', async () => {
    const both = 'client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion=a.b.c';
    const { status, text } = await post(path, `token=x&${both}`);
    expect([status, JSON.parse(text)]).toMatchObject([400, { error: 'invalid_request' }]);
  });

  test('answers what is no token as any other that is not active', async () => {
    for (const bad of ['x', 'a.b.c', '%E2%80%AE', '..', 'null', encodeURIComponent("' or 1=1 --")]) {
      const { status, text } = await post(path, `token=${bad}`);
      expect([status, text.trim()]).toEqual([200, path === '/oauth/revoke' ? '' : '{"active":false}']);
    }
    expect((await post(path, 'token=%00')).status).toBe(400);
  });

  test('is not another resource of the gateway, under any Host', async () => {
    const lines = [
      `Host: evil.example.com`,
      `Authorization: ${basic(scene.agent)}`,
      `Content-Type: ${FORM}`,
      'Content-Length: 7',
    ];
    const answer = await sendRaw(scene.broker.url, { method: 'POST', target: path, lines, body: 'token=x' });
    expect(answer.status).toBe(421);
  });
});

test('an introspection answers in no time for nobody: it is rate-limited as the token endpoint is', async () => {
  const body = new URLSearchParams({ token: 'x' });
  const headers = { authorization: basic(other) };
  const ask = () => scene.send('/oauth/introspect', { method: 'POST', headers, body });
  let refused: Answer | undefined;
  // However slowly they are served meanwhile, more come than the rate lets through.
  while (refused === undefined) {
    const answers = await Promise.all(Array.from({ length: 150 }, ask));
    refused = answers.find(({ status }) => status === 429);
  }
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
});

test('a client sees and ends its own tokens alone', async () => {
  const { access_token: token } = await scene.token();
  const asOther = { authorization: basic(other) };
  expect((await post('/oauth/introspect', `token=${token}`, asOther)).text.trim()).toBe('{"active":false}');
  expect((await post('/oauth/revoke', `token=${token}`, asOther)).status).toBe(200);
  expect([await works(token), await active(token)]).toEqual([200, true]);
  const tried = await scene.audit({ kind: 'token.revocation_ignored', client_id: other.client_id });
  expect(tried).toMatchObject([{ result: 'other_client', data: { token_client_id: scene.agent.client_id } }]);
});

test('a revoked token is refused on the very next request, at the gateway and at self', async () => {
  for (let round = 0; round < 10; round += 1) {
    const { access_token: token } = await scene.token();
    expect(await works(token)).toBe(200);
    expect((await post('/oauth/revoke', `token=${token}`)).status).toBe(200);
    expect(await works(token)).toBe(401);
    const self = await scene.send('/api/v1/self', { headers: { authorization: `Bearer ${token}` } });
    expect(self.status).toBe(401);
  }
});

test('a revocation while requests are under way: none that begins after it is answered', async () => {
  const { access_token: token } = await scene.token();
  const revoked = post('/oauth/revoke', `token=${token}`);
  await Promise.all([revoked, ...Array.from({ length: 20 }, () => works(token))]);
  expect(await works(token)).toBe(401);
});

test('no log line and no answer holds a token or a secret', () => {
  expect(scene.broker.logs()).not.toMatch(/eyJ|writ_cs_/);
});
