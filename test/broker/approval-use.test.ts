/** A request that a human must approve: asked for once, used once, and only as it was shown (invariant 11). */
import { randomUUID } from 'node:crypto';
import { getApproval, listApprovals } from '@writ/store';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemContext } from '../../apps/server/src/system-context.ts';
import { remindOfAll } from '../../packages/broker/src/approvals/remind.ts';
import { createFreeze } from '../../packages/broker/src/freeze/create.ts';
import { type ApprovalScene, openApprovalScene } from '../support/approval-scene.ts';
import type { DoorAnswer } from '../support/gateway-door.ts';
import { DATABASES } from '../support/store.ts';
import { taskOf, tokenOf } from '../support/token-scene.ts';

const REVEAL = (mark: string, id = 'e_production') =>
  `query ${mark} { variables(projectId: "p_rentals", environmentId: "${id}", serviceId: "s_api") }`;

describe.each(DATABASES)('approvals, on %s', (kind) => {
  let scene: ApprovalScene;
  let it: ApprovalScene['it'];
  let token: string;
  let task: string;

  beforeAll(async () => {
    scene = await openApprovalScene(kind);
    ({ it } = scene);
  });
  afterAll(() => scene?.close());
  beforeEach(async () => {
    const issued = await it.ask({ task: 'approvals' });
    token = tokenOf(issued);
    task = taskOf(issued);
  });

  // Requests that wait, and denials, are counted over all tasks of the client.
  afterEach(async () => {
    await sql(`update approvals set state = 'cancelled' where state in ('pending', 'approved')`);
    await sql(`update approvals set reopened_at = now() where state = 'denied'`);
  });

  const sql = (text: string) => scene.sql(text);
  const send = (query: string, headers?: Readonly<Record<string, string>>) =>
    scene.door.send(token, query, headers).answer;
  const approvalOf = (answer: DoorAnswer) => scene.approvalOf(answer);
  const decide = (id: string, yes: boolean, reason?: string) => scene.decide(id, yes, reason);
  const approve = async (answer: DoorAnswer): Promise<string> => {
    const { id } = await approvalOf(answer);
    return decide(id, true).then(() => id);
  };
  const arrived = (mark: string) => scene.arrived(mark);
  const entriesOf = async (id: string) =>
    (await it.audit()).filter(({ data }) => JSON.stringify(data ?? {}).includes(id));
  const mark = () => `M${randomUUID().replaceAll('-', '')}`;

  test('a human is asked, with an id and a link; nothing is sent, and the same request asks nobody else', async () => {
    const query = REVEAL(mark());
    const first = await send(query);
    expect(first).toMatchObject({ status: 403, code: 'approval_required' });
    const approval = await approvalOf(first);
    const { publicUrl } = it.services.config;
    expect(first.problem).toMatchObject({
      approval_url: `${publicUrl}/approvals/${approval.id}`,
      status_url: `${publicUrl}/api/v1/self/approvals/${approval.id}`,
      expires_at: new Date(approval.expires_at).toISOString(),
      next: { action: 'ask_human', url: `${publicUrl}/approvals/${approval.id}` },
    });
    expect(first.problem?.['detail']).toMatch(
      /^Nothing was sent\. variables would reveal .* in production; the guardrail .* wants a human's yes\. Ask a human to look at /,
    );
    const again = await send(query);
    expect(again).toMatchObject({
      code: 'approval_pending',
      problem: { approval_id: approval.id, next: { action: 'wait' } },
    });
    expect(approval).toMatchObject({
      state: 'pending',
      client_id: 'helper',
      task_id: task,
      operations: ['variables'],
      quorum: 1,
    });
    expect(approval.expires_at - approval.created_at).toBe(24 * 3600_000);
    const entries = await entriesOf(approval.id);
    expect(entries.map(({ kind, result }) => [kind, result])).toEqual([
      ['request.waiting', 'approval_required'],
      ['approval.requested', undefined],
      ['request.waiting', 'approval_pending'],
    ]);
  });

  test('what was approved is sent once when it is repeated, by any token of the task and with any volatile header', async () => {
    const name = mark();
    await approve(await send(REVEAL(name)));
    token = tokenOf(await it.ask({ task_id: task }));
    expect(await send(REVEAL(name), { 'idempotency-key': randomUUID() })).toMatchObject({
      status: 200,
      code: 'forwarded',
    });
    expect(await arrived(name)).toBe(1);
    expect((await send(REVEAL(name))).code).toBe('approval_required');
    expect(await arrived(name)).toBe(1);
  });

  test('of many uses at once exactly one passes', async () => {
    const name = mark();
    const id = await approve(await send(REVEAL(name)));
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(REVEAL(name))));
    const codes = answers.map(({ code }) => code).sort();
    expect(codes.filter((code) => code === 'forwarded')).toHaveLength(1);
    expect(codes.filter((code) => code === 'approval_required').length).toBeLessThanOrEqual(1);
    expect(await arrived(name)).toBe(1);
    const { store, organization_id } = it.services;
    expect((await getApproval(store.db, { organization_id, id }))?.state).toBe('used');
  });

  test('a no is told with its reason, and the same act is denied by itself until it has cooled down', async () => {
    const query = REVEAL(mark());
    const { id } = await approvalOf(await send(query));
    await decide(id, false, 'Use the copy in staging.');
    const denied = await send(query);
    expect(denied).toMatchObject({ code: 'approval_denied', problem: { next: { action: 'stop' } } });
    expect(denied.problem?.['detail']).toContain('a human did not approve it: "Use the copy in staging."');
    token = tokenOf(await it.ask({ task: 'another' }));
    expect((await send(`${query} # written otherwise`)).code).toBe('approval_denied');
    await sql(`update approvals set cool_until = now() where id = '${id}'`);
    expect((await send(query)).code).toBe('approval_required');
  });

  test("what has expired is not used, by the database's clock: whoever names it is told so, and a human is asked anew", async () => {
    const name = mark();
    const id = await approve(await send(REVEAL(name)));
    await sql(`update approvals set usable_until = now() where id = '${id}'`);
    const named = await send(REVEAL(name), { 'writ-approval': id });
    expect(named).toMatchObject({ code: 'approval_expired', problem: { next: { action: 'repeat' } } });
    const anew = await send(REVEAL(name));
    expect(anew.code).toBe('approval_required');
    const asked = await approvalOf(anew);
    expect(asked.id).not.toBe(id);
    await sql(`update approvals set expires_at = now() where id = '${asked.id}'`);
    expect((await send(REVEAL(name))).code).toBe('approval_required');
    expect(await arrived(name)).toBe(0);
    expect((await entriesOf(asked.id)).map(({ kind }) => kind)).toContain('approval.expired');
  });

  test('people are reminded once, by one of two sweeps, of what nobody has answered and that ends within the hour', async () => {
    const asked = await approvalOf(await send(REVEAL(mark())));
    const reminders = async () => (await entriesOf(asked.id)).filter(({ kind }) => kind === 'approval.expiring');
    const ends = (ms: number) =>
      sql(`update approvals set expires_at = now() + interval '${ms} ms' where id = '${asked.id}'`);
    const sweeps = () => Promise.all([1, 2].map(() => remindOfAll(systemContext(it.services))));
    await ends(3_660_000);
    await sweeps();
    expect(await reminders()).toEqual([]);
    await ends(3_540_000);
    await sweeps();
    await sweeps();
    expect(await reminders()).toMatchObject([{ data: { approval_id: asked.id, expires_at: expect.any(String) } }]);
    const late = await approvalOf(await send(REVEAL(mark())));
    await sql(`update approvals set expires_at = now() where id = '${late.id}'`);
    await sweeps();
    expect((await entriesOf(late.id)).map(({ kind }) => kind)).not.toContain('approval.expiring');
  });

  test('another request than the approved one is not sent: it says what differs, and a human is asked about it', async () => {
    const name = mark();
    const id = await approve(await send(REVEAL(name)));
    const other = await send(REVEAL(name).replace('variables', 'x: variables'));
    expect(other).toMatchObject({
      code: 'approval_mismatch',
      problem: { changed: ['body'], next: { action: 'ask_human' } },
    });
    expect(other.problem?.['approval_id']).not.toBe(id);
    expect(other.problem?.['detail']).toContain(
      `it is not the request of the approval ${id}: what differs is the body`,
    );
    const named = await send(REVEAL(name).replace('variables', 'y: variables'), { 'writ-approval': id });
    expect(named).toMatchObject({ code: 'approval_mismatch', problem: { changed: ['body'], approval_id: id } });
    expect(await arrived(name)).toBe(0);
    expect((await send(REVEAL(name), { 'writ-approval': id })).code).toBe('forwarded');
    expect((await send(REVEAL(name), { 'writ-approval': id })).problem?.['detail']).toContain(
      `the approval ${id} was used`,
    );
    expect((await send(REVEAL(name), { 'writ-approval': 'apr_none' })).code).toBe('approval_mismatch');
  });

  test('a yes of somebody who may not say it any more does not count', async () => {
    const name = mark();
    await approve(await send(REVEAL(name)));
    await sql(`update users set role = 'auditor' where id = '${scene.approver}'`);
    const other = await scene.addApprover();
    const answer = await send(REVEAL(name));
    expect(answer.code).toBe('approval_required');
    expect(await arrived(name)).toBe(0);
    await sql(`update users set role = 'approver' where id = '${scene.approver}'`);
    await sql(`update users set role = 'auditor' where id = '${other}'`);
  });

  describe('Prefer: wait', () => {
    const waits = { prefer: 'respond-async, wait=60' };
    /** Once the request waits: it holds no place of its client then. */
    const waiting = async (count: number) =>
      expect.poll(() => it.services.live.budgets.waiting.used('helper'), { timeout: 20_000 }).toBe(count);
    const askedIn = async (): Promise<string> => {
      const { store, organization_id } = it.services;
      const { items } = await listApprovals(store.db, { organization_id, state: 'pending', limit: 1 });
      return items[0]?.id ?? '';
    };

    test('the request stays, holds no place, and goes on once it is approved', async () => {
      const name = mark();
      const { answer } = scene.door.send(token, REVEAL(name), waits);
      await waiting(1);
      expect(it.services.live.budgets.requests.used('helper')).toBe(0);
      await decide(await askedIn(), true);
      expect((await answer).code).toBe('forwarded');
      expect(await arrived(name)).toBe(1);
    });

    test('a no ends it, with the reason', async () => {
      const { answer } = scene.door.send(token, REVEAL(mark()), waits);
      await waiting(1);
      await decide(await askedIn(), false, 'No.');
      expect(await answer).toMatchObject({ code: 'approval_denied' });
    });

    test('when its time is over the request is told that it is pending', async () => {
      expect((await send(REVEAL(mark()), { prefer: 'wait=1' })).code).toBe('approval_pending');
    });

    test('a freeze ends it at once, and what is approved then is not sent', async () => {
      const name = mark();
      const { answer } = scene.door.send(token, REVEAL(name), waits);
      await waiting(1);
      const freeze = await createFreeze(it.owner(), { task_id: task, reason: 'Test.' });
      expect((await answer).code).toBe('frozen');
      await decide(await askedIn(), true);
      expect((await send(REVEAL(name))).code).toBe('frozen');
      expect(await arrived(name)).toBe(0);
      await sql(`update freezes set lifted_at = now() where id = '${freeze.id}'`);
    });

    test('a client that has gone uses nothing', async () => {
      const name = mark();
      const { answer, leave } = scene.door.send(token, REVEAL(name), waits);
      answer.catch(() => undefined);
      await waiting(1);
      const id = await askedIn();
      leave();
      await waiting(0);
      await decide(id, true);
      expect((await send(REVEAL(name))).code).toBe('forwarded');
      expect(await arrived(name)).toBe(1);
    });

    test('of more than eight that wait the rest is answered at once', async () => {
      const name = mark();
      const all = Array.from({ length: 9 }, () => scene.door.send(token, REVEAL(name), waits));
      await waiting(8);
      expect((await Promise.race(all.map(({ answer }) => answer))).code).toBe('approval_pending');
      await decide(await askedIn(), true);
      const codes = (await Promise.all(all.map(({ answer }) => answer))).map(({ code }) => code);
      expect(codes.filter((code) => code === 'forwarded')).toHaveLength(1);
      expect(await arrived(name)).toBe(1);
    });
  });

  test('two requests for the same act may wait for an answer, and ten of a client, over all its tasks', async () => {
    for (let act = 1; act <= 5; act += 1) {
      token = tokenOf(await it.ask({ task: `flood ${act}` }));
      for (const _ of ['first', 'second']) expect((await send(REVEAL(mark()))).code).toBe('approval_required');
      const third = await send(REVEAL(mark()));
      expect(third).toMatchObject({ status: 429, code: 'rate_limited' });
      expect(third.problem?.['detail']).toContain(act < 5 ? '2 of this very act' : '10 of this client');
      await sql(`update approvals set subject = id where state = 'pending'`);
    }
    expect((await send(REVEAL(mark()))).problem?.['detail']).toContain('10 of this client');
  });

  test('three denials within an hour end asking for the operation, in every task, until somebody lifts it', async () => {
    for (const reason of ['1', '2', '3']) {
      const { id } = await approvalOf(await send(REVEAL(mark())));
      await decide(id, false, reason);
      await sql(`update approvals set cool_until = now() where id = '${id}'`);
    }
    token = tokenOf(await it.ask({ task: 'another' }));
    const ended = await send(REVEAL(mark()));
    expect(ended).toMatchObject({ code: 'approval_denied', problem: { next: { action: 'stop' } } });
    expect(ended.problem?.['detail']).toContain('nobody is asked again until a user allows it');
    await sql("update approvals set reopened_at = now() where state = 'denied'");
    expect((await send(REVEAL(mark()))).code).toBe('approval_required');
  });

  test('where nobody could say yes nobody is asked, and it says how to add somebody', async () => {
    await sql(`update users set password_hash = null`);
    const answer = await send(REVEAL(mark()));
    await sql(`update users set password_hash = 'fake' where id = '${scene.approver}'`);
    expect(answer.code).toBe('approval_required');
    expect(answer.problem?.['approval_id']).toBeUndefined();
    expect(answer.problem?.['detail']).toContain('writ user invite');
  });
});
