/** A yes by which Writ sends the request itself: its client never does, and gets the answer by waiting for it or by asking again. */
import type { Ctx, UserActor } from '@writ/broker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { approveApproval } from '../../packages/broker/src/approvals/approve.ts';
import { putGuardrails } from '../../packages/broker/src/guardrails/put.ts';
import { cancelHold } from '../../packages/broker/src/holds/cancel.ts';
import { revokeTokens } from '../../packages/broker/src/tokens/revoke.ts';
import { type ApprovalScene, openApprovalScene } from '../support/approval-scene.ts';
import { person } from '../support/approvals.ts';
import { DATABASES, OPENING } from '../support/store.ts';
import { taskOf, tokenOf } from '../support/token-scene.ts';

const APPROVE = { environments: 'production', operations: 'volumeDelete', outcome: 'approve' } as const;
const DELETE = 'mutation Del { volumeDelete(volumeId: "v_prod") }';
const DONE = '{"data":{"volumeDelete":true}}';

describe.each(DATABASES)('a yes that runs now, on %s', (kind) => {
  let scene: ApprovalScene;
  let it: ApprovalScene['it'];
  let pia: Ctx<UserActor>;
  let token: string;
  let task: string;
  beforeAll(async () => {
    scene = await openApprovalScene(kind);
    ({ it } = scene);
    pia = await person(it, 'approver', 'Pia');
    await putGuardrails(it.owner(), { items: [APPROVE] });
    const issued = await it.ask({ task: 'clean up' });
    [token, task] = [tokenOf(issued), taskOf(issued)];
  }, OPENING);
  afterAll(() => scene?.close());

  const send = (headers = {}, by = token) => scene.door.send(by, DELETE, headers).answer;
  const taken = async () => (await it.audit()).filter((entry) => entry['kind'] === 'hold.result_taken').length;

  test('is sent once; who waits gets the answer, and so does whoever repeats it, although the thing is gone', async () => {
    const asked = await scene.approvalOf(await send());
    const waits = send({ prefer: 'wait=60' });
    await expect.poll(() => it.services.live.budgets.waiting.used('helper'), { timeout: 20_000 }).toBe(1);
    const said = { id: asked.id, run: 'now', confirm: asked.shown['confirm'] } as Parameters<typeof approveApproval>[1];
    await approveApproval(pia, said);
    expect(await send()).toMatchObject({ code: 'approval_pending', problem: { approval_id: asked.id } });
    expect([await scene.runDue(), await scene.runDue()]).toEqual([true, false]);
    const [waited, repeated] = [await waits, await send()];
    for (const answer of [waited, repeated])
      expect(answer).toMatchObject({ status: 200, code: 'forwarded', text: DONE });
    expect(waited.hold).toMatch(/^hld_/);
    expect(repeated.hold).toBe(waited.hold);
    expect(await scene.arrived('volumeDelete(')).toBe(1);
    expect(await taken()).toBe(2);
  });

  test('gives the answer to nobody whose token would not cover the request now, or was revoked', async () => {
    const read = { connection: 'railway', environments: ['*'], operations: ['*:read'] };
    const details = JSON.stringify([{ type: 'provider_operations', ...read }]);
    const narrow = tokenOf(await it.ask({ task_id: task, authorization_details: details }));
    expect((await send({}, narrow)).code).toBe('operation_not_granted');
    const other = tokenOf(await it.ask({ task: 'another' }));
    expect((await send({}, other)).code).toBe('environment_unresolved');
    await revokeTokens(it.owner(), { task_id: task });
    expect((await send()).code).toBe('invalid_token');
    expect([await taken(), await scene.arrived('volumeDelete(')]).toEqual([2, 1]);
  });

  test('that is cancelled before it is sent is told as that to who waits, never as sent', async () => {
    const other = tokenOf(await it.ask({ task: 'taken back' }));
    const stop = 'mutation Stop { volumeDelete(volumeId: "v_prod") }';
    await it.railway.reset();
    it.wait(60_000);
    const asked = await scene.approvalOf(await scene.door.send(other, stop).answer);
    const waits = scene.door.send(other, stop, { prefer: 'wait=60' }).answer;
    await expect.poll(() => it.services.live.budgets.waiting.used('helper'), { timeout: 20_000 }).toBe(1);
    const said = { id: asked.id, run: 'now', confirm: asked.shown['confirm'] } as Parameters<typeof approveApproval>[1];
    const { used_by } = await approveApproval(pia, said);
    await cancelHold(pia, { id: used_by ?? '' });
    const told = await waits;
    expect(told.code).toBe('approval_expired');
    expect(told.problem?.['detail']).toContain('it was cancelled');
    expect([await scene.runDue(), await scene.arrived('volumeDelete(')]).toEqual([false, 0]);
  });
});
