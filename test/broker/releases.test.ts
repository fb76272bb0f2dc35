/** A release is a yes: by whom, by how many, and what has changed since it was asked for. */
import type { Ctx, UserActor } from '@writ/broker';
import { claimApproval, claimDueHold, getHold, type Hold, markSending, tieUsers, updateUser } from '@writ/store';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { joinNow } from '../../packages/broker/src/approvals/join.ts';
import { getApproval } from '../../packages/broker/src/approvals/list.ts';
import { listHolds, getHold as showHold } from '../../packages/broker/src/holds/list.ts';
import { releaseHold } from '../../packages/broker/src/holds/release.ts';
import { waitingFor } from '../../packages/broker/src/session/waiting.ts';
import { getTask } from '../../packages/broker/src/tasks/list.ts';
import {
  insertHeldConnection,
  newPeople,
  type People,
  person,
  refusal,
  runSql,
  sayYes,
  waiting,
} from '../support/approvals.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';
import { DATABASES, OPENING } from '../support/store.ts';

describe.each(DATABASES)('releases, on %s', (kind) => {
  let it: InProcess;
  let people: People;
  let pia: Ctx<UserActor>;
  beforeAll(async () => {
    it = await openInProcess(kind);
    await insertHeldConnection(it);
  }, OPENING);
  afterAll(() => it?.close());
  beforeEach(async () => {
    await runSql(it.services.store, `update holds set state = 'cancelled', ended_at = now() where ended_at is null`);
    people = await newPeople(it);
    pia = people.approver;
  });

  const key = (id: string) => ({ organization_id: it.services.organization_id, id });
  const idOf = ({ actor }: Ctx<UserActor>) => actor.user_id;
  const rowOf = async (id: string): Promise<Hold> => {
    const hold = await getHold(it.services.store.db, key(id));
    if (hold === undefined) throw new Error('no such hold');
    return hold;
  };
  /** A hold for which these have said yes, with a window of an hour. */
  const approved = async (by: readonly Ctx<UserActor>[], requesters: readonly Ctx<UserActor>[] = []) => {
    const columns = { connection_id: 'con_held', quorum: by.length, task_id: `tsk_${crypto.randomUUID()}` };
    const id = await waiting(it, { requesters: requesters.map(idOf), columns });
    for (const each of by) await sayYes(each, id, { run: 'now' });
    return (await getApproval(people.owner, { id })).used_by ?? '';
  };
  /** The same as a hold that nobody has said yes to. */
  const held = async (requesters: readonly Ctx<UserActor>[]) => {
    const id = await approved([people.admin], requesters);
    await runSql(it.services.store, `update holds set approval_id = null where id = '${id}'`);
    return id;
  };
  const eventsOf = async (id: string) =>
    (await it.audit()).filter((entry) => Reflect.get(Object(entry['data']), 'hold_id') === id);

  test('of a hold without a yes that is protected: not by one who asked, nor by one who has come to ask since', async () => {
    const id = await held([people.owner]);
    expect((await refusal(releaseHold(people.owner, { id }))).code).toBe('forbidden');
    const { store, organization_id } = it.services;
    const tie = { organization_id, by_id: idOf(people.owner), user_id: idOf(pia), kind: 'reset' as const };
    await store.transaction((tx) => tieUsers(tx, tie));
    expect((await refusal(releaseHold(pia, { id }))).code).toBe('forbidden');
    const { asserted: _, ...bare } = people.admin;
    expect((await refusal(releaseHold(bare, { id }))).code).toBe('assertion_required');
    await releaseHold(people.admin, { id });
    expect(await rowOf(id)).toMatchObject({ released_by: `user:${idOf(people.admin)}`, sole_approver: false });
    expect((await rowOf(id)).requesters).toEqual(expect.arrayContaining([idOf(people.owner), idOf(pia)]));
  });

  test('what waits is counted for each who may answer it and has not, and holds for all who can cancel them', async () => {
    const columns = { connection_id: 'con_held' };
    const id = await waiting(it, { requesters: [idOf(people.owner)], columns: { ...columns, quorum: 2 } });
    const other = await waiting(it, { columns });
    const counts = () => Promise.all([people.owner, pia, people.auditor].map(waitingFor));
    const nothing = { approvals: 0, holds: 0 };
    expect(await counts()).toEqual([{ approvals: 1, holds: 0 }, { approvals: 2, holds: 0 }, nothing]);
    await sayYes(pia, id);
    expect(await counts()).toEqual([{ approvals: 1, holds: 0 }, { approvals: 1, holds: 0 }, nothing]);
    await sayYes(pia, other, { run: 'now' });
    expect(await counts()).toEqual([{ approvals: 0, holds: 1 }, { approvals: 0, holds: 1 }, nothing]);
    await sayYes(people.admin, id);
    const { approvals, holds } = await getTask(people.owner, { id: 'tsk_1' });
    expect([approvals.pending, holds.waiting]).toEqual([0, 1]);
  });

  test('by one who asked while nobody else could: the row and the log say so, and the database refuses it else', async () => {
    const { store, organization_id } = it.services;
    const id = await held([people.owner]);
    const vote = `insert into hold_votes select organization_id, id, '${idOf(people.owner)}', now(), 'password', requesters,
      protected, sole_approver from holds where id = '${id}'`;
    await expect(runSql(store, vote)).rejects.toThrow();
    for (const other of [people.admin, pia]) {
      const gone = { organization_id, id: idOf(other), set: { role: 'auditor' as const } };
      await store.transaction((tx) => updateUser(tx, gone));
    }
    await releaseHold(people.owner, { id });
    expect(await rowOf(id)).toMatchObject({ sole_approver: true, released_by: `user:${idOf(people.owner)}` });
    expect((await eventsOf(id)).at(-1)).toMatchObject({ kind: 'hold.released', data: { sole_approver: true } });
  });

  test('takes as many people as its approval took, before its time others than those; who may no more counts no more', async () => {
    const { store, organization_id } = it.services;
    const [carl, dora] = [await person(it, 'approver', 'Carl'), await person(it, 'approver', 'Dora')];
    const id = await approved([people.admin, pia]);
    expect((await refusal(releaseHold(pia, { id }))).message).toMatch(/You approved it/);
    const first = await releaseHold(carl, { id });
    expect(first).toMatchObject({ state: 'waiting', quorum: 2, releases: [`user:${idOf(carl)}`], released_by: null });
    expect((await refusal(releaseHold(carl, { id }))).message).toMatch(/You have released it already; it takes 2/);
    await releaseHold(dora, { id });
    expect((await rowOf(id)).released_by?.split(' ').sort()).toEqual(
      [carl, dora].map((each) => `user:${idOf(each)}`).sort(),
    );
    expect((await eventsOf(id)).map((entry) => entry['kind']).slice(-2)).toEqual(['hold.voted', 'hold.released']);
    const claimed = await claimDueHold(store.db, { organization_id, broker_id: 'brk_1' });
    expect(claimed?.id).toBe(id);
    const mark = () =>
      store.transaction((tx) => markSending(tx, { ...key(id), broker_id: 'brk_1', request_id: 'req_1' }));
    const role = (set: 'auditor' | 'approver') =>
      store.transaction((tx) => updateUser(tx, { organization_id, id: idOf(carl), set: { role: set } }));
    await role('auditor');
    expect(await mark()).toBe(false);
    await role('approver');
    expect(await mark()).toBe(true);
  });

  test('is for what was looked at: a hold that changed meanwhile is not released', async () => {
    const id = await approved([people.admin, pia]);
    const [carl, dora] = [await person(it, 'approver', 'Carl'), await person(it, 'approver', 'Dora')];
    const { version: seen } = await showHold(dora, { id });
    await releaseHold(carl, { id, seen });
    const late = await refusal(releaseHold(dora, { id, seen }));
    expect([late.code, late.message]).toEqual(['conflict', expect.stringMatching(/changed while you looked at it/)]);
    await runSql(it.services.store, `update holds set waits_for_release = true where id = '${id}'`);
    const [listed] = (await listHolds(dora, { open: 'true', limit: 100 })).items.filter((hold) => hold.id === id);
    expect((await showHold(dora, { id })).version).toBe(listed?.version);
    await releaseHold(dora, { id, seen: listed?.version });
    expect((await rowOf(id)).released_at).not.toBeNull();
  });

  test('a yes of one who has come to ask since it was given is not used', async () => {
    const { store, organization_id } = it.services;
    const task_id = `tsk_${crypto.randomUUID()}`;
    const id = await waiting(it, { requesters: [idOf(people.owner)], columns: { task_id } });
    const { digest } = await sayYes(pia, id);
    const use = { organization_id, id, client_id: 'helper', task_id, digest, used_by: 'req_1' };
    const tie = { organization_id, by_id: idOf(people.owner), user_id: idOf(pia), kind: 'role' as const };
    await store.transaction((tx) => tieUsers(tx, tie));
    const used = await store.transaction(async (tx) => {
      await joinNow(tx, { organization_id, id });
      return await claimApproval(tx, use);
    });
    expect(used).toBeUndefined();
    const view = await getApproval(people.owner, { id });
    expect([view.state, view.votes]).toEqual(['approved', []]);
    expect(view.requesters.map((each) => each.id)).toEqual(expect.arrayContaining([idOf(people.owner), idOf(pia)]));
  });
});
