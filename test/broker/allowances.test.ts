/** A person's standing yes: who gives it, what it lets pass, how often, and what ends it (invariants 11 and 12). */
import { randomUUID } from 'node:crypto';
import type { Ctx, TokenActor, UserActor } from '@writ/broker';
import { type Detail, makeId } from '@writ/core';
import { insertUser, useAllowance } from '@writ/store';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAllowance } from '../../packages/broker/src/allowances/create.ts';
import { deleteAllowance } from '../../packages/broker/src/allowances/delete.ts';
import { listAllowances } from '../../packages/broker/src/allowances/list.ts';
import { denyApproval } from '../../packages/broker/src/approvals/deny.ts';
import { getApproval } from '../../packages/broker/src/approvals/list.ts';
import { explain } from '../../packages/broker/src/explain/explain.ts';
import { createFreeze } from '../../packages/broker/src/freeze/create.ts';
import { deleteFreeze } from '../../packages/broker/src/freeze/delete.ts';
import { createGrant } from '../../packages/broker/src/grants/create.ts';
import { sweep } from '../../packages/broker/src/housekeeping/sweep.ts';
import { getSelf } from '../../packages/broker/src/self/get.ts';
import { endTask } from '../../packages/broker/src/tasks/end.ts';
import { patchUser } from '../../packages/broker/src/users/patch.ts';
import { type ApprovalScene, openApprovalScene } from '../support/approval-scene.ts';
import { refusal } from '../support/approvals.ts';
import { GRAPHQL_HEADERS } from '../support/scene.ts';
import { DATABASES, OPENING } from '../support/store.ts';
import { taskOf, tokenOf } from '../support/token-scene.ts';

const DETAIL: Detail = {
  ...{ type: 'provider_operations', connection: 'railway', environments: ['production'] },
  ...{ operations: ['variables'], resources: ['service:s_api'] },
};
const FIELD = 'variables(projectId: "p_rentals", environmentId: "e_production", serviceId: "s_api")';
const REVEAL = (mark: string): string => `query ${mark} { ${FIELD} }`;
const mark = (): string => `M${randomUUID().replaceAll('-', '')}`;

