/** Rows 17, 22, 23 and 24 of the attack list: what each kind of proof opens, on every route. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Access } from '../support/owner.ts';
import { PUBLIC } from '../support/public-routes.ts';
import {
  arrived,
  GRAPHQL_HEADERS,
  type Issued,
  openScene,
  readStaging,
  refusalOf,
  type Scene,
} from '../support/scene.ts';
import { sendRaw } from '../support/wire.ts';
import { bearer, callRoute, routes } from './routes.ts';

let scene: Scene;
let auditor: Access;
let mine: Issued;
beforeAll(async () => {
  scene = await openScene();
  mine = await scene.token(scene.agent, { task: 'mine' });
  auditor = await scene.owner.invite('auditor');
});
afterAll(() => scene.close());

describe('row 23: nothing but health, the document, set-up, sign-in and one-time links answers a stranger', () => {
  test('the public routes are those few', () => {
    expect(
      routes
        .filter(([, { guard }]) => guard.kind === 'public')
        .map(([id]) => id)
        .sort(),
    ).toEqual([...PUBLIC].sort());
  });

  test.each(routes.filter(([id]) => !PUBLIC.includes(id)))('%s', async (...route) => {
    expect([401]).toContain((await callRoute(scene, route[1], { headers: {} })).status);
    expect(
      (
        await callRoute(scene, route[1], {
          headers: { 'x-forwarded-user': 'owner@example.com', 'x-remote-user': 'root', 'x-writ-user': 'owner' },
        })
      ).status,
    ).toBe(401);
  });
});

describe('row 17 and 24: no proof of one kind does the work of another', () => {
  test.each(routes.filter(([, { guard }]) => guard.kind === 'user'))(
    'an agent with a token for the gateway is nobody at %s',
    async (...route) => {
      const answer = await callRoute(scene, route[1], { headers: bearer(mine.access_token) });
      expect(refusalOf(answer)).toEqual([401, 'invalid_token']);
    },
  );

  test.each(routes.filter(([, { guard }]) => guard.kind === 'access_token'))(
    'a session is nobody at %s',
    async (...route) => {
      expect((await callRoute(scene, route[1], { headers: { cookie: scene.owner.cookie } })).status).toBe(401);
      expect((await callRoute(scene, route[1], { headers: bearer(await cliSession()) })).status).toBe(401);
    },
  );

  test('neither an owner session nor a one-time secret opens the gateway', async () => {
    const body = JSON.stringify({ query: readStaging('Session') });
    const send = (headers: Record<string, string>) =>
      scene.send('/gateway/railway/graphql/v2', {
        method: 'POST',
        headers: { ...GRAPHQL_HEADERS, ...headers },
        body,
      });
    const session = await cliSession();
    expect(refusalOf(await send(bearer(session)))).toEqual([401, 'invalid_token']);
    expect(refusalOf(await send({ cookie: scene.owner.cookie }))).toEqual([401, 'invalid_token']);
    expect(refusalOf(await send({ ...bearer(mine.access_token), cookie: scene.owner.cookie }))).toEqual([
      403,
      'browser_refused',
    ]);
    expect(refusalOf(await send({ 'project-access-token': session }))).toEqual([401, 'invalid_token']);
    expect(refusalOf(await send(bearer(scene.agent.secret)))).toEqual([401, 'invalid_token']);
    expect(refusalOf(await send(bearer(scene.railway.tokens.account)))).toEqual([401, 'invalid_token']);
    // Raw, because fetch sets this header itself.
    const lines = [
      `Authorization: Bearer ${mine.access_token}`,
      `Accept: ${GRAPHQL_HEADERS.accept}`,
      'Sec-Fetch-Mode: navigate',
      'Sec-Fetch-Dest: document',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
    ];
    const navigation = await sendRaw(scene.broker.url, {
      method: 'POST',
      target: '/gateway/railway/graphql/v2',
      lines,
      body,
    });
    expect(refusalOf(navigation)).toEqual([403, 'browser_refused']);
    expect(await arrived(scene, 'Session')).toEqual([]);
  });

  test.each(routes.filter(([, { guard }]) => guard.kind === 'user' && guard.proof === 'assertion'))(
    '%s takes neither a session, a stored session nor an automation token without an assertion',
    async (...route) => {
      for (const headers of [
        { cookie: scene.owner.cookie },
        bearer(await cliSession()),
        bearer((await automation()).access_token),
      ]) {
        expect(refusalOf(await callRoute(scene, route[1], { headers }))).toEqual([403, 'assertion_required']);
      }
      // A person's own account is everybody's: there is no lesser role.
      if (route[1].guard.kind === 'user' && route[1].guard.role === 'auditor') return;
      const wrong = await callRoute(scene, route[1], {
        headers: { cookie: auditor.cookie },
        body: { assertion: auditor.assertion },
      });
      expect(refusalOf(wrong)).toEqual([403, 'forbidden']);
    },
  );

  test('a stored session widens nothing without an assertion, and a wrong assertion is never passed over', async () => {
    const grant = {
      client_id: scene.agent.client_id,
      connection: 'railway',
      environments: ['production'],
      operations: ['*:destroy'],
    };
    const post = (headers: Record<string, string>, more: object = {}) =>
      scene.send('/api/v1/grants', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ ...grant, ...more }),
      });
    expect(refusalOf(await post(bearer(await cliSession())))).toEqual([403, 'recent_sign_in_required']);
    expect(
      refusalOf(await post({ cookie: scene.owner.cookie }, { assertion: { password: 'not the password at all' } })),
    ).toEqual([403, 'assertion_required']);
    expect(refusalOf(await post({ cookie: scene.owner.cookie }, { approved: true }))).toEqual([
      422,
      'validation_failed',
    ]);
  });

  test('an agent cannot claim that it was approved', async () => {
    const breaker = await scene.client([{ environments: ['production'], operations: ['*:destroy'] }]);
    const { access_token } = await scene.token(breaker);
    const send = (headers: Record<string, string>, members: object = {}) =>
      scene.send('/gateway/railway/graphql/v2', {
        method: 'POST',
        headers: { ...GRAPHQL_HEADERS, ...bearer(access_token), ...headers },
        body: JSON.stringify({ query: 'mutation Claimed { volumeDelete(volumeId: "v_prod") }', ...members }),
      });
    expect(refusalOf(await send({}))).toEqual([403, 'approval_required']);
    for (const headers of [
      { 'writ-approval': 'apr_00000000000000000000000000' },
      { 'x-approved': 'true' },
      { prefer: 'respond-async' },
      { 'x-writ-approved-by': 'owner' },
    ]) {
      expect(refusalOf(await send(headers))[0]).toBe(403);
    }
    expect(refusalOf(await send({}, { approved: true }))).toEqual([400, 'not_supported']);
    expect(await arrived(scene, 'Claimed')).toEqual([]);
  });

  async function cliSession(): Promise<string> {
    storedSession ??= sessionToken();
    return storedSession;
  }
  async function automation(): Promise<Issued> {
    automationToken ??= automationAccess();
    return automationToken;
  }
});

let storedSession: Promise<string> | undefined;
let automationToken: Promise<Issued> | undefined;

async function sessionToken(): Promise<string> {
  const { email, password } = scene.owner;
  const { text } = await scene.send('/api/v1/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password, client: 'cli' }),
  });
  return (JSON.parse(text) as { session_token: string }).session_token;
}

async function automationAccess(): Promise<Issued> {
  const { owner } = scene;
  const made = await owner.client.call('clients.create', {
    client_id: 'automation',
    kind: 'automation',
    name: 'Script',
    auth: { method: 'client_secret_basic' },
  });
  return await scene.token(
    { client_id: 'automation', secret: made.client_secret ?? '' },
    { resource: `${scene.broker.url}/api/v1` },
  );
}

describe('row 22: where the audit log goes is not for the API to say', () => {
  test('no route writes it, and none takes a path or an address for it', async () => {
    for (const [id, { method, path }] of routes) {
      // Pruning takes an owner and an assertion, and is an event itself.
      if (path.startsWith('/api/v1/audit') && id !== 'audit.prune') expect([id, method]).toEqual([id, 'GET']);
    }
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      for (const path of ['/api/v1/audit', '/api/v1/audit/export', '/api/v1/audit/1', '/api/v1/audit/sinks']) {
        const answer = await scene.send(path, {
          method,
          headers: { cookie: scene.owner.cookie, 'content-type': 'application/json' },
          body: '{"file":"x"}',
        });
        expect([404, 405]).toContain(answer.status);
      }
    }
  });
});

describe('another site in the owner browser', () => {
  test.each<[string, Record<string, string>]>([
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['a null origin', { origin: 'null' }],
    ['the same host on another port', { origin: 'http://localhost:1' }],
    ['cross-site by fetch metadata', { 'sec-fetch-site': 'cross-site' }],
    ['same-site by fetch metadata', { 'sec-fetch-site': 'same-site' }],
  ])('%s cannot use the session', async (_, headers) => {
    const init = { headers: { cookie: scene.owner.cookie, 'content-type': 'application/json', ...headers } };
    expect(
      (await scene.send('/api/v1/freeze', { ...init, method: 'POST', body: '{"all":true,"reason":"x"}' })).status,
    ).toBe(403);
    expect((await scene.send('/api/v1/me', init)).status).toBe(403);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'a form of type %s is not JSON',
    async (type) => {
      const headers = { cookie: scene.owner.cookie, ...(type !== '' && { 'content-type': type }) };
      const body = new Uint8Array(Buffer.from('{"all":true,"reason":"x"}'));
      expect((await scene.send('/api/v1/freeze', { method: 'POST', headers, body })).status).toBe(415);
    },
  );
});
