import { expireApprovals } from '@writ/store';
import { change } from '../audit/record.ts';
import type { Ctx, SystemActor } from '../context.ts';
import { expiredEvent } from './events.ts';

const AT_ONCE = 100;

/**
 * Notes of approvals whose time is over that they have expired, so that who waits for one and who asked hears of it. Nothing relies on it:
 * what uses an approval looks at its time itself (invariant 12).
 */
export async function expireAll(ctx: Ctx<SystemActor>): Promise<void> {
  const { organization_id } = ctx;
  await change(ctx, async (tx) => {
    const expired = await expireApprovals(tx, { organization_id, limit: AT_ONCE });
    const changes = expired.map(({ id }) => ({ kind: 'approval', subject: id }));
    return { result: expired, happened: expired.map(expiredEvent), changes };
  });
}
