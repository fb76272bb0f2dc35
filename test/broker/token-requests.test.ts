/** A token beyond the grants of a client: asked for once, given by a human, narrower at most, fetched once (model#token-request). */
import { revokeOwnToken } from '@writ/broker';
import type { Detail, JsonObject } from '@writ/core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { approveApproval } from '../../packages/broker/src/approvals/approve.ts';
import { denyApproval } from '../../packages/broker/src/approvals/deny.ts';
import { getApproval, listApprovals } from '../../packages/broker/src/approvals/list.ts';
import { reopenApproval } from '../../packages/broker/src/approvals/reopen.ts';
import { createFreeze } from '../../packages/broker/src/freeze/create.ts';
import { deleteFreeze } from '../../packages/broker/src/freeze/delete.ts';
import { endTask } from '../../packages/broker/src/tasks/end.ts';
import { eventsOf, newPeople, type People, refusal, runSql } from '../support/approvals.ts';
import { type Door, openDoor } from '../support/gateway-door.ts';
import { DATABASES } from '../support/store.ts';
import { basic, openTokenScene, type TokenScene, taskOf, tokenOf } from '../support/token-scene.ts';

const DEFERRED = 'urn:ietf:params:oauth:grant-type:deferred';

const detail = (environments: string[], ...operations: string[]): Detail => ({
  type: 'provider_operations',
  connection: 'railway',
  environments,
  operations,
});

const PRODUCTION = { slug: 'production', kind: 'protected', outcome: 'approve' };

/** Beyond the grants of `helper`, which has reads and custom domains of staging and what is shared. */
const REVEAL = [detail(['production'], 'variables:reveal')];

