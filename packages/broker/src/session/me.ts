import type { OutputOf } from '@writ/api';
import { WritError } from '@writ/core';
import { getSession, getUser } from '@writ/store';
import type { Ctx, UserActor } from '../context.ts';
import { IDLE } from '../session-life.ts';
import { userView } from '../users/view.ts';
import { noticesFor } from './notices.ts';
import { sessionView } from './view.ts';
import { waitingFor } from './waiting.ts';

/** Says who is signed in, since when, and what waits for that user. */
export async function getMe(ctx: Ctx<UserActor>): Promise<OutputOf<'me.get'>> {
  const { organization_id, actor, store } = ctx;
  const { user_id, session_id } = actor;
  const user = await getUser(store.db, { organization_id, id: user_id });
  const session = await getSession(store.db, {
    organization_id,
    user_id,
    id: session_id,
    now: ctx.now(),
    idle_ms: IDLE,
  });
  if (user === undefined || session === undefined) throw new WritError('unauthenticated');
  const [notices, waiting] = await Promise.all([noticesFor(ctx), waitingFor(ctx)]);
  return { ...userView(user), session: sessionView(session, session_id), notices, waiting };
}
