import type { InputOf, OutputOf } from '@writ/api';
import { listSessions } from '@writ/store';
import type { Ctx, UserActor } from '../context.ts';
import { pageIn, pageOut } from '../page.ts';
import { IDLE } from '../session-life.ts';
import { sessionView } from './view.ts';

/** Lists the user's own live sessions. */
export async function listOwnSessions(
  ctx: Ctx<UserActor>,
  input: InputOf<'sessions.list'>,
): Promise<OutputOf<'sessions.list'>> {
  const { user_id, session_id } = ctx.actor;
  const wanted = { ...pageIn(ctx, input), user_id, now: ctx.now(), idle_ms: IDLE };
  return pageOut(await listSessions(ctx.store.db, wanted), (session) => sessionView(session, session_id));
}
