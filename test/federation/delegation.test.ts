import { authenticateHolder, createGatewayPorts } from '@writ/broker';
import { isJsonObject } from '@writ/core';
import { readCompact, TOKEN_TYPES } from '@writ/tokens';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../../packages/broker/src/clients/create.ts';
import { patchClient } from '../../packages/broker/src/clients/patch.ts';
import { createFreeze } from '../../packages/broker/src/freeze/create.ts';
import { createGrant } from '../../packages/broker/src/grants/create.ts';
import { deleteGrant } from '../../packages/broker/src/grants/delete.ts';
import { listGrants } from '../../packages/broker/src/grants/list.ts';
import { endTask } from '../../packages/broker/src/tasks/end.ts';
import { getTask } from '../../packages/broker/src/tasks/list.ts';
import { listTokens } from '../../packages/broker/src/tokens/list.ts';
import { revokeTokens } from '../../packages/broker/src/tokens/revoke.ts';
import { type CiScene, openCiScene } from '../support/ci-scene.ts';
import { bearer } from '../support/presented.ts';
import { DATABASES, OPENING } from '../support/store.ts';
import { basic, taskOf, tokenOf } from '../support/token-scene.ts';

const GATEWAY = 'http://localhost:8700/gateway';
const NOT_ACCEPTED = { error: 'invalid_request', error_description: 'The token to be exchanged was not accepted.' };