describe.each(DATABASES)('requests for tokens, on %s', (kind) => {
  let it: TokenScene;
  let door: Door;
  let people: People;
  beforeAll(async () => {
    it = await openTokenScene(kind);
    door = await openDoor(it.services);
    people = await newPeople(it);
  });
  afterAll(async () => {
    await door?.close();
    await it?.close();
  });

  // Requests that wait, and denials, are counted over all tasks of the client.
  afterEach(() => again());

  const ask = (details: readonly Detail[], more: Readonly<Record<string, string>> = {}) =>
    it.ask({ authorization_details: JSON.stringify(details), completion_mode: 'other deferred', ...more });
  const poll = (code: string, more: Readonly<Record<string, string>> = {}, as?: string) =>
    it.ask({ grant_type: DEFERRED, deferral_code: code, ...more }, as);
  const code = ({ body }: { readonly body: JsonObject }): string => String(body['deferral_code']);
  const idOf = ({ body }: { readonly body: JsonObject }): string =>
    String(body['interaction_uri']).split('/').at(-1) ?? '';
  const sql = (text: string) => runSql(it.services.store, text);
  const again = async () => {
    await sql(`update approvals set reopened_at = now() where state = 'denied'`);
    await sql(`update approvals set state = 'expired' where state in ('pending', 'approved', 'cancelled')`);
  };
  const yes = (id: string, more: object = {}) => approveApproval(people.admin, { id, ...more });
  const given = async (details: readonly Detail[], more: object = {}, asked: Readonly<Record<string, string>> = {}) => {
    const first = await ask(details, asked);
    await yes(idOf(first), more);
    const reply = await poll(code(first));
    expect(reply).toMatchObject({ status: 200 });
    return { first, reply, token: tokenOf(reply) };
  };
  const reveal = (environment: string) =>
    `query { variables(projectId: "p_rentals", environmentId: "${environment}", serviceId: "s_api") }`;
  const codeOf = async (token: string, query: string) => (await door.send(token, query).answer).code;

  test('nobody is asked without the client saying that it can wait; grants that suffice answer at once', async () => {
    const details = JSON.stringify(REVEAL);
    const refused = await it.ask({ authorization_details: details });
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_authorization_details' } });
    expect(refused.body['error_description']).toMatch(/completion_mode=deferred/);
    expect(await it.ask({ authorization_details: details, completion_mode: 'later' })).toMatchObject({ status: 400 });
    expect(await ask([detail(['staging'], 'customDomainCreate', 'service*:read')])).toMatchObject({ status: 200 });
    expect(await it.ask({ completion_mode: 'deferred' })).toMatchObject({ status: 200 });
    // One that is covered in part is not covered: of two environments, or of two details.
    for (const partly of [
      [detail(['staging', 'production'], 'customDomainCreate')],
      [detail(['staging'], 'customDomainCreate'), ...REVEAL],
    ])
      expect(await ask(partly)).toMatchObject({ status: 400, body: { error: 'authorization_pending' } });
    await again();
    for (const wrong of [
      [detail(['nowhere'], 'variables:reveal')],
      [detail(['production'], 'noSuchThing')],
      [{ ...detail(['production'], '*:read'), connection: 'nothing' }],
    ])
      expect(await ask(wrong)).toMatchObject({ status: 400, body: { error: 'invalid_authorization_details' } });
  });

  test('a human is asked once for the same, sees what it would cover, and the client gets the token once', async () => {
    const first = await ask(REVEAL, { task: 'read the keys', expires_in: '1200' });
    expect(first).toMatchObject({ status: 400, headers: { 'cache-control': 'no-store' } });
    expect(first.body).toMatchObject({ error: 'authorization_pending', interval: 5 });
    expect(first.body['expires_in']).toBeGreaterThan(86_000);
    expect(code(first)).toMatch(/^writ_dc_[0-9a-z]{26}_[\w-]{43}$/);
    const id = idOf(first);
    const second = await ask(REVEAL, { task: 'read the keys', expires_in: '1200' });
    expect([idOf(second), code(second) === code(first)]).toEqual([id, false]);
    expect(idOf(await ask(REVEAL, { task: 'something else', expires_in: '1200' }))).not.toBe(id);

    const view = await getApproval(people.approver, { id });
    expect(view).toMatchObject({
      kind: 'token',
      state: 'pending',
      protected: true,
      operations: ['railway/production/variables:reveal'],
      task: { purpose: 'read the keys' },
      shown: null,
      token: {
        authorization_details: REVEAL,
        beyond: ['railway/production/variables:reveal'],
        expires_in: 1200,
        bound: false,
        given: null,
        reaches: [{ operation: 'variables', effect: 'reveal', environments: [PRODUCTION] }],
        reaches_more: 0,
      },
    });
    expect((await getApproval(people.auditor, { id })).token).toBeNull();
    expect(await refusal(approveApproval(people.approver, { id }))).toMatchObject({ code: 'forbidden' });
    expect(await poll(code(first))).toMatchObject({ status: 400, body: { error: 'authorization_pending' } });
    expect((await poll(code(second))).body).toMatchObject({ error: 'slow_down', interval: 10 });
    await yes(id, { seen: view.version });

    const redeemed = await Promise.all([poll(code(first)), poll(code(second)), poll(code(first))]);
    const [good, ...others] = redeemed.sort((a, b) => a.status - b.status);
    expect(good).toMatchObject({ status: 200, body: { expires_in: 1200, authorization_details: REVEAL } });
    for (const other of others) expect(other).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await poll(code(first))).toEqual(others[0]);
    expect(taskOf(good ?? { body: {} })).toBe(first.body['task_id']);
    expect((await eventsOf(it, id)).map((event) => event['kind'])).toEqual([
      'approval.requested',
      'approval.approved',
      'token.issued',
      'approval.used',
      ...others.map(() => 'token.refused'),
      'token.refused',
    ]);
    const everything = JSON.stringify([await it.audit(), it.logged, view]);
    for (const secret of [code(first), code(second)]) expect(everything).not.toContain(secret);
    const rows = await it.services.store.driver.script((run) => run({ text: 'select * from token_requests' }));
    expect(JSON.stringify(rows)).not.toContain(code(first).slice(-43));
  });

  test('what was given is for its task alone, and the guardrails act on what is sent', async () => {
    const { token, reply, first } = await given(REVEAL);
    expect(await codeOf(token, reveal('e_production'))).toBe('approval_required');
    expect(await codeOf(token, 'query { environment(id: "e_staging") { id } }')).toBe('operation_not_granted');
    const task_id = taskOf(reply);
    const text = JSON.stringify(REVEAL);
    const renewed = await it.ask({ authorization_details: text, task_id });
    expect(renewed).toMatchObject({ status: 200 });
    expect(Number(renewed.body['expires_in'])).toBeLessThanOrEqual(Number(reply.body['expires_in']));
    expect(await codeOf(tokenOf(renewed), reveal('e_production'))).toMatch(/^approval_/);
    const elsewhere = await it.ask({ task: 'another' });
    expect(await it.ask({ authorization_details: text, task_id: taskOf(elsewhere) })).toMatchObject({ status: 400 });
    // It ends with the life that was approved, however long the task lives.
    await sql(`update token_requests set granted_until = now() where approval_id = '${idOf(first)}'`);
    it.services.live.forget([{ scope: 'task', subject: task_id }]);
    expect(await it.ask({ authorization_details: text, task_id })).toMatchObject({ status: 400 });
    expect(await codeOf(tokenOf(renewed), reveal('e_production'))).toBe('operation_not_granted');
  });

  test('less is given than asked by both having to cover a call, whatever the one who gives writes', async () => {
    const asked = [detail(['production', 'staging'], 'variables:reveal')];
    const narrowed = [detail(['staging'], '*:reveal', '*:read')];
    const { token, reply, first } = await given(asked, { authorization_details: narrowed });
    expect(reply.body['authorization_details']).toEqual(narrowed);
    expect(await codeOf(token, reveal('e_staging'))).toBe('forwarded');
    expect(await codeOf(token, reveal('e_production'))).toBe('environment_not_granted');
    // Its grants have this, what was given has it too, but it was not asked.
    const read = 'query { environment(id: "e_staging") { id } }';
    expect(await codeOf(token, read)).toBe('operation_not_granted');
    // Another token of the task has no more than both either, whatever it names.
    const more = await it.ask({ authorization_details: JSON.stringify(narrowed), task_id: taskOf(reply) });
    expect(await codeOf(tokenOf(more), reveal('e_staging'))).toBe('forwarded');
    expect((await getApproval(people.admin, { id: idOf(first) })).token?.given).toEqual(narrowed);
  });

  test('what is given must be of what is asked, and is for a token alone', async () => {
    const first = await ask(REVEAL);
    const id = idOf(first);
    for (const wrong of [
      [detail(['staging'], 'variables:reveal')],
      [detail(['production'], 'volumeDelete')],
      [detail(['nowhere'], 'variables:reveal')],
      [{ ...detail(['production'], '*:read'), connection: 'nothing' }],
    ])
      expect(await refusal(yes(id, { authorization_details: wrong }))).toMatchObject({ code: 'validation_failed' });
    expect(await refusal(yes(id, { run: 'now' }))).toMatchObject({ code: 'validation_failed' });
    expect(await getApproval(people.admin, { id })).toMatchObject({ state: 'pending' });
  });

  test('a code is good for its client alone, with nothing else in the poll', async () => {
    const first = await ask(REVEAL);
    const unknown = await poll(`${code(first).slice(0, -1)}${code(first).endsWith('A') ? 'B' : 'A'}`);
    expect(unknown).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    const robot = { ...(await it.asRobot()), grant_type: DEFERRED, deferral_code: code(first) };
    expect((await it.ask(robot, '')).body).toEqual(unknown.body);
    expect((await poll('nonsense')).body).toEqual(unknown.body);
    for (const name of ['authorization_details', 'task', 'resource', 'expires_in', 'completion_mode'])
      expect((await poll(code(first), { [name]: 'x' })).body).toMatchObject({ error: 'invalid_request' });
    expect(await poll(code(first), {}, basic('helper', 'wrong'))).toMatchObject({ status: 401 });
  });

  test('a no is told with its reason and cools down; three end asking until somebody lifts it', async () => {
    const first = await ask(REVEAL, { task: 'one' });
    await denyApproval(people.approver, { id: idOf(first), reason: 'Use staging.' });
    const told = { error: 'access_denied', error_description: 'A human did not approve it: Use staging.' };
    expect((await poll(code(first))).body).toEqual(told);
    // However it is written, and for whatever task: nobody is asked again.
    expect((await ask([detail(['production'], 'variables*:reveal')], { task: 'two' })).body).not.toEqual(told);
    expect((await ask(REVEAL, { task: 'two', expires_in: '60' })).body).toEqual(told);
    await again();
    for (const task of ['a', 'b', 'c']) {
      await sql(`update approvals set cool_until = now() where state = 'denied'`);
      await denyApproval(people.approver, { id: idOf(await ask(REVEAL, { task })) });
    }
    await sql(`update approvals set cool_until = now() where state = 'denied'`);
    const ended = await ask(REVEAL, { task: 'd' });
    expect(ended.body['error_description']).toMatch(/Three requests .* for variables were denied within an hour/);
    const { items } = await listApprovals(people.admin, { state: 'denied', limit: 1 });
    await reopenApproval(people.admin, { id: items[0]?.id ?? '' });
    expect((await ask(REVEAL, { task: 'd' })).body).toMatchObject({ error: 'authorization_pending' });
  });

  test('a client takes its request back, and then nobody can approve it', async () => {
    const first = await ask(REVEAL);
    const revoke = (text: string, authorization = basic('helper', it.secret)) =>
      revokeOwnToken(it.anyone(), { authorization, form: new URLSearchParams({ token: text }).toString() });
    expect(await revoke(`${code(first).slice(0, -2)}zz`)).toMatchObject({ status: 200 });
    expect(await getApproval(people.admin, { id: idOf(first) })).toMatchObject({ state: 'pending' });
    expect(await revoke(code(first))).toMatchObject({ status: 200 });
    expect(await refusal(yes(idOf(first)))).toMatchObject({ code: 'conflict' });
    expect((await poll(code(first))).body).toMatchObject({ error: 'access_denied' });
    expect(await eventsOf(it, idOf(first))).toMatchObject([
      {},
      { kind: 'approval.cancelled', actor: 'anonymous' },
      { kind: 'token.refused' },
    ]);
  });

  test('a freeze, the end of the task, a vote that lapsed and a time that is over stop it', async () => {
    const frozen = await ask(REVEAL, { task: 'frozen' });
    const freeze = await createFreeze(people.owner, { connection: 'railway', reason: 'look first' });
    expect(await refusal(yes(idOf(frozen)))).toMatchObject({ code: 'frozen' });
    expect((await ask(REVEAL, { task: 'another' })).body).toMatchObject({ error: 'access_denied' });
    await deleteFreeze(people.owner, { id: freeze.id });
    await yes(idOf(frozen));
    const second = await createFreeze(people.owner, { client_id: 'helper', reason: 'stop' });
    expect((await poll(code(frozen))).body).toMatchObject({ error: 'access_denied' });
    await deleteFreeze(people.owner, { id: second.id });
    expect(await poll(code(frozen))).toMatchObject({ status: 200 });

    const ended = await ask(REVEAL, { task: 'ended' });
    await yes(idOf(ended));
    await endTask(people.owner, { id: String(ended.body['task_id']) });
    expect((await poll(code(ended))).body).toMatchObject({ error: 'access_denied' });

    const lapsed = await ask(REVEAL, { task: 'lapsed' });
    await yes(idOf(lapsed));
    const { user_id } = people.admin.actor;
    await sql(`update users set role = 'approver' where id = '${user_id}'`);
    expect((await poll(code(lapsed))).body).toMatchObject({ error: 'access_denied' });
    await sql(`update users set role = 'admin' where id = '${user_id}'`);
    await sql(`update approvals set usable_until = now() where id = '${idOf(lapsed)}'`);
    expect((await poll(code(lapsed))).body).toMatchObject({ error: 'expired_token' });
  });

  test('two of the same wait at most, and nobody is asked where nobody may answer', async () => {
    const replies = [];
    for (let at = 0; at < 2; at += 1) replies.push(await ask(REVEAL, { task: `${at}` }));
    await expect(ask(REVEAL, { task: 'third' })).rejects.toMatchObject({ code: 'rate_limited' });
    await again();
    await sql(`update users set password_hash = null`);
    const nobody = await ask(REVEAL);
    expect(nobody.body).toMatchObject({ error: 'access_denied' });
    expect(nobody.body['error_description']).toMatch(/Nobody could approve it.*writ user invite/);
    people = await newPeople(it);
  });
});
