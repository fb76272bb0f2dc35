import { getClient, getUser, readTokenStanding, sessionStands } from '@writ/store';
import type { AdminActor, Ctx } from '../context.ts';
import { freezable } from '../freeze/frozen.ts';
import { IDLE } from '../session-life.ts';

/** Tells whether the session or token of a caller that was let in is still good. Does not count as a use of it. */
export async function stillStands(ctx: Ctx<AdminActor>): Promise<boolean> {
  const { store, organization_id, actor } = ctx;
  const now = ctx.now();
  if (actor.kind === 'user') {
    return await sessionStands(store.db, { organization_id, id: actor.session_id, now, idle_ms: IDLE });
  }
  const { client_id, jti, task_id, owner_id } = actor;
  const subjects = freezable(ctx, { client_ids: [client_id], task_id });
  const [{ token, task, is_frozen }, client, owner] = await Promise.all([
    readTokenStanding(store.db, { organization_id, jti, task_id, keys: [], subjects }),
    getClient(store.db, { organization_id, client_id }),
    getUser(store.db, { organization_id, id: owner_id }),
  ]);
  if (is_frozen || token?.revoked_at !== null || token.expires_at <= now) return false;
  if (task === undefined || task.ended_at !== null || task.ends_at <= now) return false;
  return client !== undefined && client.disabled_at === null && owner !== undefined;
}
