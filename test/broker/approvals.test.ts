/** A human's yes and no: whose, to what, while what holds, and what is said where it is not taken. */
import type { Ctx, UserActor } from '@writ/broker';
import { tieUsers } from '@writ/store';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { approveAllApprovals, approveApproval } from '../../packages/broker/src/approvals/approve.ts';
import { denyApproval } from '../../packages/broker/src/approvals/deny.ts';
import { getApproval } from '../../packages/broker/src/approvals/list.ts';
import { reopenApproval } from '../../packages/broker/src/approvals/reopen.ts';
import { createFreeze } from '../../packages/broker/src/freeze/create.ts';
import { deleteFreeze } from '../../packages/broker/src/freeze/delete.ts';
import { acceptLink } from '../../packages/broker/src/users/accept.ts';
import { createUser } from '../../packages/broker/src/users/create.ts';
import { deleteUser } from '../../packages/broker/src/users/delete.ts';
import { patchUser } from '../../packages/broker/src/users/patch.ts';
import {
  CONFIRM,
  eventsOf,
  MILD,
  newPeople,
  person,
  refusal,
  runSql,
  SHOWN,
  sayYes,
  waiting,
} from '../support/approvals.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';
import { fakePassword } from '../support/owner.ts';
import { DATABASES, OPENING } from '../support/store.ts';

