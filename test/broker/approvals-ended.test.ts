/** What becomes of approvals and holds that are over: noted by housekeeping, and gone after a week but for what still counts. */
import { getApproval as rowOf } from '@writ/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemContext } from '../../apps/server/src/system-context.ts';
import { expireAll } from '../../packages/broker/src/approvals/expire.ts';
import { getApproval } from '../../packages/broker/src/approvals/list.ts';
import { createClient } from '../../packages/broker/src/clients/create.ts';
import { deleteClient } from '../../packages/broker/src/clients/delete.ts';
import { deleteConnection } from '../../packages/broker/src/connections/delete.ts';
import { listHolds } from '../../packages/broker/src/holds/list.ts';
import { sweep } from '../../packages/broker/src/housekeeping/sweep.ts';
import { endTask } from '../../packages/broker/src/tasks/end.ts';
import {
  eventsOf,
  insertHeldConnection,
  newPeople,
  type People,
  runSql,
  sayYes,
  waiting,
} from '../support/approvals.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';
import { DATABASES, OPENING } from '../support/store.ts';

const LONG_AGO = '2026-11-01T08:00:00Z';

describe.each(DATABASES)('approvals and holds that are over, on %s', (kind) => {
  let it: InProcess;
  let people: People;
  beforeAll(async () => {
    it = await openInProcess(kind);
    people = await newPeople(it);
    await insertHeldConnection(it);
  }, OPENING);
  afterAll(() => it?.close());

  const key = (id: string) => ({ organization_id: it.services.organization_id, id });
  const there = async (id: string) => (await rowOf(it.services.store.db, key(id))) !== undefined;

  test('a task that is ended is asked for no more: what waits of it ends, what waits of another stays', async () => {
    const [ending, staying] = [`tsk_ending_${Date.now()}`, `tsk_staying_${Date.now()}`];
    const id = await waiting(it, { columns: { task_id: ending } });
    const other = await waiting(it, { columns: { task_id: staying } });
    await endTask(people.owner, { id: ending });
    const states = [await getApproval(people.owner, { id }), await getApproval(people.owner, { id: other })].map(
      ({ state }) => state,
    );
    expect(states).toEqual(['cancelled', 'pending']);
    expect((await eventsOf(it, id)).map(({ kind, data }) => [kind, Object(data).was])).toEqual([
      ['approval.cancelled', 'pending'],
    ]);
  });

  test('a client that is removed is asked for no more, alone or as one that another acts for', async () => {
    const client_id = `gone_${Date.now()}`;
    const auth = { method: 'client_secret_basic' } as const;
    await createClient(people.owner, { client_id, kind: 'agent', name: 'Gone', auth });
    const id = await waiting(it, { columns: { client_id } });
    const acting = await waiting(it, { columns: { act_chain: [client_id] } });
    const other = await waiting(it);
    await deleteClient(people.owner, { id: client_id });
    const views = await Promise.all([id, acting, other].map((each) => getApproval(people.owner, { id: each })));
    expect(views.map(({ state }) => state)).toEqual(['cancelled', 'cancelled', 'pending']);
    expect((await eventsOf(it, acting)).at(-1)).toMatchObject({ kind: 'approval.cancelled' });
  });

  test('a connection that is deleted is asked for no more, and what counts down for it is refused at once', async () => {
    await runSql(
      it.services.store,
      `insert into connections (organization_id, id, slug, provider, base_url, origin, settings, config_version, created_by, created_at)
       select organization_id, 'con_gone', 'gone', 'railway', 'x', 'x', '{}', 1, 'x', now() from organizations`,
    );
    const columns = { connection_id: 'con_gone' };
    const [id, sent, other] = [await waiting(it, { columns }), await waiting(it, { columns }), await waiting(it)];
    await sayYes(people.owner, sent, { run: 'now' });
    await deleteConnection(people.owner, { connection: 'gone' });
    expect((await getApproval(people.owner, { id })).state).toBe('cancelled');
    expect((await getApproval(people.owner, { id: other })).state).toBe('pending');
    expect((await eventsOf(it, id)).at(-1)).toMatchObject({ kind: 'approval.cancelled', data: { was: 'pending' } });
    const { items } = await listHolds(people.owner, { limit: 100 });
    const says = 'It was not sent: Its connection was deleted.';
    const refused = expect.objectContaining({ state: 'refused', code: 'connection_unknown', says });
    expect(items).toContainEqual(refused);
    expect((await it.audit()).filter(({ kind }) => kind === 'hold.refused')).toHaveLength(1);
  });

  test('those whose time is over are noted as expired, once, with an event; others stay', async () => {
    const late = await waiting(it, { columns: { expires_at: LONG_AGO } });
    const unused = await waiting(it);
    await sayYes(people.owner, unused);
    await runSql(it.services.store, `update approvals set usable_until = now() where id = '${unused}'`);
    const open = await waiting(it);
    for (let times = 0; times < 2; times += 1) await expireAll(systemContext(it.services));
    expect((await eventsOf(it, late)).map((one) => one['data'])).toMatchObject([{ was: 'pending' }]);
    expect((await eventsOf(it, unused)).at(-1)).toMatchObject({ kind: 'approval.expired', data: { was: 'approved' } });
    expect(await eventsOf(it, open)).toEqual([]);
    expect((await getApproval(people.owner, { id: open })).state).toBe('pending');
    expect((await getApproval(people.owner, { id: late })).shown?.request.body).toBeNull();
  });

  test('a week after its end each is gone with what was said of it, but for three noes that nobody has lifted', async () => {
    const { store } = it.services;
    const columns = { connection_id: 'con_held', task_id: 'tsk_ended' };
    const used = await waiting(it, { columns });
    await sayYes(people.owner, used, { run: 'now' });
    const old = { ...columns, expires_at: LONG_AGO, created_at: LONG_AGO };
    const denied = { ...old, state: 'denied', decided_at: LONG_AGO };
    const noes = [await waiting(it, { columns: denied }), await waiting(it, { columns: denied })];
    const lifted = await waiting(it, { columns: { ...denied, reopened_at: LONG_AGO } });
    const cancelled = await waiting(it, { columns: { ...old, state: 'cancelled' } });
    const open = await waiting(it, { columns });
    await runSql(
      store,
      `update holds set state = 'cancelled', ended_at = now() - interval '8 days' where approval_id = '${used}'`,
    );
    await runSql(
      store,
      `update approvals set expires_at = '${LONG_AGO}', decided_at = '${LONG_AGO}', usable_until = '${LONG_AGO}', used_at = '${LONG_AGO}' where id = '${used}'`,
    );
    const third = await waiting(it, { columns: denied });
    await sweep(systemContext(it.services));
    expect(await Promise.all([used, lifted, cancelled].map(there))).toEqual([false, false, false]);
    expect(await Promise.all([...noes, third, open].map(there))).toEqual([true, true, true, true]);
    const kept = await getApproval(people.owner, { id: third });
    expect(JSON.stringify(kept.shown?.operations.map((one) => one.arguments))).toBe('[{}]');
    await runSql(store, `update approvals set reopened_at = now() where id = '${third}'`);
    await sweep(systemContext(it.services));
    expect(await Promise.all([...noes, third].map(there))).toEqual([false, false, false]);
  });

  test('a request for a token too, once what was given by it is over as well', async () => {
    const asked = async (granted_until: string): Promise<string> => {
      const over = {
        state: 'used',
        expires_at: LONG_AGO,
        created_at: LONG_AGO,
        decided_at: LONG_AGO,
        used_at: LONG_AGO,
        used_by: 'x',
      };
      const id = await waiting(it, { columns: { kind: 'token', task_id: 'tsk_asked', ...over } });
      await runSql(
        it.services.store,
        `insert into token_requests (organization_id, approval_id, client_id, task_id, code_hashes, aud, life, asked, poll_seconds, granted_until)
         select organization_id, id, client_id, task_id, '{}', 'x', 900, '[]', 5, ${granted_until} from approvals where id = '${id}'`,
      );
      return id;
    };
    const [over, given] = [await asked(`'${LONG_AGO}'`), await asked("now() + interval '1 hour'")];
    await sweep(systemContext(it.services));
    expect(await Promise.all([over, given].map(there))).toEqual([false, true]);
  });
});
