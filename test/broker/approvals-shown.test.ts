/** A human's no, what is said of what is over, and what people are shown. */
import type { Ctx, UserActor } from '@writ/broker';
import { Secret } from '@writ/core';
import { getKeptBody, keepBody } from '@writ/store';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { denyApproval } from '../../packages/broker/src/approvals/deny.ts';
import { getApproval, listApprovals } from '../../packages/broker/src/approvals/list.ts';
import { lookAtApproval } from '../../packages/broker/src/approvals/look.ts';
import { reopenApproval } from '../../packages/broker/src/approvals/reopen.ts';
import {
  eventsOf,
  insertHeldConnection,
  MILD,
  newPeople,
  refusal,
  runSql,
  SHOWN,
  sayYes,
  waiting,
} from '../support/approvals.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';
import { DATABASES, OPENING } from '../support/store.ts';

describe.each(DATABASES)('a no, and what is shown, on %s', (kind) => {
  let it: InProcess;
  let owner: Ctx<UserActor>;
  let admin: Ctx<UserActor>;
  let approver: Ctx<UserActor>;
  let auditor: Ctx<UserActor>;
  beforeAll(async () => {
    it = await openInProcess(kind);
  }, OPENING);
  afterAll(() => it?.close());
  beforeEach(async () => {
    ({ owner, admin, approver, auditor } = await newPeople(it));
  });

  test('one no is enough; its reason is kept, and the same is not asked again for ten minutes by the database’s clock', async () => {
    const id = await waiting(it, { requesters: [approver.actor.user_id] });
    const view = await denyApproval(approver, { id, reason: 'That volume is production.' });
    expect(view).toMatchObject({ state: 'denied', reason: 'That volume is production.', may_approve: false });
    expect(Date.parse(view.cool_until ?? '') - Date.parse(view.decided_at ?? '')).toBe(600_000);
    expect((await eventsOf(it, id))[0]).toMatchObject({
      kind: 'approval.denied',
      data: { reason: 'That volume is production.' },
    });
    expect(await refusal(sayYes(owner, id))).toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/It was denied at .*: That volume is production\./),
    });
  });

  test('a yes that was not used yet is taken back by a no, also by who gave it', async () => {
    const id = await waiting(it);
    await sayYes(owner, id);
    const view = await denyApproval(owner, { id });
    expect(view).toMatchObject({ state: 'denied', votes: [{ user: { id: owner.actor.user_id }, yes: false }] });
  });

  test.each<[string, Record<string, string>, RegExp]>([
    [
      'used',
      {
        state: 'used',
        decided_at: '2026-11-28T09:00:00Z',
        used_at: '2026-11-28T09:01:00Z',
        used_by: 'req_2',
        run: 'client',
      },
      /approved, and used at 2026-11-28T09:01:00\.000Z/,
    ],
    [
      'expired before an answer',
      { expires_at: '2026-11-28T08:00:01Z' },
      /It expired at 2026-11-28T08:00:01\.000Z, since nobody answered/,
    ],
    [
      'expired before its use',
      { state: 'approved', run: 'client', decided_at: '2026-11-28T09:00:00Z', usable_until: '2026-11-28T09:15:00Z' },
      /approved, and expired at .* since the client did not use it/,
    ],
    ['cancelled', { state: 'cancelled' }, /was cancelled/],
  ])('one that was %s is neither approved nor denied, and says what it is', async (_, columns, sentence) => {
    const id = await waiting(it, { columns });
    for (const work of [() => sayYes(owner, id), () => denyApproval(owner, { id })]) {
      expect(await refusal(work())).toMatchObject({ code: 'conflict', message: expect.stringMatching(sentence) });
    }
    expect(await eventsOf(it, id)).toEqual([]);
  });

  test('what Writ sends itself has no time in which it is used, and what is not all shown is approved by nobody', async () => {
    const id = await waiting(it);
    const both = await refusal(sayYes(approver, id, { run: 'now', usable_for: 3600 }));
    expect(both).toMatchObject({ code: 'validation_failed', message: expect.stringContaining('usable_for') });
    const cut = await waiting(it, { shown: { ...SHOWN, left_out: 3 } });
    expect(await refusal(sayYes(approver, cut))).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('3 things'),
    });
    for (const each of [id, cut]) expect((await getApproval(owner, { id: each })).state).toBe('pending');
  });

  test('an approval that nobody knows is not found', async () => {
    const id = 'apr_none';
    const works = [() => sayYes(owner, id), () => denyApproval(owner, { id }), () => getApproval(owner, { id })];
    for (const work of works) {
      expect(await refusal(work())).toMatchObject({ code: 'not_found', message: 'There is no approval apr_none.' });
    }
  });

  test('an auditor sees what is asked and by whom, not the request itself', async () => {
    const id = await waiting(it);
    const view = await getApproval(auditor, { id });
    expect(view).toMatchObject({
      operations: ['volumeDelete'],
      task: { purpose: 'clean up staging' },
      shown: null,
      may_approve: false,
    });
    expect(JSON.stringify(view)).not.toContain('vol_1');
    expect((await getApproval(approver, { id })).shown).toEqual(SHOWN);
  });

  test('the same act carried out in the last 24 hours is said, whoever it was asked by', async () => {
    const columns = {
      subject: 'same-act',
      client_id: 'other',
      state: 'used',
      run: 'client',
      used_by: 'req_9',
      decided_at: new Date().toISOString(),
    };
    const used_at = new Date(Date.now() - 23 * 3600_000).toISOString();
    const used = await waiting(it, { columns: { ...columns, used_at } });
    const id = await waiting(it, { columns: { subject: 'same-act' } });
    expect((await getApproval(owner, { id })).previous).toMatchObject({
      request_id: 'req_9',
      same_digest: false,
    });
    const { store } = it.services;
    await insertHeldConnection(it);
    await runSql(
      store,
      `insert into holds (organization_id, id, approval_id, client_id, act_chain, task_id, jti, connection_id, request_id, digest,
         parts, subject, operations, shown, minutes, state, waits_for_release, created_at, executes_at)
       select organization_id, 'hld_' || id, id, client_id, act_chain, task_id, jti, 'con_held', request_id, digest,
         parts, subject, operations, shown, 5, 'waiting', false, now(), now() from approvals where id = '${used}'`,
    );
    expect((await getApproval(owner, { id })).previous, 'it is still held').toBeNull();
    await runSql(
      store,
      `update holds set state = 'executed', claimed_at = now(), claimed_by = 'brk_1', ended_at = now() where approval_id = '${used}'`,
    );
    expect((await getApproval(owner, { id })).previous).not.toBeNull();
    await runSql(
      store,
      `update approvals set used_at = now() - interval '25 hours' where subject = 'same-act' and state = 'used'`,
    );
    expect((await getApproval(owner, { id })).previous).toBeNull();
  });

  test('the list is newest first, and is filtered by what each is now', async () => {
    const task_id = `tsk_${Date.now()}`;
    const late = await waiting(it, { columns: { task_id, expires_at: '2026-11-28T08:00:01Z' } });
    const open = await waiting(it, { columns: { task_id } });
    const list = async (more: object) =>
      (await listApprovals(owner, { limit: 10, task_id, ...more })).items.map(({ id }) => id);
    expect(await list({})).toEqual([open, late]);
    expect(await list({ state: 'pending' })).toEqual([open]);
    expect(await list({ state: 'expired' })).toEqual([late]);
    expect(await list({ client_id: 'nobody' })).toEqual([]);
    const first = await listApprovals(owner, { limit: 1, task_id });
    expect(first.next_cursor).toBe(open);
    expect(await list({ cursor: open })).toEqual([late]);
  });

  test('a page ends early where what it shows is large, and the next one goes on', async () => {
    const task_id = `tsk_large_${Date.now()}`;
    const shown = { ...SHOWN, request: { ...SHOWN.request, body: 'x'.repeat(1024 * 1024) } };
    const made: string[] = [];
    for (let n = 0; n < 5; n += 1) made.unshift(await waiting(it, { shown, columns: { task_id } }));
    const first = await listApprovals(owner, { limit: 100, task_id });
    expect(first.items.map(({ id }) => id)).toEqual(made.slice(0, 3));
    const rest = await listApprovals(owner, { limit: 100, task_id, cursor: first.next_cursor ?? '' });
    expect(rest).toMatchObject({ items: [{ id: made[3] }, { id: made[4] }], next_cursor: null });
  });

  test('a no that was lifted counts no more, for all that the client was denied of these operations', async () => {
    const [one, two, other] = [await waiting(it), await waiting(it), await waiting(it, { shown: MILD })];
    for (const id of [one, two, other]) await denyApproval(owner, { id });
    const { reopened } = await reopenApproval(approver, { id: one });
    expect(reopened).toEqual(expect.arrayContaining([one, two]));
    expect(reopened).not.toContain(other);
    expect((await getApproval(owner, { id: two })).reopened_at).not.toBeNull();
    expect((await eventsOf(it, one)).map(({ kind: each }) => each)).toEqual(['approval.denied', 'approval.reopened']);
    const open = await waiting(it);
    expect(await refusal(reopenApproval(owner, { id: open }))).toMatchObject({ code: 'conflict' });
  });

  test('the whole request is shown to those alone who may approve it, while it waits, and the log says so first', async () => {
    const { organization_id, store, vault } = it.services;
    const id = await waiting(it, { requesters: [admin.actor.user_id] });
    const hidden = `fake-secret-${kind}`;
    const request = { method: 'POST', path: '/graphql/v2', query: '', headers: { 'content-type': 'application/json' } };
    const body = Buffer.from(`{"value":"${hidden}"}`).toString('base64');
    const of = {
      iss: 'http://localhost:8700',
      sub: 'helper',
      aud: 'http://localhost:8700/gateway',
      client_id: 'helper',
    };
    const claims = { ...of, iat: 1, nbf: 1, exp: 2, jti: 'jti_1', task_id: 'tsk_1' };
    const kept = {
      v: 1,
      ...request,
      body,
      forward: { ...request, body },
      connection: 'railway',
      public_base: '',
      client_kind: 'agent',
      kid: 'k',
      claims,
      asked_at: 0,
    };
    const key = { organization_id, id, part: 'request' as const };
    const sealed = await vault.sealKeptBody(new Secret(JSON.stringify(kept), 'kept'), key);
    await store.transaction((tx) => keepBody(tx, { ...key, sealed, keep_seconds: 60 }));
    for (const nobody of [admin, auditor]) {
      expect((await refusal(lookAtApproval(nobody, { id }))).code).toBe('forbidden');
    }
    expect(await eventsOf(it, id)).toEqual([]);
    expect((await lookAtApproval(approver, { id })).request.body).toContain(hidden);
    expect((await eventsOf(it, id))[0]).toMatchObject({
      kind: 'approval.looked',
      actor: `user:${approver.actor.user_id}`,
    });
    expect(JSON.stringify(await it.audit())).not.toContain(hidden);
    await denyApproval(owner, { id });
    // A no is the end of it: the bytes go too.
    expect(await getKeptBody(store.db, key)).toBeUndefined();
    expect((await getApproval(owner, { id })).shown?.request.body).toBeNull();
    expect((await refusal(lookAtApproval(approver, { id }))).code).toBe('conflict');
  });
});
