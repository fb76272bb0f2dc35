import { remindOfApprovals, remindOfHolds } from '@writ/store';
import { change } from '../audit/record.ts';
import type { Ctx, SystemActor } from '../context.ts';
import { holdEvent } from '../kept/hold.ts';
import { expiringEvent } from './events.ts';

const AT_ONCE = 100;

/** Reminds people, once, of what nobody has answered and that expires within the hour: requests for approval, and holds that wait for release. */
export async function remindOfAll(ctx: Ctx<SystemActor>): Promise<void> {
  const { organization_id } = ctx;
  await change(ctx, async (tx) => {
    const approvals = await remindOfApprovals(tx, { organization_id, limit: AT_ONCE });
    const holds = await remindOfHolds(tx, { organization_id, limit: AT_ONCE });
    const happened = [...approvals.map(expiringEvent), ...holds.map((hold) => holdEvent('hold.expiring', { hold }))];
    return { result: undefined, happened };
  });
}
