import type { OutputOf } from '@writ/api';
import { type Decision, isWorse, namedIn, type Resolved } from '@writ/core';
import type { Ctx } from '../context.ts';
import { type DescribedCall, describeCall, describedView } from './described.ts';
import { recentRenames } from './recent-renames.ts';

/** A call as far as it was judged. */
interface ExplainedCall extends Omit<DescribedCall, 'resolved'> {
  readonly resolved: Resolved | undefined;
  readonly decision?: Decision | undefined;
  /** The client for which it is explained. */
  readonly client_id?: string | undefined;
}

/**
 * What `explain` shows a person of a call that could wait for one: null where it only reads or writes and needs nobody, or was refused
 * before more was known. Throws `WritError` (`rate_limited`).
 */
export async function blastRadius(
  ctx: Pick<Ctx, 'live' | 'store' | 'organization_id'>,
  call: ExplainedCall,
): Promise<Pick<OutputOf<'explain'>, 'blast_radius' | 'recent_renames' | 'recent_renames_more'>> {
  const { resolved, client_id } = call;
  if (resolved === undefined || !couldWait(call))
    return { blast_radius: null, recent_renames: [], recent_renames_more: 0 };
  const described = await describeCall(ctx, { ...call, resolved });
  const targets = namedIn(described);
  const { items, more } = client_id ? await recentRenames(ctx, { client_id, targets }) : { items: [], more: 0 };
  return { blast_radius: describedView(described), recent_renames: [...items], recent_renames_more: more };
}

function couldWait({ resolved, decision }: ExplainedCall): boolean {
  if (decision !== undefined && (decision.approve || decision.hold_minutes > 0)) return true;
  return resolved?.operations.some(({ effect }) => isWorse(effect, 'write')) === true;
}
