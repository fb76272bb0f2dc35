/** The executor of holds of a broker in the test's own process, one hold at a time, as the loop does it. */
import { createDialler, DEFAULT_LIMITS } from '@writ/gateway';
import { claimDueHold, getHold, type Hold } from '@writ/store';
import { systemContext } from '../../apps/server/src/system-context.ts';
import { attemptHold } from '../../packages/broker/src/holds/execute.ts';
import { settleHold } from '../../packages/broker/src/holds/settle.ts';
import type { InProcess } from './in-process.ts';

/** The executor. */
export interface DueHolds {
  /** Claims the hold that has been due longest, executes it, and returns what became of it; undefined where none is due. */
  execute(): Promise<Hold | undefined>;
  close(): Promise<void>;
}

/** Opens it. */
export function openDueHolds({ services }: Pick<InProcess, 'services'>): DueHolds {
  const { dispatch, close } = createDialler(DEFAULT_LIMITS);
  const log = { warn: () => undefined, error: () => undefined };
  const sending = { dispatch, limits: DEFAULT_LIMITS, log };
  return {
    execute: async () => {
      const ctx = systemContext(services);
      const { organization_id, store, live } = services;
      const hold = await claimDueHold(store.db, { organization_id, broker_id: live.underway.broker_id });
      if (hold === undefined) return undefined;
      await settleHold(ctx, hold, await attemptHold(ctx, { hold, sending }));
      return await getHold(store.db, { organization_id, id: hold.id });
    },
    close,
  };
}
