import { isAtLeast, type OutputOf } from '@writ/api';
import { countWaitingHolds, listUnanswered } from '@writ/store';
import type { Ctx, UserActor } from '../context.ts';
import { whoMayEach } from '../requesters/who.ts';

/** Up to where is counted. */
const MOST = 100;

/** How much waits for a user: what it may say yes to and has not, among the newest of what waits, and holds that it can cancel. */
export async function waitingFor(ctx: Ctx<UserActor>): Promise<OutputOf<'me.get'>['waiting']> {
  const { organization_id, store, actor } = ctx;
  const { user_id } = actor;
  if (!isAtLeast(actor.role, 'approver')) return { approvals: 0, holds: 0 };
  const holds = await countWaitingHolds(store.db, { organization_id, most: MOST });
  const unanswered = await listUnanswered(store.db, { organization_id, user_id, limit: MOST });
  const who = await whoMayEach(store.db, organization_id, unanswered);
  return { approvals: who.filter(({ approvers }) => approvers.includes(user_id)).length, holds };
}
