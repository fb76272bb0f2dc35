import { authenticateAutomation, authenticateHolder } from '@writ/broker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../../packages/broker/src/clients/create.ts';
import { patchClient } from '../../packages/broker/src/clients/patch.ts';
import { rotateSecret } from '../../packages/broker/src/clients/rotate-secret.ts';
import { createGrant } from '../../packages/broker/src/grants/create.ts';
import { deleteGrant } from '../../packages/broker/src/grants/delete.ts';
import { getSelf } from '../../packages/broker/src/self/get.ts';
import { listOwnOperations } from '../../packages/broker/src/self/operations.ts';
import { endTask } from '../../packages/broker/src/tasks/end.ts';
import { listTokens } from '../../packages/broker/src/tokens/list.ts';
import { revokeTokens } from '../../packages/broker/src/tokens/revoke.ts';
import { bearer } from '../support/presented.ts';
import { DATABASES } from '../support/store.ts';
import { basic, ISSUER, openTokenScene, type TokenScene, taskOf, tokenOf } from '../support/token-scene.ts';

describe.each(DATABASES)('the life of a token, on %s', (kind) => {
  let it: TokenScene;

  beforeAll(async () => {
    it = await openTokenScene(kind);
  });
  afterAll(() => it?.close());

  const detail = (change: object = {}) =>
    JSON.stringify([
      {
        type: 'provider_operations',
        connection: 'railway',
        environments: ['staging'],
        operations: ['*:read'],
        ...change,
      },
    ]);

  test('details narrow the token, and many of them stay in the database', async () => {
    const reply = await it.ask({ authorization_details: detail() });
    expect(reply.body).toMatchObject({
      authorization_details: [{ environments: ['staging'], operations: ['*:read'] }],
    });
    const operations = Array.from(
      { length: 16 },
      () => JSON.parse(detail({ resources: Array.from({ length: 12 }, (_, i) => `service:s_${i}_abcdefghij`) }))[0],
    );
    const large = await it.ask({ authorization_details: JSON.stringify(operations) });
    expect(large.status).toBe(200);
    const holder = await authenticateHolder(it.services, bearer(tokenOf(large)));
    expect(holder.authorization_details).toHaveLength(16);
    expect(tokenOf(large).length).toBeLessThan(1500);
  });

  test('a life is what was asked, at most what the grant allows', async () => {
    const short = (await it.ask({ expires_in: '60' })).body;
    expect(short).toMatchObject({ expires_in: 60 });
    expect(short).not.toHaveProperty('expires_in_asked');
    // What is cut is not cut in silence.
    const cut = (await it.ask({ expires_in: '999999' })).body;
    expect(cut).toMatchObject({ expires_in: 3600, expires_in_asked: 999_999 });
  });

  test('a task goes on with its id, for its own client alone, until it is ended', async () => {
    const first = await it.ask({ task: 'one' });
    const task_id = taskOf(first);
    expect((await it.ask({ task_id })).body).toMatchObject({ task_id });
    expect((await it.ask({ ...(await it.asRobot()), task_id }, '')).body).toMatchObject({ error: 'invalid_request' });
    await endTask(it.owner(), { id: task_id });
    expect((await it.ask({ task_id })).body).toMatchObject({ error: 'invalid_request' });
    await expect(authenticateHolder(it.services, bearer(tokenOf(first)))).rejects.toMatchObject({ code: 'task_ended' });
  });

  test('the holder sees its own task, and what it may do with the outcome', async () => {
    const token = tokenOf(await it.ask({ task: 'look around' }));
    const actor = await authenticateHolder(it.services, bearer(token));
    const ctx = { ...it.owner(), actor };
    expect(await getSelf(ctx, {})).toMatchObject({ client_id: 'helper', task: { purpose: 'look around' } });
    const { items } = await listOwnOperations(ctx, { q: 'customDomain', limit: 100 });
    const names = items.map(
      ({ name, environments }) => `${name} ${environments.map((each) => each.environment).join()}`,
    );
    expect(names).toContain('customDomainCreate shared,staging');
    expect(names.join()).not.toContain('customDomainDelete');
  });

  test('a revoked token is refused on the next request, by each of the ways to revoke', async () => {
    const holds = async (token: string): Promise<boolean> =>
      authenticateHolder(it.services, bearer(token)).then(
        () => true,
        () => false,
      );
    for (const way of ['jti', 'task_id', 'client_id', 'connection', 'all'] as const) {
      const reply = await it.ask({ task: way });
      const token = tokenOf(reply);
      expect(await holds(token)).toBe(true);
      const task_id = taskOf(reply);
      const [row] = (await listTokens(it.owner(), { task_id, limit: 1 })).items;
      const input = {
        jti: { jti: row?.jti ?? '' },
        task_id: { task_id },
        client_id: { client_id: 'helper' },
        connection: { connection: 'railway' },
        all: { all: true as const },
      };
      const { revoked } = await revokeTokens(it.owner(), input[way]);
      expect(revoked).toBeGreaterThanOrEqual(1);
      expect(await holds(token)).toBe(false);
    }
  });

  test('an automation client is at most an admin, at the admin API alone', async () => {
    const reply = await it.ask({ ...(await it.asRobot()), resource: `${ISSUER}/api/v1` }, '');
    expect(reply.body).not.toHaveProperty('authorization_details');
    const actor = await authenticateAutomation(it.services, bearer(tokenOf(reply)));
    expect(actor).toMatchObject({ kind: 'automation', client_id: 'robot', role: 'admin' });
    await expect(authenticateHolder(it.services, bearer(tokenOf(reply)))).rejects.toMatchObject({
      code: 'invalid_token',
    });
    const other = await it.ask(await it.asRobot(), '');
    await expect(authenticateAutomation(it.services, bearer(tokenOf(other)))).rejects.toMatchObject({
      code: 'invalid_token',
    });
  });

  test('an expired token is refused', async () => {
    const token = tokenOf(await it.ask({ expires_in: '60' }));
    it.wait(120_000);
    await expect(authenticateHolder(it.services, bearer(token))).rejects.toMatchObject({ code: 'invalid_token' });
    it.wait(-120_000);
  });

  test('a rotated secret stops the old one; a disabled client gets and keeps nothing', async () => {
    const before = it.secret;
    const secret = (await rotateSecret(it.owner(), { id: 'helper' })).client_secret;
    expect((await it.ask({}, basic('helper', before))).status).toBe(401);
    const token = tokenOf(await it.ask({}, basic('helper', secret)));
    await patchClient(it.owner(), { id: 'helper', disabled: true });
    expect((await it.ask({}, basic('helper', secret))).body).toMatchObject({ error: 'invalid_client' });
    await expect(authenticateHolder(it.services, bearer(token))).rejects.toMatchObject({ code: 'invalid_token' });
    await patchClient(it.owner(), { id: 'helper', disabled: false });
    expect((await it.ask({}, basic('helper', secret))).status).toBe(200);
  });

  test('without a grant there is no token', async () => {
    const auth = { method: 'client_secret_basic' as const };
    const made = await createClient(it.owner(), {
      client_id: `idle`,
      kind: 'agent',
      name: 'Idle',
      auth,
      require_task: true,
    });
    const as = basic('idle', made.client_secret ?? '');
    expect((await it.ask({}, as)).body).toMatchObject({ error: 'invalid_request' });
    expect((await it.ask({ task: 'x' }, as)).body).toMatchObject({ error: 'access_denied' });
    const scope = { connection: 'railway', environments: ['staging'], operations: ['*:read'] };
    const { id } = await createGrant(it.owner(), { client_id: 'idle', ...scope });
    expect((await it.ask({ task: 'x' }, as)).status).toBe(200);
    await deleteGrant(it.owner(), { id });
    expect((await it.ask({ task: 'x' }, as)).body).toMatchObject({ error: 'access_denied' });
  });
});
