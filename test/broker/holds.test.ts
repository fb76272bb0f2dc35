/** Requests that wait for their time: held, taken back, sent at most once, and their answers. */
import { type Ctx, createGatewayPorts, type UserActor } from '@writ/broker';
import {
  DEFAULT_LIMITS,
  type GatewayPorts,
  HeaderTable,
  type JudgeInput,
  judge,
  type Progress,
  Waiting,
} from '@writ/gateway';
import { claimDueHold, getHold, type Hold, markSending, updateUser } from '@writ/store';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemContext } from '../../apps/server/src/system-context.ts';
import { approveApproval } from '../../packages/broker/src/approvals/approve.ts';
import { getApproval } from '../../packages/broker/src/approvals/list.ts';
import { remindOfAll } from '../../packages/broker/src/approvals/remind.ts';
import { createFreeze } from '../../packages/broker/src/freeze/create.ts';
import { deleteFreeze } from '../../packages/broker/src/freeze/delete.ts';
import { createGrant } from '../../packages/broker/src/grants/create.ts';
import { cancelHold } from '../../packages/broker/src/holds/cancel.ts';
import { listHolds, getHold as showHold } from '../../packages/broker/src/holds/list.ts';
import { releaseHold } from '../../packages/broker/src/holds/release.ts';
import { tendHolds } from '../../packages/broker/src/holds/settle.ts';
import { cancelOwnHold, getOwnHold, takeApprovalResult, takeHoldResult } from '../../packages/broker/src/self/holds.ts';
import { endTask } from '../../packages/broker/src/tasks/end.ts';
import { authenticateHolder } from '../../packages/broker/src/tokens/authenticate.ts';
import { revokeTokens } from '../../packages/broker/src/tokens/revoke.ts';
import { isBlocked, person, refusal, runSql, waiting } from '../support/approvals.ts';
import { type DueHolds, openDueHolds } from '../support/due-holds.ts';
import { DATABASES, OPENING } from '../support/store.ts';
import { ISSUER, openTokenScene, type TokenScene, tokenOf } from '../support/token-scene.ts';

const DELETE = 'mutation Del { volumeDelete(volumeId: "v_stag") }';
const URL = `${ISSUER}/gateway/railway/graphql/v2`;

