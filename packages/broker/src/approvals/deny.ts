import type { InputOf, OutputOf } from '@writ/api';
import { defined, WritError } from '@writ/core';
import { eraseKeptBody, voteNo } from '@writ/store';
import { assertedBy } from '../assertion/asserted-by.ts';
import { change } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';
import { answerEvent, locked, standingOf, viewAfter } from './answer.ts';

/**
 * Says no: to what waits, or to what was approved and is not used yet. One no is enough, anybody's who may approve anything. Throws
 * `not_found`, or `conflict` where there is nothing to deny any more.
 */
export async function denyApproval(
  ctx: Ctx<UserActor>,
  input: InputOf<'approvals.deny'>,
): Promise<OutputOf<'approvals.deny'>> {
  const { organization_id, actor } = ctx;
  const { id, reason = null } = input;
  const assertion = assertedBy(ctx);
  return await change(ctx, async (tx) => {
    const before = await locked(ctx, tx, input);
    const said = { organization_id, id, user_id: actor.user_id, assertion };
    const approval = await voteNo(tx, { ...said, reason });
    if (approval === undefined) {
      throw new WritError('conflict', { detail: `There is nothing to deny. ${standingOf(before)}` });
    }
    await eraseKeptBody(tx, { organization_id, id, part: 'request' });
    const data = { state_before: before.state, assertion, ...defined({ reason: reason ?? undefined }) };
    return {
      result: await viewAfter(ctx, tx, approval),
      happened: await answerEvent(ctx, tx, { approval, kind: 'approval.denied', data }),
      changes: [{ kind: 'approval', subject: id }],
    };
  });
}
