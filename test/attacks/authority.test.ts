/** Rows 17, 19, 20, 22, 23 and 25 of the attack list: who may do what to whom, by route, by kind of proof, by owner of the thing. */
import { ROUTES, type Role, type Route } from '@writ/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Access, signIn } from '../support/owner.ts';
import {
  type Agent,
  type Answer,
  arrived,
  type Issued,
  openScene,
  readStaging,
  refusalOf,
  type Scene,
} from './scene.ts';
import { sendRaw } from './wire.ts';

let scene: Scene;
const users = {} as Record<Role, Access>;
let other: Agent;
let mine: Issued;
let theirs: Issued;
beforeAll(async () => {
  scene = await openScene();
  other = await scene.client();
  [mine, theirs] = [await scene.token(scene.agent, { task: 'mine' }), await scene.token(other, { task: 'theirs' })];
  users.owner = scene.owner;
  for (const role of ['admin', 'approver', 'auditor'] as const) users[role] = await scene.owner.invite(role);
});
afterAll(() => scene.close());

const routes: [string, Route][] = Object.entries<Route>(ROUTES);
const PUBLIC = ['setup.create', 'session.create', 'users.accept', 'system.healthz', 'system.readyz', 'system.openapi'];

/** Calls a route with plausible parts, with whatever proof the headers are. */
function call(
  [, route]: readonly [string, Route],
  headers: Record<string, string>,
  body: object = {},
): Promise<Answer> {
  const path = route.path
    .replace('{connection}', 'railway')
    .replace('{environment}', 'staging')
    .replace(/\{\w+\}/g, 'nothing');
  const init =
    route.method === 'GET'
      ? { headers }
      : { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
  return scene.send(path, { method: route.method, ...init });
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );

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
    expect([401]).toContain((await call(route, {})).status);
    expect(
      (await call(route, { 'x-forwarded-user': 'owner@example.com', 'x-remote-user': 'root', 'x-writ-user': 'owner' }))
        .status,
    ).toBe(401);
  });
});