describe.each(DATABASES)('holds, on %s', (kind) => {
  let it: TokenScene;
  let ports: GatewayPorts;
  let dueHolds: DueHolds;
  let approver: Ctx<UserActor>;
  beforeAll(async () => {
    it = await openTokenScene(kind);
    ports = createGatewayPorts(it.services);
    dueHolds = openDueHolds(it);
    const scope = { connection: 'railway', environments: ['staging'], operations: ['volumeDelete'] };
    await createGrant(it.owner(), { client_id: 'helper', ...scope });
    approver = await person(it, 'approver', 'Pia');
  }, OPENING);
  afterAll(async () => {
    await dueHolds?.close();
    await it?.close();
  });
  beforeEach(async () => {
    await it.railway.reset();
    // That the volume is gone is remembered for half a minute.
    it.wait(60_000);
  });
  const none = `update holds set state = 'cancelled', ended_at = now() where state in ('waiting', 'claimed')`;
  afterEach(() => runSql(it.services.store, none));

  const send = async (token: string, query = DELETE): Promise<{ hold_id: string; facts: Waiting['facts'] }> => {
    const port = ports.open('railway');
    const requestPort = await port.authenticate({ token, scheme: 'bearer', proofs: [], method: 'POST', url: URL });
    const connection = await port.find();
    if (connection === undefined) throw new Error('no connection');
    const { chain, guardrails } = requestPort.caller;
    const body = new TextEncoder().encode(JSON.stringify({ query }));
    const headers = new HeaderTable(['content-type', 'application/json']);
    const head = { method: 'POST', target: '/graphql/v2', httpVersion: '1.1', headers };
    const judging: JudgeInput = {
      ...{ connection, head, body: async () => body, chain, guardrails },
      ...{ payer: 'helper', arrived: it.services.now() },
    };
    const context = { clients: it.services.live.budgets, limits: DEFAULT_LIMITS, now: it.services.now };
    const progress: Progress = { operations: [], read: false };
    const { canonical, resolved, decision } = await judge(context, judging, progress);
    const public_base = `${ISSUER}/gateway/railway`;
    const request_id = ports.requestId();
    const told = await requestPort.authorize({ request_id, canonical, public_base, resolved, decision });
    if (!(told instanceof Waiting)) throw new Error('it did not wait');
    return { hold_id: told.facts.hold?.hold_id ?? '', facts: told.facts };
  };
  const token = async () => tokenOf(await it.ask({ task: 'clean up' }));
  const due = (id: string) => runSql(it.services.store, `update holds set executes_at = now() where id = '${id}'`);
  const key = (id: string) => ({ organization_id: it.services.organization_id, id });
  const rowOf = async (id: string): Promise<Hold> => {
    const hold = await getHold(it.services.store.db, key(id));
    if (hold === undefined) throw new Error('no such hold');
    return hold;
  };
  const execute = () => dueHolds.execute();
  const deletions = async () =>
    (await it.railway.recorded()).requests.filter(({ body }) => body.includes('volumeDelete(')).length;
  const holder = async (access: string) =>
    it.as(
      await authenticateHolder(it.services, { token: access, scheme: 'bearer', proofs: [], method: 'GET', url: URL }),
    );
  const events = async (id: string) =>
    (await it.audit())
      .filter((entry) => Reflect.get(Object(entry['data']), 'hold_id') === id)
      .map((entry) => entry['kind']);

  test('a held request is told when it is sent, and the same one again is the same hold', async () => {
    const access = await token();
    const { hold_id, facts } = await send(access);
    expect(facts.code).toBe('held');
    expect(facts.hold).toMatchObject({ hold_id, status_url: `${ISSUER}/api/v1/self/holds/${hold_id}` });
    expect((await send(access)).hold_id).toBe(hold_id);
    expect((await rowOf(hold_id)).minutes).toBe(5);
    expect(await execute()).toBeUndefined();
    expect(await deletions()).toBe(0);
    const seen = await showHold(approver, { id: hold_id });
    expect(seen.shown?.operations).toMatchObject([
      { name: 'volumeDelete', targets: [{ kind: 'volume', id: 'v_stag' }] },
    ]);
  });

  test('no more than twenty requests of a client are held that nobody has said yes to', async () => {
    const access = await token();
    const { hold_id } = await send(access);
    await runSql(
      it.services.store,
      `insert into holds select made.* from holds h, generate_series(2, 20) n, jsonb_populate_record(null::holds,
        to_jsonb(h) || jsonb_build_object('id', h.id || n, 'digest', n::text)) made where h.id = '${hold_id}'`,
    );
    // The same request is the same hold, and takes no place of its own.
    expect((await send(access)).hold_id).toBe(hold_id);
    const other = 'mutation Other { volumeDelete(volumeId: "v_stag") }';
    expect(await refusal(send(access, other))).toMatchObject({ code: 'rate_limited' });
    await cancelOwnHold(await holder(access), { id: hold_id });
    expect((await send(access, other)).hold_id).not.toBe('');
  });

  test('of a yes and the end of its voter at the same time one wins; what ran leaves no body with the approval', async () => {
    const { store, organization_id, live } = it.services;
    const { broker_id } = live.underway;
    const voter = await person(it, 'approver', 'Paul');
    const connection = await ports.open('railway').find();
    const approval = await waiting(it, { columns: { connection_id: connection?.id ?? '', hold_minutes: 0 } });
    const said = { id: approval, confirm: 'production/rentals-data', run: 'now' } as const;
    expect(await approveApproval(voter, said)).toMatchObject({ state: 'used', shown: { request: { body: null } } });
    const { id = '' } = (await claimDueHold(store.db, { organization_id, broker_id })) ?? {};
    const mark = () => store.transaction((tx) => markSending(tx, { ...key(id), broker_id, request_id: 'req_now' }));
    const [ended, kept] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const ending = store.transaction(async (tx) => {
      await updateUser(tx, { organization_id, id: voter.actor.user_id, set: { role: 'auditor' } });
      ended.resolve();
      await kept.promise;
    });
    await ended.promise;
    // The embedded database has one transaction at a time: there the second waits for the first anyway.
    const marked = mark();
    let isMarked = false;
    void marked.then(() => {
      isMarked = true;
    });
    if (kind === 'postgres')
      await expect.poll(async () => isMarked || (await isBlocked(store)), { timeout: 20_000 }).toBe(true);
    kept.resolve();
    await ending;
    expect(await marked).toBe(false);
  });

  test('at its time it is sent once, its answer is kept for a token that covers it, and the log has each step', async () => {
    const access = await token();
    const { hold_id } = await send(access);
    await due(hold_id);
    expect(await execute()).toMatchObject({ state: 'executed', status: 200 });
    expect([await execute(), await deletions()]).toEqual([undefined, 1]);
    const me = await holder(access);
    expect(await getOwnHold(me, { id: hold_id })).toMatchObject({ state: 'executed', status: 200 });
    const taken = await takeHoldResult(me, { id: hold_id });
    expect([taken.status, JSON.parse(taken.body ?? '')]).toEqual([200, { data: { volumeDelete: true } }]);
    expect(await events(hold_id)).toEqual([
      ...['request.waiting', 'hold.created', 'request.allowed', 'hold.executed', 'hold.result_taken'],
    ]);
    const narrow = await it.ask({
      task: 'other',
      authorization_details: JSON.stringify([
        { type: 'provider_operations', connection: 'railway', environments: ['staging'], operations: ['*:read'] },
      ]),
    });
    expect((await refusal(takeHoldResult(await holder(tokenOf(narrow)), { id: hold_id }))).code).toBe('forbidden');
    expect((await refusal(cancelHold(approver, { id: hold_id }))).message).toMatch(/was sent once/);
  });

  test('an approver, and the client itself, take it back; then it is never sent', async () => {
    const access = await token();
    const one = await send(access);
    expect(await cancelHold(approver, { id: one.hold_id })).toMatchObject({ state: 'cancelled' });
    const two = await send(access);
    expect(two.hold_id).not.toBe(one.hold_id);
    expect(await cancelOwnHold(await holder(access), { id: two.hold_id })).toMatchObject({ state: 'cancelled' });
    for (const { hold_id } of [one, two]) await due(hold_id);
    expect([await execute(), await deletions()]).toEqual([undefined, 0]);
    expect((await refusal(cancelHold(approver, { id: one.hold_id }))).message).toMatch(/was cancelled by user:/);
  });

  test('a token that expired while it waited does not stop it; one that was revoked does, even after it expired', async () => {
    const { hold_id } = await send(await token());
    it.wait(2 * 3600_000);
    // Its time is the database's, whatever this broker's clock says.
    expect(await execute()).toBeUndefined();
    await due(hold_id);
    expect(await execute()).toMatchObject({ state: 'executed' });
    await it.railway.reset();
    it.wait(60_000);
    const second = await send(await token());
    const { jti } = await rowOf(second.hold_id);
    it.wait(2 * 3600_000);
    await runSql(it.services.store, `update tokens set revoked_at = now() where jti = '${jti}'`);
    await due(second.hold_id);
    expect(await execute()).toMatchObject({ state: 'refused', code: 'invalid_token' });
    expect(await deletions()).toBe(0);
  });

  test('one that can never be sent waits for nobody: it ends with its task, its token or its client, and says so', async () => {
    const ended = async (stop: (hold: Hold) => Promise<unknown>) => {
      const { hold_id } = await send(await token());
      await stop(await rowOf(hold_id));
      expect((await listHolds(approver, { open: 'true', limit: 100 })).items).toEqual([]);
      expect((await refusal(releaseHold(approver, { id: hold_id }))).code).toBe('conflict');
      expect((await events(hold_id)).at(-1)).toBe('hold.refused');
      const { state, code, says, shown } = await showHold(approver, { id: hold_id });
      expect([state, shown?.request.body]).toEqual(['refused', null]);
      return [code, says];
    };
    expect((await ended(({ task_id }) => endTask(it.owner(), { id: task_id })))[0]).toBe('task_ended');
    const revoked = ['invalid_token', 'It was not sent: Its token was revoked.'];
    expect(await ended(({ jti }) => revokeTokens(it.owner(), { jti }))).toEqual(revoked);
    const byItself = async ({ jti }: Hold) => {
      await runSql(it.services.store, `update tokens set revoked_at = now() where jti = '${jti}'`);
      await tendHolds(systemContext(it.services));
    };
    expect(await ended(byItself)).toEqual(revoked);
  });

  test('what is another request now is not sent, and says which part differs', async () => {
    const { hold_id } = await send(await token());
    await runSql(it.services.store, `update holds set parts = parts || '{"body": "x"}' where id = '${hold_id}'`);
    await due(hold_id);
    const hold = await execute();
    expect(hold).toMatchObject({ state: 'refused', code: 'approval_mismatch' });
    expect(hold?.detail).toContain('body');
    expect(await deletions()).toBe(0);
  });

  test('frozen while it waits, it waits for a release after that; nobody releases it while it is frozen', async () => {
    const { hold_id } = await send(await token());
    const freeze = await createFreeze(it.owner(), { client_id: 'helper', reason: 'drill' });
    await due(hold_id);
    expect(await execute()).toBeUndefined();
    expect((await refusal(releaseHold(approver, { id: hold_id }))).code).toBe('frozen');
    await deleteFreeze(it.owner(), { id: freeze.id });
    await tendHolds(systemContext(it.services));
    expect(await execute()).toBeUndefined();
    expect(await showHold(approver, { id: hold_id })).toMatchObject({ waits_for_release: true, executes_at: null });
    const reminders = async () =>
      (await it.audit()).filter(({ kind, data }) => kind === 'hold.expiring' && JSON.stringify(data).includes(hold_id));
    await remindOfAll(systemContext(it.services));
    expect(await reminders()).toEqual([]);
    await runSql(
      it.services.store,
      `update kept_bodies set erase_at = now() + interval '59 min' where id = '${hold_id}'`,
    );
    for (let twice = 0; twice < 2; twice += 1) await remindOfAll(systemContext(it.services));
    expect(await reminders()).toHaveLength(1);
    await releaseHold(approver, { id: hold_id });
    expect(await execute()).toMatchObject({ state: 'executed' });
  });

  test('a provider that cannot be reached leaves it unsent, and a human releases it', async () => {
    const { hold_id } = await send(await token());
    await due(hold_id);
    await it.railway.behave({ down: true });
    const hold = await execute();
    await it.railway.behave({ down: false });
    expect(hold).toMatchObject({ state: 'waiting', waits_for_release: true });
  });

  test('a yes that is to run now is carried out by Writ, once, and its window is waited out first', async () => {
    const destroys = { connection: 'railway', environments: ['production'], operations: ['volumeDelete'] };
    await createGrant(it.owner(), { client_id: 'helper', ...destroys });
    const access = await token();
    const asked = await send(access, 'mutation Del { volumeDelete(volumeId: "v_prod") }');
    const id = asked.facts.approval?.approval_id ?? '';
    const confirm = (await getApproval(approver, { id })).shown?.confirm ?? [];
    const said = await approveApproval(approver, { id, run: 'now', confirm });
    expect(said).toMatchObject({ state: 'used', run: 'now' });
    const again = await send(access, 'mutation Del { volumeDelete(volumeId: "v_prod") }');
    expect(again.facts.code).toBe('held');
    expect(await execute()).toBeUndefined();
    expect((await refusal(releaseHold(approver, { id: again.hold_id }))).message).toMatch(/You approved it/);
    await due(again.hold_id);
    expect(await execute()).toMatchObject({ state: 'executed', status: 200, approval_id: id });
    expect(await deletions()).toBe(1);
    expect((await takeApprovalResult(await holder(access), { id })).status).toBe(200);
  });
});
