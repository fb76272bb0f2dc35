import type { InputOf, OutputOf } from '@writ/api';
import { WritError } from '@writ/core';
import { reopenDenied } from '@writ/store';
import { assertedBy } from '../assertion/asserted-by.ts';
import { actorName, change } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';
import { answerEvent, locked, standingOf } from './answer.ts';

/**
 * Lets a client ask again for what was denied: for the operations of this approval, over all its tasks. Ends their cool-down too. Throws
 * `not_found`, or `conflict` for an approval that was not denied.
 */
export async function reopenApproval(
  ctx: Ctx<UserActor>,
  input: InputOf<'approvals.reopen'>,
): Promise<OutputOf<'approvals.reopen'>> {
  const { organization_id, actor } = ctx;
  const { id } = input;
  const assertion = assertedBy(ctx);
  return await change(ctx, async (tx) => {
    const approval = await locked(ctx, tx, { id });
    if (approval.state !== 'denied') {
      throw new WritError('conflict', {
        detail: `It was not denied, so there is nothing to lift. ${standingOf(approval)}`,
      });
    }
    const { client_id, operations } = approval;
    const reopened = await reopenDenied(tx, {
      organization_id,
      client_id,
      operations,
      reopened_by: actorName(actor),
    });
    const data = { assertion, reopened: [...reopened] };
    return {
      result: { reopened: [...reopened] },
      happened: await answerEvent(ctx, tx, { approval, kind: 'approval.reopened', data }),
      changes: reopened.map((subject) => ({ kind: 'approval', subject })),
    };
  });
}
