import {
  appendIfCurrent,
  appendIn,
  type EpochKey,
  type EpochVector,
  type IssuedToken,
  insertToken,
  recordChanges,
} from '@writ/store';
import type { Ctx } from '../../context.ts';
import type { BrokerEvent } from '../../event.ts';
import { undoable } from '../../undoable.ts';
import type { ApprovedToken } from './token-plan.ts';

/** A token that is to be recorded. */
export interface ApprovedIssue {
  readonly event: BrokerEvent;
  readonly epochs: EpochVector;
  readonly issued: IssuedToken;
  /** Its life. */
  readonly seconds: number;
}

/**
 * Records a token that a human has approved, and uses the approval up, in one transaction: both, or neither. Returns the epochs that have
 * moved: then nothing was recorded. Throws `OAuthError` where the approval cannot be used, whatever it was when it was looked up.
 */
export async function recordApproved(
  ctx: Ctx,
  { use }: ApprovedToken,
  { event, epochs, issued, seconds }: ApprovedIssue,
): Promise<{ readonly stale: readonly EpochKey[] }> {
  const recorded = await undoable<readonly EpochKey[], readonly EpochKey[]>(ctx.store, async (tx, undo) => {
    const writing = { organization_id: ctx.organization_id, now: ctx.now() };
    await insertToken(tx, issued.token);
    const { happened, changes } = await use(tx, { jti: issued.token.jti, seconds });
    const { stale } = await appendIfCurrent(tx, { ...writing, event, epochs });
    if (stale.length > 0) throw undo(stale);
    for (const one of happened) await appendIn(tx, { ...writing, event: one });
    await recordChanges(tx, { ...writing, changes });
    return changes.map(({ kind, subject }) => ({ scope: kind, subject }) as EpochKey);
  });
  if ('undone' in recorded) return { stale: recorded.undone };
  ctx.live.forget(recorded.done);
  return { stale: [] };
}
