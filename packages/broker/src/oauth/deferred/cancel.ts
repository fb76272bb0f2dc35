import { cancelApproval, lockApproval } from '@writ/store';
import { cancelledEvent } from '../../approvals/events.ts';
import { change } from '../../audit/record.ts';
import type { Ctx } from '../../context.ts';
import { findOwn } from './poll.ts';

/**
 * Takes a request for a token back, by one of its codes (RFC 7009): nobody is asked any more, and a yes that was not used is good for nothing.
 * False where there is nothing to take back, which the client is not told.
 */
export async function cancelDeferred(
  ctx: Ctx,
  asked: { readonly code: string; readonly client_id: string },
): Promise<boolean> {
  const found = await findOwn(ctx, asked);
  if (found === undefined) return false;
  const key = { organization_id: ctx.organization_id, id: found.approval_id };
  return await change(ctx, async (tx) => {
    const approval = await lockApproval(tx, key);
    if (approval?.state !== 'pending' && approval?.state !== 'approved') return { result: false, happened: [] };
    await cancelApproval(tx, key);
    return {
      result: true,
      happened: cancelledEvent(approval),
      changes: [{ kind: 'approval', subject: approval.id }],
    };
  });
}
