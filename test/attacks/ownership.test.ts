/** Rows 19, 20 and 25 of the attack list: whose things an id opens, and who makes whom what. */
import type { Role } from '@writ/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Access, signIn } from '../support/owner.ts';
import {
  type Agent,
  GRAPHQL_HEADERS,
  type Issued,
  openScene,
  readStaging,
  refusalOf,
  type Scene,
} from '../support/scene.ts';
import { bearer, callRoute, codeOf, routes } from './routes.ts';

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

describe('row 19 and 25: an id of somebody else is no key to their things', () => {
  test('the self endpoints speak of the caller alone, with any question', async () => {
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
        body: JSON.stringify({
          connection,
          request: { method: 'POST', path: '/graphql/v2', headers: { 'content-type': 'application/json' }, body: '{}' },
        }),
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
          headers: { ...GRAPHQL_HEADERS, ...bearer(mine.access_token) },
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
        expect([
          role,
          ...refusalOf(await callRoute(scene, route[1], { headers: { cookie: users[role].cookie } })),
        ]).toEqual([role, 403, 'forbidden']);
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