describe.each(DATABASES)('a yes and a no, on %s', (kind) => {
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

  const stateOf = async (id: string): Promise<string> => (await getApproval(owner, { id })).state;

  test('a yes approves one request for 15 minutes, and is in the log with the digest, never with bytes or a plain hash of them', async () => {
    const id = await waiting(it, { requesters: [owner.actor.user_id] });
    const view = await sayYes(approver, id);
    expect(view).toMatchObject({ state: 'approved', run: 'client', usable_for: 900, sole_approver: false });
    expect(Date.parse(view.usable_until ?? '') - Date.parse(view.decided_at ?? '')).toBe(900_000);
    expect(view.votes).toMatchObject([{ user: { id: approver.actor.user_id, name: 'Pia' }, yes: true, counts: true }]);
    const [event, ...more] = await eventsOf(it, id);
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      kind: 'approval.approved',
      actor: `user:${approver.actor.user_id}`,
      client_id: 'helper',
      task_id: 'tsk_1',
      operations: ['volumeDelete'],
      data: { digest: view.digest, assertion: 'password', run: 'client', quorum: 1, votes: 1 },
    });
    expect(event).not.toHaveProperty('data.parts');
    expect(JSON.stringify(event)).not.toContain('vol_1');
  });

  test('the approver picks for how long it is good', async () => {
    const view = await sayYes(approver, await waiting(it), { usable_for: 86_400 });
    expect(Date.parse(view.usable_until ?? '') - Date.parse(view.decided_at ?? '')).toBe(86_400_000);
  });

  test('without an assertion no verb answers, whatever the route let through', async () => {
    const id = await waiting(it);
    const { asserted: _, ...bare } = owner;
    const works = [
      () => approveApproval(bare, { id, confirm: CONFIRM }),
      () => approveAllApprovals(bare, { ids: [id] }),
      () => denyApproval(bare, { id }),
      () => reopenApproval(bare, { id }),
    ];
    for (const work of works) expect((await refusal(work())).code).toBe('assertion_required');
    expect(await stateOf(id)).toBe('pending');
  });

  test('nobody who asked says yes where it is protected while somebody else could, nor who was made by such a one', async () => {
    const id = await waiting(it, { requesters: [owner.actor.user_id] });
    expect(await refusal(sayYes(owner, id))).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('You count as one who asked for it'),
    });
    const { organization_id, store } = it.services;
    const tie = {
      organization_id,
      by_id: owner.actor.user_id,
      user_id: approver.actor.user_id,
      kind: 'reset' as const,
    };
    await store.transaction((tx) => tieUsers(tx, tie));
    expect((await refusal(sayYes(approver, id))).code).toBe('forbidden');
    expect((await sayYes(admin, id)).state).toBe('approved');
  });

  test('the database itself refuses the yes of one who asked', async () => {
    const id = await waiting(it, { requesters: [owner.actor.user_id] });
    const vote = runSql(
      it.services.store,
      `insert into approval_votes select organization_id, id, '${owner.actor.user_id}', true, now(), 'password', requesters, protected, sole_approver
        from approvals where id = '${id}'`,
    );
    await expect(vote).rejects.toThrow();
  });

  test('in an installation of one person that one says yes, and the row and the log say so, until a second one counts as another', async () => {
    const { user_id } = owner.actor;
    await runSql(it.services.store, `update users set password_hash = null where id <> '${user_id}'`);
    const ask = () => waiting(it, { requesters: [user_id] });
    const id = await ask();
    expect(await getApproval(owner, { id })).toMatchObject({ sole_approver: true, may_approve: true });
    expect(await sayYes(owner, id)).toMatchObject({ state: 'approved', sole_approver: true });
    expect((await eventsOf(it, id))[0]).toMatchObject({ data: { sole_approver: true } });
    const who = { email: `${user_id}.second@example.com`, name: 'Second' } as const;
    const { link } = await createUser(owner, { ...who, role: 'approver' });
    const made = await acceptLink(it.anyone(), { token: link.split('#token=')[1] ?? '', password: fakePassword() });
    // Who was just invited is in the hand of who invited.
    const next = await ask();
    expect(await getApproval(owner, { id: next })).toMatchObject({ sole_approver: true, may_approve: true });
    await runSql(it.services.store, `update user_ties set at = at - interval '7 days'`);
    expect(await getApproval(owner, { id: next })).toMatchObject({ sole_approver: false, may_approve: false });
    expect((await refusal(sayYes(owner, next))).code).toBe('forbidden');
    const second = { ...owner, actor: { ...owner.actor, ...who, user_id: made.id, role: 'approver' as const } };
    expect(await sayYes(second, next)).toMatchObject({ state: 'approved', sole_approver: false });
  });

  test('where it is not protected, who asked may say yes', async () => {
    const id = await waiting(it, {
      shown: MILD,
      requesters: [owner.actor.user_id],
      columns: { protected: false },
    });
    expect(await approveApproval(owner, { id })).toMatchObject({ state: 'approved', sole_approver: false });
  });

  test('what destroys where that is protected is never approved without a word typed, even where nothing was named to type', async () => {
    const id = await waiting(it, { shown: { ...SHOWN, confirm: [] } });
    const line = 'production/volumeDelete';
    expect((await getApproval(owner, { id })).shown?.confirm).toEqual([line]);
    for (const confirm of [undefined, 'production', CONFIRM, [line, line, 'more']]) {
      expect(await refusal(approveApproval(owner, { id, ...(confirm && { confirm }) }))).toMatchObject({
        code: 'validation_failed',
        message: expect.stringContaining(line),
      });
    }
    expect((await refusal(approveAllApprovals(owner, { ids: [id] }))).code).toBe('forbidden');
    expect(await stateOf(id)).toBe('pending');
    expect((await approveApproval(owner, { id, confirm: line })).state).toBe('approved');
  });

  test('where nobody may say yes, everybody is told how to add somebody', async () => {
    const id = await waiting(it, { columns: { quorum: 5 } });
    expect((await getApproval(auditor, { id })).nobody).toContain('writ user invite');
    expect(await refusal(sayYes(owner, id))).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('only 3'),
    });
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['another name', 'production/rentals'],
    ['another environment', 'staging/rentals-data'],
    ['other letters', 'production/Rentals-data'],
    ['something beside it', [CONFIRM, 'production/other']],
  ])(
    'what is destroyed where it is protected is typed exactly: %s is refused and changes nothing',
    async (_, confirm) => {
      const id = await waiting(it);
      const error = await refusal(
        approveApproval(owner, { id, ...(confirm !== undefined && { confirm: confirm as string }) }),
      );
      expect(error).toMatchObject({ code: 'validation_failed', message: expect.stringContaining(CONFIRM) });
      expect(await stateOf(id)).toBe('pending');
      expect(await eventsOf(it, id)).toEqual([]);
    },
  );

  test('of several things that are destroyed each is typed, in any order', async () => {
    const confirm = [CONFIRM, 'production/backups'];
    const id = await waiting(it, { shown: { ...SHOWN, confirm } });
    expect((await refusal(sayYes(owner, id))).message).toContain('for each of the 2 things: production/backups');
    expect((await sayYes(owner, id, { confirm: confirm.toReversed() })).state).toBe('approved');
  });

  test('a name to type where nothing is destroyed is a mistake, and is said to be one', async () => {
    const id = await waiting(it, { shown: MILD });
    expect((await refusal(sayYes(owner, id))).message).toContain('is not wanted');
    expect((await approveApproval(owner, { id })).state).toBe('approved');
  });

  test('nobody approves while everything, the connection, the client or the task is frozen; a no is taken', async () => {
    const id = await waiting(it);
    for (const what of [{ all: true as const }, { client_id: 'helper' }, { task_id: 'tsk_1' }]) {
      const freeze = await createFreeze(owner, { ...what, reason: 'a leak' });
      const error = await refusal(sayYes(owner, id));
      expect(error).toMatchObject({
        code: 'frozen',
        message: expect.stringMatching(/was frozen: a leak\..*writ freeze off frz_/),
      });
      await deleteFreeze(owner, { id: freeze.id });
    }
    await createFreeze(owner, { task_id: 'tsk_1', reason: 'a leak' });
    expect((await denyApproval(owner, { id })).state).toBe('denied');
    await runSql(it.services.store, 'delete from freezes');
  });

  test('a yes or a no to another view than the present one is refused', async () => {
    const id = await waiting(it, { columns: { quorum: 2 } });
    const { version } = await getApproval(owner, { id });
    await sayYes(admin, id, { seen: version });
    const stale = await refusal(sayYes(owner, id, { seen: version }));
    expect(stale).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('It changed while you looked at it'),
    });
    expect((await refusal(denyApproval(owner, { id, seen: version }))).code).toBe('conflict');
    const now = await getApproval(owner, { id });
    expect((await sayYes(owner, id, { seen: now.version })).state).toBe('approved');
  });

  test('a quorum takes that many people, all of them still allowed to; the first one fixes how it runs', async () => {
    const id = await waiting(it, { columns: { quorum: 2 } });
    expect(await sayYes(approver, id, { usable_for: 3600 })).toMatchObject({ state: 'pending', usable_for: 3600 });
    expect((await eventsOf(it, id))[0]).toMatchObject({ kind: 'approval.voted', data: { votes: 1, quorum: 2 } });
    expect((await refusal(sayYes(approver, id))).message).toContain('You have said yes already');
    expect((await refusal(sayYes(owner, id, { usable_for: 900 }))).message).toContain(
      'The first yes has fixed how it runs',
    );
    await patchUser(owner, { id: approver.actor.user_id, role: 'auditor' });
    expect((await getApproval(owner, { id })).votes).toMatchObject([{ counts: false }]);
    expect(await sayYes(admin, id)).toMatchObject({ state: 'pending' });
    expect(await sayYes(owner, id)).toMatchObject({ state: 'approved', usable_for: 3600 });
  });

  test('the yes of one who left does not count', async () => {
    const id = await waiting(it, { columns: { quorum: 2 } });
    await sayYes(approver, id);
    await deleteUser(owner, { id: approver.actor.user_id });
    expect(await sayYes(admin, id)).toMatchObject({ state: 'pending' });
  });

  test('a sole approver never fills a quorum', async () => {
    await runSql(
      it.services.store,
      `update users set password_hash = null where id not in ('${owner.actor.user_id}', '${admin.actor.user_id}')`,
    );
    const id = await waiting(it, { requesters: [owner.actor.user_id], columns: { quorum: 2 } });
    expect((await refusal(sayYes(admin, id))).message).toContain('only 1');
    expect((await refusal(sayYes(owner, id))).message).toContain('only 1');
  });

  test('of twenty yeses at once exactly one approves', async () => {
    const id = await waiting(it);
    const people = await Promise.all(Array.from({ length: 20 }, () => person(it, 'approver')));
    const results = await Promise.allSettled(people.map((ctx) => sayYes(ctx, id)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await getApproval(owner, { id })).votes).toHaveLength(1);
    expect(await eventsOf(it, id)).toHaveLength(1);
  });

  test('several at once are approved all or none, and never what destroys or escalates', async () => {
    const [one, two, heavy] = [
      await waiting(it, { shown: MILD }),
      await waiting(it, { shown: MILD }),
      await waiting(it),
    ];
    const refused = await refusal(approveAllApprovals(owner, { ids: [one, two, heavy] }));
    expect(refused).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining(`${heavy} destroys or escalates`),
    });
    expect(await Promise.all([one, two, heavy].map(stateOf))).toEqual(['pending', 'pending', 'pending']);
    const seen = { [one]: (await getApproval(owner, { id: one })).version, [two]: 'old' };
    expect((await refusal(approveAllApprovals(owner, { ids: [one, two], seen }))).message).toMatch(/changed while/);
    expect((await refusal(approveAllApprovals(owner, { ids: [two], seen }))).message).toContain('seen');
    expect(await Promise.all([one, two].map(stateOf))).toEqual(['pending', 'pending']);
    seen[two] = (await getApproval(owner, { id: two })).version;
    const { items } = await approveAllApprovals(owner, { ids: [one, two], seen });
    expect(items.map(({ state }) => state)).toEqual(['approved', 'approved']);
    expect((await refusal(approveAllApprovals(owner, { ids: [one] }))).code).toBe('conflict');
  });

  test('a task that has ended cannot use a yes, so none is taken', async () => {
    const task_id = `tsk_ended_${Date.now()}`;
    const id = await waiting(it, { columns: { task_id } });
    await runSql(it.services.store, `update tasks set ended_at = now() where id = '${task_id}'`);
    expect((await refusal(sayYes(owner, id))).message).toContain('its task has ended');
  });
});
