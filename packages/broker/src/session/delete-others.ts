import type { OutputOf } from '@writ/api';
import { revokeSessionsOf } from '@writ/store';
import { change } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';
import { IDLE } from '../session-life.ts';

/** Ends the user's own sessions, but for the one that asks. */
export async function deleteOtherSessions(ctx: Ctx<UserActor>): Promise<OutputOf<'sessions.delete_others'>> {
  const { organization_id, actor } = ctx;
  const { user_id, session_id: except } = actor;
  return await change(ctx, async (tx) => {
    const ended = { organization_id, user_id, except, now: ctx.now(), idle_ms: IDLE };
    const sessions_ended = await revokeSessionsOf(tx, ended);
    return { result: { sessions_ended }, happened: { kind: 'session.ended', data: { sessions_ended } } };
  });
}