describe.each(DATABASES)('a token that is exchanged for a narrower one, on %s', (kind) => {
  let it: CiScene;
  const secrets = new Map<string, string>();
  const as = (client_id: string): string => basic(client_id, secrets.get(client_id) ?? '');

  async function add(client_id: string, settings: { delegable?: boolean; may_act?: string[] } = {}): Promise<void> {
    const auth = { method: 'client_secret_basic' as const };
    const made = await createClient(it.owner(), { client_id, kind: 'agent', name: client_id, auth, ...settings });
    secrets.set(client_id, made.client_secret ?? '');
  }

  async function grant(client_id: string, operations = ['*:read', 'customDomain*']): Promise<void> {
    await createGrant(it.owner(), { client_id, connection: 'railway', environments: ['staging'], operations });
  }

  /** A token of a client of its own, so that tests can stop it. */
  let made = 0;
  async function parent(settings: { delegable?: boolean; may_act?: string[] } = {}) {
    made += 1;
    const client_id = `parent-${made}`;
    await add(client_id, settings);
    await grant(client_id);
    const reply = await it.ask({ task: 'orchestrate' }, as(client_id));
    return { client_id, token: tokenOf(reply), task_id: taskOf(reply), jti: jtiOf(tokenOf(reply)) };
  }

  const holder = (token: string) => authenticateHolder(it.services, bearer(token));

  beforeAll(async () => {
    it = await openCiScene(kind);
    for (const client_id of ['worker', 'second', 'third', 'fourth']) await add(client_id);
  }, OPENING);
  afterAll(() => it?.close());

  test('the subject stays, the actor is named, the task and the ancestors go along', async () => {
    const { client_id, token, task_id, jti } = await parent();
    const details = [
      { type: 'provider_operations', connection: 'railway', environments: ['staging'], operations: ['*:read'] },
    ];
    const reply = await it.delegate(token, as('worker'), { authorization_details: JSON.stringify(details) });
    expect(reply).toMatchObject({
      status: 200,
      body: { issued_token_type: TOKEN_TYPES.access_token, task_id, authorization_details: details },
    });
    const { payload } = readCompact(tokenOf(reply));
    expect(payload).toMatchObject({ sub: client_id, client_id: 'worker', act: { sub: 'worker' }, task_id });
    const actor = await holder(tokenOf(reply));
    expect(actor.act_chain).toEqual([client_id]);
    expect(actor.chain.map(({ link, subject }) => `${link} ${subject}`)).toEqual([
      `token ${jtiOf(tokenOf(reply))}`,
      `grants ${client_id}`,
      `ancestor ${jti}`,
    ]);
    const event = (await it.audit()).findLast((entry) => entry['kind'] === 'token.issued');
    expect(event?.['data']).toMatchObject({ parent_jti: jti, act_chain: [client_id] });
    const [child, first] = (await listTokens(it.owner(), { task_id, limit: 10 })).items;
    expect(child).toMatchObject({ jti: jtiOf(tokenOf(reply)), client_id: 'worker', parent_jti: jti, act: [client_id] });
    expect(first).toMatchObject({ jti, parent_jti: null, act: [] });
    const task = await getTask(it.owner(), { id: task_id });
    expect(task).toMatchObject({ client_id, client: { name: client_id, kind: 'agent' }, frozen: null });
    expect(task.tokens).toEqual({ issued: 2, live: 2 });
  });

  test('without details it covers what the exchanged one does, and lives no longer', async () => {
    const { token } = await parent();
    const reply = await it.delegate(token, as('worker'), { expires_in: '3600' });
    expect(reply.body).toMatchObject({ authorization_details: [{ operations: ['*:read', 'customDomain*'] }] });
    expect(expOf(tokenOf(reply))).toBeLessThanOrEqual(expOf(token));
  });

  test('what the exchanged token does not cover cannot be asked for', async () => {
    const { client_id } = await parent();
    await createGrant(it.owner(), {
      client_id,
      connection: 'railway',
      environments: ['staging'],
      operations: ['volumeUpdate'],
    });
    const details = (operations: string[]) =>
      JSON.stringify([{ type: 'provider_operations', connection: 'railway', environments: ['staging'], operations }]);
    const narrow = tokenOf(await it.ask({ authorization_details: details(['*:read']) }, as(client_id)));
    const wider = await it.delegate(narrow, as('worker'), { authorization_details: details(['volumeUpdate']) });
    expect(wider.body).toMatchObject({ error: 'invalid_authorization_details' });
    expect(Reflect.get(wider.body, 'error_description')).toContain('exchanged token');
  });

  test('a token for one connection is not exchanged for one that is good for others', async () => {
    const { client_id } = await parent();
    const one = tokenOf(await it.ask({ resource: `${GATEWAY}/railway` }, as(client_id)));
    expect((await it.delegate(one, as('worker'), { resource: GATEWAY })).body).toMatchObject({
      error: 'invalid_target',
    });
    expect(readCompact(tokenOf(await it.delegate(one, as('worker')))).payload['aud']).toBe(`${GATEWAY}/railway`);
  });

  test('actors nest three deep, and the fourth is refused', async () => {
    const { token } = await parent();
    let at = token;
    for (const client_id of ['worker', 'second', 'third']) at = tokenOf(await it.delegate(at, as(client_id)));
    expect(readCompact(at).payload['act']).toEqual({ sub: 'third', act: { sub: 'second', act: { sub: 'worker' } } });
    expect((await holder(at)).chain.map(({ link }) => link)).toEqual([
      'token',
      'grants',
      'ancestor',
      'ancestor',
      'ancestor',
    ]);
    expect((await it.delegate(at, as('fourth'))).body).toEqual(NOT_ACCEPTED);
    expect(await it.reason()).toBe('too_deep');
  });

  const stops: readonly [what: string, stop: (of: Awaited<ReturnType<typeof parent>>) => Promise<unknown>][] = [
    ['its token is revoked', ({ jti }) => revokeTokens(it.owner(), { jti })],
    ['its task is ended', ({ task_id }) => endTask(it.owner(), { id: task_id })],
    ['its client is disabled', ({ client_id }) => patchClient(it.owner(), { id: client_id, disabled: true })],
    ['its client is frozen', ({ client_id }) => createFreeze(it.owner(), { client_id, reason: 'stop' })],
    ['its task is frozen', ({ task_id }) => createFreeze(it.owner(), { task_id, reason: 'stop' })],
  ];
  test.each(stops)('the parent stopped, the child is stopped: %s', async (_what, stop) => {
    const from = await parent();
    const child = tokenOf(await it.delegate(from.token, as('worker')));
    const grandchild = tokenOf(await it.delegate(child, as('second')));
    for (const token of [child, grandchild])
      await expect(holder(token)).resolves.toMatchObject({ act_chain: expect.anything() });
    await stop(from);
    for (const token of [child, grandchild]) await expect(holder(token)).rejects.toMatchObject({ name: 'WritError' });
    expect((await it.delegate(child, as('second'))).body).toMatchObject({ error: expect.any(String) });
  });

  test('who exchanges what is frozen is told why, also where another client of its chain is', async () => {
    const from = await parent();
    const child = tokenOf(await it.delegate(from.token, as('worker')));
    await createFreeze(it.owner(), { client_id: from.client_id, reason: 'found in a log' });
    for (const reply of [await it.delegate(from.token, as('worker')), await it.delegate(child, as('second'))]) {
      const error_description = `The client ${from.client_id} was frozen: found in a log.`;
      expect(reply.body).toEqual({ error: 'access_denied', error_description });
    }
  });

  test('a grant taken back from the client it began with is gone for everybody after', async () => {
    const from = await parent();
    const child = tokenOf(await it.delegate(from.token, as('worker')));
    const { items } = await listGrants(it.owner(), { client_id: from.client_id, limit: 10 });
    for (const { id } of items) await deleteGrant(it.owner(), { id });
    expect((await holder(child)).chain[1]).toMatchObject({ link: 'grants', subject: from.client_id, allowances: [] });
    expect((await it.delegate(from.token, as('worker'))).body).toMatchObject({ error: 'access_denied' });
  });

  test('a client whose grants do not survive delegation cannot be acted for; set later, it acts at once', async () => {
    const { token } = await parent({ delegable: false });
    expect((await it.delegate(token, as('worker'))).body).toEqual(NOT_ACCEPTED);
    expect(await it.reason()).toBe('not_delegable');
    const later = await parent();
    const child = tokenOf(await it.delegate(later.token, as('worker')));
    await patchClient(it.owner(), { id: later.client_id, delegable: false });
    expect((await holder(child)).chain[1]).toMatchObject({ allowances: [] });
  });

  test('who may act can be limited, and the token says so', async () => {
    const { token } = await parent({ may_act: ['second'] });
    expect(readCompact(token).payload['may_act']).toEqual({ sub: 'second' });
    expect((await it.delegate(token, as('worker'))).body).toEqual(NOT_ACCEPTED);
    expect(await it.reason()).toBe('may_act');
    expect((await it.delegate(token, as('second'))).status).toBe(200);
    const several = await parent({ may_act: ['second', 'third'] });
    expect((await it.delegate(several.token, as('third'))).status).toBe(200);
    expect((await it.delegate(several.token, as('worker'))).body).toEqual(NOT_ACCEPTED);
  });

  test('an actor token says who acts where nobody authenticates, and must agree where somebody does', async () => {
    await grant('worker');
    const { token } = await parent();
    const actor_token = tokenOf(await it.ask({ task: 'work' }, as('worker')));
    const actor = { actor_token, actor_token_type: TOKEN_TYPES.access_token };
    const reply = await it.delegate(token, '', actor);
    expect(readCompact(tokenOf(reply)).payload['act']).toEqual({ sub: 'worker' });
    expect((await it.delegate(token, as('worker'), actor)).status).toBe(200);
    expect((await it.delegate(token, as('second'), actor)).body).toEqual(NOT_ACCEPTED);
    expect((await it.delegate(token, '', { ...actor, client_id: 'second' })).body).toEqual(NOT_ACCEPTED);
    expect((await it.delegate(token, '')).body).toMatchObject({ error: 'invalid_client' });
  });

  test.each<[string, () => Promise<string>]>([
    ['no token of Writ’s', async () => it.token('gitlab')],
    [
      'a token for the admin API',
      async () => {
        const robot = await it.ask({ ...(await it.asRobot()), resource: 'http://localhost:8700/api/v1' }, '');
        return tokenOf(robot);
      },
    ],
    ['text', async () => 'text'],
  ])('%s is not exchanged', async (_what, token) => {
    expect((await it.delegate(await token(), as('worker'))).body).toEqual(NOT_ACCEPTED);
  });

  test('no token for the gateway becomes one for the admin API, with any actor', async () => {
    const { token } = await parent();
    const resource = 'http://localhost:8700/api/v1';
    const actor_token = tokenOf(await it.ask(await it.asRobot(), ''));
    const actor = { actor_token, actor_token_type: TOKEN_TYPES.access_token };
    expect((await it.delegate(token, '', { ...actor, resource })).body).toMatchObject({ error: 'invalid_target' });
    expect((await it.delegate(token, '', actor)).status).toBe(200);
  });

  test('the task is that of the exchanged token', async () => {
    const { token, task_id } = await parent();
    expect((await it.delegate(token, as('worker'), { task: 'another' })).body).toMatchObject({
      error: 'invalid_request',
    });
    expect((await it.delegate(token, as('worker'), { task_id: 'tsk_other' })).body).toMatchObject({
      error: 'invalid_request',
    });
    expect((await it.delegate(token, as('worker'), { task_id })).body).toMatchObject({ task_id });
  });

  test('a job’s token is handed on with what the job may do and no more', async () => {
    const client_id = await it.client('gitlab');
    const job = tokenOf(await it.exchange(client_id, await it.token('gitlab', { job_id: '5' })));
    const reply = await it.delegate(job, as('worker'));
    expect(readCompact(tokenOf(reply)).payload).toMatchObject({
      client_id: 'worker',
      sub: expect.stringMatching(/^ci:/),
    });
    expect((await holder(tokenOf(reply))).act_chain).toEqual([client_id]);
  });

  test('the gateway takes a child, and knows whom it acts for', async () => {
    const from = await parent();
    const child = tokenOf(await it.delegate(from.token, as('worker')));
    const ports = createGatewayPorts(it.services);
    const presented = { ...bearer(child), scheme: 'bearer' as const };
    const { caller } = await ports.open('railway').authenticate(presented);
    expect(caller).toMatchObject({ client_id: 'worker', act_chain: [from.client_id] });
    await createFreeze(it.owner(), { client_id: from.client_id, reason: 'stop' });
    await expect(ports.open('railway').authenticate(presented)).rejects.toMatchObject({ code: 'frozen' });
  });
});

function jtiOf(token: string): string {
  return String(readCompact(token).payload['jti']);
}

function expOf(token: string): number {
  const { payload } = readCompact(token);
  return isJsonObject(payload) ? Number(payload['exp']) : 0;
}