describe.each(DATABASES)('allowances, on %s', (kind) => {
  let scene: ApprovalScene;
  let approver: Ctx<UserActor>;
  let token: string;
  let task_id: string;

  beforeAll(async () => {
    scene = await openApprovalScene(kind);
  }, OPENING);
  afterAll(() => scene?.close());
  beforeEach(async () => {
    await scene.sql(`update approvals set state = 'cancelled' where state in ('pending', 'approved')`);
    await scene.sql(`update approvals set reopened_at = now() where state = 'denied'`);
    const issued = await scene.it.ask({ task: 'allowances' });
    [token, task_id] = [tokenOf(issued), taskOf(issued)];
    approver = as(scene.approver);
  });

  const as = (user_id: string, role: UserActor['role'] = 'approver'): Ctx<UserActor> => {
    const session = { session_id: 'ses_test', session_client: 'browser', authenticated_at: Date.now() } as const;
    const who = { user_id, role, email: 'a@example.com', name: 'A' };
    return { ...scene.it.as({ kind: 'user', ...who, ...session }), asserted: 'password' };
  };
  const allow = (more: object = {}, by = approver) =>
    createAllowance(by, { task_id, detail: DETAIL, uses: 2, expires_in: 3600, ...more });
  const send = async (query = REVEAL(mark()), headers = {}) => scene.door.send(token, query, headers).answer;
  const code = async (query?: string): Promise<string> => (await send(query)).code;
  const entries = async (id: string) =>
    (await scene.it.audit()).filter(({ data }) => JSON.stringify(data ?? {}).includes(id));
  const only = async (id: string) => {
    const { items } = await listAllowances(approver, { limit: 100, task_id });
    return items.find((one) => one.id === id);
  };

  test('what was asked is offered beforehand for the next times: so many pass, each is in the log, and then a human is asked', async () => {
    const name = mark();
    const asked = await scene.approvalOf(await send(REVEAL(name)));
    const [offer] = (await getApproval(approver, { id: asked.id })).offers;
    expect(offer).toMatchObject({
      kind: 'allowance',
      command: `writ allowances create helper ${task_id} railway/production/variables:reveal --resource service:s_api --uses 5 --for 1h`,
    });
    const made = await allow({ detail: offer?.detail });
    expect(made).toMatchObject({ client_id: 'helper', left: 2, protected: true, sole_approver: false });
    expect(await code(REVEAL(name))).toBe('forwarded');
    expect(await scene.arrived(name)).toBe(1);
    expect((await getApproval(approver, { id: asked.id })).state).toBe('cancelled');
    expect(await only(made.id)).toMatchObject({ used: 1, left: 1, ended_why: null });
    expect(await code()).toBe('forwarded');
    expect(await only(made.id)).toMatchObject({ used: 2, left: 0, ended_why: 'used_up', ended_by: 'system' });
    expect(await code()).toBe('approval_required');
    const log = await entries(made.id);
    expect(log.map((entry) => entry['kind'])).toEqual([
      'allowance.created',
      ...['request.allowed', 'allowance.used'],
      ...['request.allowed', 'allowance.used', 'allowance.ended'],
    ]);
    expect(log[0]).toMatchObject({
      actor: `user:${scene.approver}`,
      task_id,
      data: { uses: 2, assertion: 'password' },
    });
    expect(log[1]).toMatchObject({ result: 'allowed', data: { allowance_id: made.id } });
    expect(log[2]).toMatchObject({ data: { left: 1, approval_id: asked.id } });
  });

  test('of fifty uses of the last one exactly one passes', async () => {
    const { id } = await allow({ uses: 1 });
    const marks = Array.from({ length: 50 }, mark);
    const codes = (await Promise.all(marks.map((name) => code(REVEAL(name))))).filter((one) => one === 'forwarded');
    expect(codes).toHaveLength(1);
    expect(await only(id)).toMatchObject({ used: 1, ended_why: 'used_up' });
    const arrived = await Promise.all(marks.map((name) => scene.arrived(name)));
    expect(arrived.reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  test('each operation of a call counts: more than is left are not let pass', async () => {
    const { id } = await allow({ uses: 2 });
    const times = (count: number): string =>
      `query ${mark()} { ${Array.from({ length: count }, (_, at) => `a${at}: ${FIELD}`).join(' ')} }`;
    expect(await code(times(3))).toBe('approval_required');
    expect(await only(id)).toMatchObject({ used: 0 });
    expect(await code(times(2))).toBe('forwarded');
    expect(await only(id)).toMatchObject({ used: 2 });
  });

  test('a request that waits for a human goes on as soon as it is allowed', async () => {
    const name = mark();
    const { waiting } = scene.it.services.live.budgets;
    const waits = scene.door.send(token, REVEAL(name), { prefer: 'wait=60' }).answer;
    await expect.poll(() => waiting.used('helper'), { timeout: 20_000 }).toBe(1);
    await allow();
    expect((await waits).code).toBe('forwarded');
    expect(await scene.arrived(name)).toBe(1);
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ['it was deleted', async () => deleteAllowance(approver, { id: (await list())[0]?.id ?? '' }), 'deleted'],
    [
      'it has expired',
      () => scene.sql(`update allowances set expires_at = now() where task_id = '${task_id}'`),
      'expired',
    ],
    [
      'its maker can say yes no more',
      () => patchUser(scene.it.owner(), { id: scene.approver, role: 'auditor' }),
      'maker_left',
    ],
  ])('none passes any more once %s, and the log says so', async (_, stop, why) => {
    const { id } = await allow();
    await stop();
    expect(await code()).toBe('approval_required');
    await sweep(scene.it.as({ kind: 'system' }));
    expect(await only(id)).toMatchObject({ used: 0, ended_why: why });
    expect((await entries(id)).at(-1)).toMatchObject({ kind: 'allowance.ended', data: { why } });
    await patchUser(scene.it.owner(), { id: scene.approver, role: 'approver' });
    await scene.sql('delete from user_ties');
    expect(await code()).not.toBe('forwarded');
  });
  const list = async () => (await listAllowances(approver, { limit: 100, task_id, open: 'true' })).items;

  test('it ends with its task, and is good for no other', async () => {
    const { id } = await allow();
    const own = token;
    token = tokenOf(await scene.it.ask({ task: 'another' }));
    expect(await code()).toBe('approval_required');
    token = own;
    await endTask(scene.it.owner(), { id: task_id });
    expect(await code()).not.toBe('forwarded');
    expect(await only(id)).toMatchObject({ used: 0, ended_why: 'task_ended' });
    expect((await refusal(allow())).code).toBe('conflict');
  });

  test('while its task is frozen it lets nothing pass, and nobody makes one', async () => {
    const { id } = await allow();
    const freeze = await createFreeze(approver, { task_id, reason: 'a look' });
    expect(await code()).toBe('frozen');
    expect((await refusal(allow())).code).toBe('frozen');
    await deleteFreeze(scene.it.owner(), { id: freeze.id });
    expect(await only(id)).toMatchObject({ used: 0 });
    expect(await code()).toBe('forwarded');
  });

  test('the statement that uses one looks at all of it itself', async () => {
    const { id } = await allow({ uses: 3 });
    const { store, organization_id } = scene.it.services;
    const use = { organization_id, id, client_id: 'helper', task_id, adds: 1, requesters: [], protected: true };
    const used = (more: object = {}) => store.transaction((tx) => useAllowance(tx, { ...use, ...more }));
    expect(await used()).toMatchObject({ used: 1 });
    const others = [
      { adds: 3 },
      ...[{ client_id: 'robot' }, { task_id: 'tsk_other' }, { organization_id: 'other' }],
      { requesters: ['usr_x', scene.approver] },
    ];
    for (const more of others) expect(await used(more)).toBeUndefined();
    expect(await used({ requesters: [scene.approver], protected: false })).toMatchObject({ used: 2 });
    const user = (set: string) => `update users set ${set} where id = '${scene.approver}'`;
    const task = (set: string) => `update tasks set ended_at = ${set} where id = '${task_id}'`;
    const row = (set: string) => `update allowances set ${set} where id = '${id}'`;
    const stops = [
      [user(`role = 'auditor'`), user(`role = 'approver'`)],
      [user('password_hash = null'), user(`password_hash = 'fake'`)],
      [user('deleted_at = now()'), user('deleted_at = null')],
      [task('now()'), task('null')],
      [row('expires_at = now()'), row(`expires_at = now() + interval '1 hour'`)],
      [row(`ended_at = now(), ended_why = 'deleted'`), row('ended_at = null, ended_why = null')],
    ];
    for (const [stop = '', undo = ''] of stops) {
      await scene.sql(stop);
      expect(await used(), stop).toBeUndefined();
      await scene.sql(undo);
    }
    expect(await used()).toMatchObject({ used: 3, ended_why: 'used_up' });
  });

  test('who asked allows nothing where it is protected: not by the verb, not in the row, and not by asking later', async () => {
    const { actor } = scene.it.owner();
    const { asserted: _, ...bare } = approver;
    expect((await refusal(allow({}, bare))).code).toBe('assertion_required');
    expect((await refusal(allow({}, as(actor.kind === 'user' ? actor.user_id : '', 'owner')))).code).toBe('forbidden');
    const { id } = await allow();
    await expect(
      scene.sql(`update allowances set requesters = array[created_by] where id = '${id}'`),
    ).rejects.toThrow();
    const admin = makeId('user', { now: Date.now(), randomBytes: scene.it.services.randomBytes });
    const { store, organization_id } = scene.it.services;
    const row = { email: `${admin}@example.com`, name: 'Ada', role: 'admin', password_hash: 'fake' } as const;
    await store.transaction((tx) => insertUser(tx, { organization_id, id: admin, ...row, created_at: Date.now() }));
    await deleteAllowance(approver, { id });
    const made = await allow({}, as(admin, 'admin'));
    // Its maker widens what the client may do: from then on it is their own asking.
    const scope = { connection: 'railway', environments: ['production'], operations: ['variables'] };
    await scene.sql(`update grants set revoked_at = now() where scope->'operations' @> '["*:reveal"]'`);
    await createGrant(as(admin, 'admin'), { client_id: 'helper', ...scope });
    expect(await code()).toBe('approval_required');
    expect(await only(made.id)).toMatchObject({ used: 0 });
    await scene.sql('update grants set revoked_at = now()');
    const wide = { connection: 'railway', environments: ['*'], operations: ['*:read', '*:reveal', 'volumeDelete'] };
    await createGrant(scene.it.owner(), { client_id: 'helper', ...wide });
  });

  test('who asked may while nobody else could: it is recorded, and ends by itself', async () => {
    const { actor } = scene.it.owner();
    const password = (id: string, hash: string) =>
      scene.sql(`update users set password_hash = ${hash} where id = '${id}'`);
    const owner = as(actor.kind === 'user' ? actor.user_id : '', 'owner');
    await scene.sql(`update users set password_hash = null`);
    await password(owner.actor.user_id, `'fake'`);
    const { id, sole_approver } = await allow({ uses: 5 }, owner);
    expect(sole_approver).toBe(true);
    expect(await code()).toBe('forwarded');
    await password(scene.approver, `'fake'`);
    expect(await code()).toBe('approval_required');
    expect(await only(id)).toMatchObject({ used: 1, ended_at: null });
    await password(owner.actor.user_id, 'null');
  });

  test('never for what destroys or escalates where it is protected, also not by a pattern', async () => {
    for (const operations of [['volumeDelete'], ['variables', '*:destroy'], ['*:escalate']]) {
      const error = await refusal(allow({ detail: { ...DETAIL, operations, resources: undefined } }));
      expect(error.code).toBe('validation_failed');
      expect(error.message).toContain('cannot be allowed beforehand in production, which is protected');
    }
    const { id } = await allow();
    await scene.sql(
      `update allowances set detail = jsonb_set(detail - 'resources', '{operations}', '["volumeDelete"]') where id = '${id}'`,
    );
    expect(await code(`mutation ${mark()} { volumeDelete(volumeId: "v_prod") }`)).toBe('approval_required');
    expect((await refusal(allow({ detail: { ...DETAIL, operations: ['variabels'] } }))).message).toContain('variables');
    expect((await refusal(allow({ task_id: 'tsk_none' }))).code).toBe('not_found');
  });

  test('a no to the very same act that came later is the last word', async () => {
    const query = REVEAL(mark());
    const { id } = await scene.approvalOf(await send(query));
    const made = await allow();
    await denyApproval(approver, { id, reason: 'Not now.' });
    expect(await code(query)).toBe('approval_denied');
    expect(await only(made.id)).toMatchObject({ used: 0 });
  });

  test('its holder sees what is left, and an explanation says where it would stand', async () => {
    const { id } = await allow();
    const actor = { kind: 'token', client_id: 'helper', task_id, act_chain: [], authorization_details: [] };
    const holder = { ...approver, actor: { ...actor, expires_at: Date.now() } } as unknown as Ctx<TokenActor>;
    expect((await getSelf(holder, {})).allowances).toMatchObject([
      { id, left: 2, detail: { ...DETAIL, operations: ['variables:reveal'] } },
    ]);
    const request = { method: 'POST', path: '/graphql/v2', headers: GRAPHQL_HEADERS };
    const asked = { client_id: 'helper', connection: 'railway' };
    const told = (query: string) =>
      explain(approver, { ...asked, request: { ...request, body: JSON.stringify({ query }) } });
    expect((await told(REVEAL('A'))).allowances.map((one) => one.id)).toContain(id);
    expect((await told('query A { me { id } }')).allowances).toEqual([]);
    expect(await only(id)).toMatchObject({ used: 0 });
  });
});
