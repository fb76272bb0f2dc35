/** What the client that asked is told of its request for a yes, and nobody else. */
import type { TokenActor } from '@writ/broker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { denyApproval } from '../../packages/broker/src/approvals/deny.ts';
import { getOwnApproval } from '../../packages/broker/src/self/approvals.ts';
import { person, waiting } from '../support/approvals.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';
import { DATABASES, OPENING } from '../support/store.ts';

const HOLDER: TokenActor = {
  ...{ kind: 'token', client_id: 'helper', task_id: 'tsk_other', jti: 'jti_other', kid: 'k', aud: 'writ' },
  ...{ act_chain: [], expires_at: 0, authorization_details: [], chain: [], guardrails: [], is_bound: false },
};
const AT = '2026-11-28T09:00:00Z';

describe.each(DATABASES)('a request for a yes, as its client sees it, on %s', (kind) => {
  let it: InProcess;
  beforeAll(async () => {
    it = await openInProcess(kind);
  }, OPENING);
  afterAll(() => it?.close());

  const own = (id: string, { wait, ...other }: Partial<TokenActor> & { wait?: number } = {}) =>
    getOwnApproval(it.as({ ...HOLDER, ...other }), { id, ...(wait !== undefined && { wait }) });

  test.each<[string, Record<string, string>, object]>([
    ['pending', {}, { code: 'approval_pending', next: { action: 'wait' } }],
    [
      'approved',
      { decided_at: AT, run: 'client', usable_until: '2099-01-01T00:00:00Z' },
      { code: null, next: { action: 'repeat' } },
    ],
    [
      'used',
      { decided_at: AT, run: 'client', used_at: AT, used_by: 'req_2' },
      { code: null, next: { action: 'stop' }, used_at: '2026-11-28T09:00:00.000Z' },
    ],
    [
      'denied',
      { decided_at: AT, reason: 'Not that one.' },
      { code: 'approval_denied', reason: 'Not that one.', next: { action: 'stop' } },
    ],
    ['expired', { expires_at: AT }, { code: 'approval_expired', next: { action: 'repeat' } }],
    ['cancelled', {}, { code: 'approval_expired', next: { action: 'repeat' } }],
  ])('says of one that is %s what it is and what to do, with any token of the client', async (state, columns, told) => {
    const id = await waiting(it, { columns: { state: state === 'expired' ? 'pending' : state, ...columns } });
    const view = await own(id, state === 'pending' ? {} : { wait: 60 });
    expect(view).toMatchObject({ id, state, operations: ['volumeDelete'], ...told });
    expect(JSON.stringify(view)).not.toContain('vol_1');
  });

  test('with `wait` it answers when a human has decided, and after its time in any case', async () => {
    const id = await waiting(it);
    expect(await own(id, { wait: 1 })).toMatchObject({ state: 'pending', next: { action: 'wait' } });
    const answer = own(id, { wait: 60 });
    await denyApproval(await person(it, 'owner'), { id, reason: 'No.' });
    expect(await answer).toMatchObject({ state: 'denied', reason: 'No.', next: { action: 'stop' } });
  });

  test('a wait takes one of the eight places of its client, and where they are taken it is answered at once', async () => {
    const { waiting: places } = it.services.live.budgets;
    const id = await waiting(it);
    places.take('helper', 7);
    const answer = own(id, { wait: 60 });
    await expect.poll(() => places.used('helper'), { timeout: 20_000 }).toBe(8);
    expect(await own(id, { wait: 60 })).toMatchObject({ state: 'pending' });
    await denyApproval(await person(it, 'owner'), { id });
    expect(await answer).toMatchObject({ state: 'denied' });
    expect(places.used('helper')).toBe(7);
    places.give('helper', 7);
  });

  test.each<[string, Partial<TokenActor>]>([
    ['another client', { client_id: 'other' }],
    ['the client on behalf of another', { act_chain: ['other'] }],
    ['one that acts for the client', { client_id: 'other', act_chain: ['helper'] }],
  ])('%s does not find it, at once', async (_, other) => {
    const id = await waiting(it, { columns: { reason: null } });
    const none = await own('apr_none').catch((error: unknown) => error);
    const foreign = await own(id, { ...other, wait: 60 }).catch((error: unknown) => error);
    expect(foreign).toMatchObject({ code: 'not_found', message: String(Object(none).message).replace('apr_none', id) });
  });
});
