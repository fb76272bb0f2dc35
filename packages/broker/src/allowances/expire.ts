import { expireAllowances } from '@writ/store';
import { change } from '../audit/record.ts';
import type { Ctx, SystemActor } from '../context.ts';
import { allowanceEvent } from '../requesters/allowance.ts';

const AT_ONCE = 100;

/** Notes of allowances whose time is over that they have ended. Nothing relies on it: what uses one looks at its time itself (invariant 12). */
export async function expireAllowed(ctx: Ctx<SystemActor>): Promise<void> {
  const { organization_id } = ctx;
  await change(ctx, async (tx) => {
    const expired = await expireAllowances(tx, { organization_id, limit: AT_ONCE });
    return { result: undefined, happened: expired.map((one) => allowanceEvent('allowance.ended', one)) };
  });
}
