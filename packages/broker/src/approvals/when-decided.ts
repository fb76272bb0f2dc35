import type { WaitFacts } from '@writ/gateway';
import { type Approval, findHoldOfApproval, getApproval } from '@writ/store';
import type { Services } from '../context.ts';
import { hear } from '../live/hear.ts';
import { toldHeld, toldSent, toldUnsent } from './told.ts';

/**
 * Waits until an approval is not pending any more, or `signal` ends the wait. Every broker hears of it by the change feed, which finds what
 * was lost; after a gap the approval is looked at.
 */
export async function whenDecided(
  services: Pick<Services, 'live' | 'store' | 'organization_id' | 'config'>,
  { id, task_id }: Pick<Approval, 'id' | 'task_id'>,
  signal: AbortSignal,
): Promise<WaitFacts | undefined> {
  const { live, store, organization_id } = services;
  /** Whether somebody has said yes beforehand to something of the task: then the request is judged anew. */
  let allowed = false;
  const changed = hear(live, (change) => {
    if (change?.kind === 'allowance' && change.subject === task_id) allowed = true;
    return (
      allowed || change === undefined || (change.kind === 'approval' && change.subject === id) || change.kind === 'hold'
    );
  });
  try {
    while (!signal.aborted) {
      const approval = await getApproval(store.db, { organization_id, id });
      if (approval?.run === 'now') {
        const hold = await findHoldOfApproval(store.db, { organization_id, approval_id: id });
        if (hold?.state === 'executed' || hold?.state === 'unknown') return toldSent(services, hold);
        if (hold?.ended_at != null) return toldUnsent(services, approval, hold);
        if (hold !== undefined && hold.minutes > 0) return toldHeld(services, hold);
      }
      if (approval?.state !== 'pending' && approval?.run !== 'now') return undefined;
      await changed.next(signal);
      if (allowed) return undefined;
    }
    return undefined;
  } finally {
    changed.stop();
  }
}