describe('row 17 and 24: no proof of one kind does the work of another', () => {
  test.each(routes.filter(([, { guard }]) => guard.kind === 'user'))(
    'an agent with a token for the gateway is nobody at %s',
    async (...route) => {
      const answer = await call(route, bearer(mine.access_token));
      expect(refusalOf(answer)).toEqual([401, 'invalid_token']);
    },
  );

  test.each(routes.filter(([, { guard }]) => guard.kind === 'access_token'))(
    'a session is nobody at %s',
    async (...route) => {
      expect((await call(route, { cookie: scene.owner.cookie })).status).toBe(401);
      expect((await call(route, bearer(await cliSession()))).status).toBe(401);
    },
  );

  test('neither an owner session nor a one-time secret opens the gateway', async () => {
    const body = JSON.stringify({ query: readStaging('Session') });
    const send = (headers: Record<string, string>) =>
      scene.send('/gateway/railway/graphql/v2', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      });
    const session = await cliSession();
    expect(refusalOf(await send(bearer(session)))).toEqual([401, 'invalid_token']);
    expect(refusalOf(await send({ cookie: scene.owner.cookie }))).toEqual([403, 'browser_refused']);
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
        expect(refusalOf(await call(route, headers))).toEqual([403, 'assertion_required']);
      }
      const wrong = await call(
        route,
        { cookie: users.auditor.cookie },
        { assertion: { password: users.auditor.password } },
      );
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
        headers: { 'content-type': 'application/json', ...bearer(access_token), ...headers },
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

describe('row 19 and 25: an id of somebody else is no key to their things', () => {
  test('the self endpoints speak of the caller alone, whatever is asked for', async () => {
    for (const path of [
      '/api/v1/self',
      '/api/v1/self/operations',
      `/api/v1/self?task_id=${theirs.task_id}`,
      `/api/v1/self?client_id=${other.client_id}`,
    ]) {
      const { text } = await scene.send(path, { headers: bearer(mine.access_token) });
      expect(text).not.toContain(theirs.task_id);
      expect(text).not.toContain(other.client_id);
    }
  });

  test('nobody asks for a token of the task of another, or ends it', async () => {
    const answer = await scene.tokenAnswer(scene.agent, { task_id: theirs.task_id });
    const nothing = await scene.tokenAnswer(scene.agent, { task_id: 'tsk_00000000000000000000000000' });
    expect([answer.status, answer.text]).toEqual([400, nothing.text]);
    const ended = await scene.send('/api/v1/self/end', {
      method: 'POST',
      headers: { ...bearer(mine.access_token), 'content-type': 'application/json' },
      body: JSON.stringify({ task_id: theirs.task_id }),
    });
    expect(ended.status).toBeGreaterThanOrEqual(400);
    expect((await scene.graphql(theirs.access_token, readStaging())).status).toBe(200);
    for (const path of [`/api/v1/tasks/${theirs.task_id}`, `/api/v1/tasks/${theirs.task_id}/end`]) {
      const method = path.endsWith('end') ? 'POST' : 'GET';
      expect((await scene.send(path, { method, headers: bearer(mine.access_token) })).status).toBe(401);
    }
  });

  test('explain for a connection the token is not for tells nothing of it', async () => {
    const ask = (connection: string) =>
      scene.send('/api/v1/self/explain', {
        method: 'POST',
        headers: { ...bearer(mine.access_token), 'content-type': 'application/json' },
        body: JSON.stringify({ connection, request: { method: 'POST', path: '/graphql/v2', body: '{}' } }),
      });
    const { client, assertion } = scene.owner;
    const credential = { kind: 'account_token', value: scene.railway.tokens.workspace };
    await client.call(
      'connections.create',
      { slug: 'second', provider: 'railway', base_url: scene.railway.url, credential },
      { assertion },
    );
    const [there, notThere] = [await ask('second'), await ask('nothing')];
    expect([there.status, there.text.replaceAll('second', 'x').replace(/req_\w+/, '')]).toEqual([
      403,
      notThere.text.replaceAll('nothing', 'x').replace(/req_\w+/, ''),
    ]);
    expect(
      (
        await scene.send('/gateway/second/graphql/v2', {
          method: 'POST',
          headers: { ...bearer(mine.access_token), 'content-type': 'application/json' },
          body: JSON.stringify({ query: '{ me { id } }' }),
        })
      ).status,
    ).toBe(403);
  });

  test('a session is ended by its own user alone', async () => {
    const [session] = (await users.admin.client.call('sessions.list')).items;
    for (const role of ['owner', 'approver', 'auditor'] as const) {
      expect(await codeOf(users[role].client.call('sessions.delete', { id: session?.id ?? '' }))).toBe('not_found');
      const { items } = await users[role].client.call('sessions.list');
      expect(items.map(({ id }) => id)).not.toContain(session?.id);
    }
    expect((await users.admin.client.call('me.get')).role).toBe('admin');
  });

  test('an environment, grant, task or key of one connection or client is not reached through another', async () => {
    const { assertion, client } = scene.owner;
    expect(
      await codeOf(client.call('environments.delete', { connection: 'second', environment: 'staging' }, { assertion })),
    ).toBe('not_found');
    expect(
      await codeOf(
        client.call(
          'environments.patch',
          { connection: 'second', environment: 'production', protected: false },
          { assertion },
        ),
      ),
    ).toBe('not_found');
    expect(await codeOf(client.call('tokens.revoke', { jti: mine.task_id }))).toBe('not_found');
    expect(await codeOf(client.call('tasks.get', { id: '../clients' }))).toBe('not_found');
  });
});

describe('row 20: nobody gives themselves a role', () => {
  test('roles are changed by owners alone, and only to roles there are', async () => {
    const { id: adminId } = await users.admin.client.call('me.get');
    const { id: ownerId } = await scene.owner.client.call('me.get');
    for (const role of ['admin', 'approver', 'auditor'] as const) {
      const { client, assertion } = users[role];
      expect(await codeOf(client.call('users.patch', { id: adminId, role: 'owner' }, { assertion }))).toBe('forbidden');
      expect(await codeOf(client.call('users.reset', { id: ownerId }, { assertion }))).toBe('forbidden');
      expect(await codeOf(client.call('users.delete', { id: ownerId }, { assertion }))).toBe('forbidden');
      expect(
        await codeOf(client.call('users.create', { email: 'x@example.com', name: 'X', role: 'owner' }, { assertion })),
      ).toBe('forbidden');
    }
    for (const role of ['root', 'Owner', 'owner ', '', '__proto__', ['owner']]) {
      const change = scene.owner.client.call(
        'users.patch',
        { id: adminId, role: role as Role },
        { assertion: scene.owner.assertion },
      );
      expect(await codeOf(change)).toBe('validation_failed');
    }
    expect((await users.admin.client.call('me.get')).role).toBe('admin');
  });

  test.each(routes.filter(([, { guard }]) => guard.kind === 'user' && guard.role !== 'auditor'))(
    '%s is closed to roles below its own',
    async (...route) => {
      const { guard } = route[1];
      const least = guard.kind === 'user' ? guard.role : 'owner';
      const below = (['auditor', 'approver', 'admin'] as const).filter(
        (role) =>
          ['auditor', 'approver', 'admin', 'owner'].indexOf(role) <
          ['auditor', 'approver', 'admin', 'owner'].indexOf(least),
      );
      for (const role of below) {
        expect([role, ...refusalOf(await call(route, { cookie: users[role].cookie }))]).toEqual([
          role,
          403,
          'forbidden',
        ]);
      }
    },
  );

  test('an invited user gets the role of the invitation, once, also when ten accept it at the same time', async () => {
    const { client, assertion } = scene.owner;
    const { link } = await client.call(
      'users.create',
      { email: 'race@example.com', name: 'Race', role: 'auditor' },
      { assertion },
    );
    const token = link.split('#token=')[1] ?? '';
    const password = 'not a real password either';
    const accept = (extra: object = {}) =>
      scene.send('/api/v1/users/accept', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token, password, ...extra }),
      });
    expect((await accept({ role: 'owner' })).status).toBe(422);
    const answers = await Promise.all(Array.from({ length: 4 }, () => accept()));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(
      (await (await signIn(scene.broker.url, { email: 'race@example.com', password })).client.call('me.get')).role,
    ).toBe('auditor');
  });

  test('set-up is over', async () => {
    const setup = {
      setup_token: scene.broker.setupToken,
      email: 'evil@example.com',
      name: 'Evil',
      password: 'not a real password 1234',
    };
    const answer = await scene.send('/api/v1/setup', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(setup),
    });
    expect([403, 409]).toContain(answer.status);
  });
});

describe('row 22: where the audit log goes is not for the API to say', () => {
  test('no route writes it, and none takes a path or an address for it', async () => {
    for (const [id, { method, path }] of routes) {
      if (path.startsWith('/api/v1/audit')) expect([id, method]).toEqual([id, 'GET']);
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
      const headers = { cookie: scene.owner.cookie, ...(type === '' ? {} : { 'content-type': type }) };
      const body = new Uint8Array(Buffer.from('{"all":true,"reason":"x"}'));
      expect((await scene.send('/api/v1/freeze', { method: 'POST', headers, body })).status).toBe(415);
    },
  );
});
