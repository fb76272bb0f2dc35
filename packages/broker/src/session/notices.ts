import type { OutputOf } from '@writ/api';
import { getUser, prunesSince } from '@writ/store';
import type { Ctx, UserActor } from '../context.ts';
import { timeOut } from '../page.ts';

/** How long an owner is told of what another did, in milliseconds. */
const TOLD = 30 * 24 * 3600_000;

/** The actions of other owners that an owner must know of, the newest first. Nothing for other roles. */
export async function noticesFor(ctx: Ctx<UserActor>): Promise<OutputOf<'me.get'>['notices']> {
  const { organization_id, store, actor } = ctx;
  if (actor.role !== 'owner') return [];
  const prunes = await prunesSince(store.db, { organization_id, since: ctx.now() - TOLD });
  const others = prunes.filter(({ pruned_by }) => pruned_by !== actor.user_id);
  return await Promise.all(
    others.map(async ({ pruned_by, pruned_at, first_seq, last_seq }) => {
      const user = await getUser(store.db, { organization_id, id: pruned_by });
      const who = user?.email ?? `A user who was removed since (${pruned_by})`;
      const detail = `${who} pruned the audit log: what is gone are entries ${first_seq} to ${last_seq}.`;
      return { kind: 'audit_pruned' as const, at: timeOut(pruned_at), detail };
    }),
  );
}
