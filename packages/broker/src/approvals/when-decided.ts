import { getApproval } from '@writ/store';
import type { Services } from '../context.ts';

/**
 * Waits until an approval is not pending any more, or `signal` ends the wait. Every broker hears of it by the change feed, which finds what
 * was lost; after a gap the approval is looked at.
 */
export async function whenDecided(
  { live, store, organization_id }: Pick<Services, 'live' | 'store' | 'organization_id'>,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  let heard = (): void => undefined;
  const off = live.onChange((change) => {
    if (change === undefined || (change.kind === 'approval' && change.subject === id)) heard();
  });
  const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  try {
    while (!signal.aborted) {
      // Listens before it looks, so that nothing is missed between the two.
      const next = new Promise<void>((resolve) => {
        heard = resolve;
      });
      if ((await getApproval(store.db, { organization_id, id }))?.state !== 'pending') return;
      await Promise.race([next, ended]);
    }
  } finally {
    off();
  }
}
