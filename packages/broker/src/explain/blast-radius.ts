import { type Decision, isWorse, type Resolved } from '@writ/core';
import type { Ctx } from '../context.ts';
import { type DescribedCall, type DescribedView, describeCall, describedView } from './described.ts';

/**
 * What `explain` shows a person of a call that could wait for one: null where it only reads or writes and needs nobody, or was refused
 * before more was known. Throws `WritError` (`rate_limited`).
 */
export async function blastRadius(
  ctx: Pick<Ctx, 'live'>,
  call: Omit<DescribedCall, 'resolved'> & {
    readonly resolved: Resolved | undefined;
    readonly decision?: Decision | undefined;
  },
): Promise<DescribedView | null> {
  const { resolved, decision } = call;
  if (resolved === undefined) return null;
  const waits = decision !== undefined && (decision.approve || decision.hold_minutes > 0);
  if (!waits && !resolved.operations.some(({ effect }) => isWorse(effect, 'write'))) return null;
  return describedView(await describeCall(ctx, { ...call, resolved }));
}
