import type { InputOf, OutputOf } from '@writ/api';
import { WritError } from '@writ/core';
import { assertedBy } from '../assertion/asserted-by.ts';
import { record, refuseSignedOut } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';
import { bodyView } from '../kept/body.ts';
import { openRequest } from '../kept/request.ts';
import { askersNow, whoMay } from '../requesters/who.ts';
import { answerEvent, locked, standingOf } from './answer.ts';

/**
 * Shows the whole request as it will be sent, its secret arguments too, to one who may say yes to it (invariant 1). That is in the log before it is shown. Throws
 * `not_found`; `forbidden` for anybody else; `conflict` where it waits no more, or its bytes are gone.
 */
export async function lookAtApproval(
  ctx: Ctx<UserActor>,
  input: InputOf<'approvals.look'>,
): Promise<OutputOf<'approvals.look'>> {
  const { id } = input;
  const assertion = assertedBy(ctx);
  const event = await ctx.store.transaction(async (tx) => {
    await refuseSignedOut(tx, ctx);
    const approval = await locked(ctx, tx, { id });
    if (approval.kind === 'token') {
      throw new WritError('conflict', {
        detail: `Nothing of a request for a token is secret: writ approvals show ${id}`,
      });
    }
    if (approval.state !== 'pending') {
      throw new WritError('conflict', {
        detail: `Its secrets are shown while it waits alone. ${standingOf(approval)}`,
      });
    }
    const requesters = await askersNow(tx, approval);
    if (!(await whoMay(tx, { ...approval, requesters })).approvers.includes(ctx.actor.user_id)) {
      throw new WritError('forbidden', { detail: 'Its secrets are shown to those alone who may say yes to it.' });
    }
    return await answerEvent(ctx, tx, { approval, kind: 'approval.looked', data: { assertion } });
  });
  const kept = await openRequest(ctx, id);
  if (kept === undefined) throw new WritError('conflict', { detail: 'The bytes of this request are kept no more.' });
  await record(ctx, event);
  const { body, ...head } = kept.forward;
  return { id, request: { ...head, ...bodyView(Buffer.from(body, 'base64')) } };
}
