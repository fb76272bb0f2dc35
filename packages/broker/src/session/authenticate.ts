import { WritError } from '@writ/core';
import { findSession, touchSession } from '@writ/store';
import { hashBearer } from '../bearer.ts';
import type { Services, UserActor } from '../context.ts';
import { IDLE, TOUCH_EVERY } from '../session-life.ts';

/** A session's bearer as it was shown: in a browser's cookie, or in the header of a command. */
export interface ShownSession {
  readonly token: string;
  readonly client: 'browser' | 'cli';
  /** Whose the page is that shows it, by user id: in its browser another person may have signed in since. */
  readonly person?: string;
}

/**
 * Tells whose live session it is; throws `unauthenticated`. A browser's session is not accepted in a header, nor a stored one in a
 * cookie, nor one of another than the page's person; what is not accepted does not count as a use.
 */
export async function authenticateSession(services: Services, shown: ShownSession): Promise<UserActor> {
  const { organization_id, store } = services;
  const now = services.now();
  const token_hash = hashBearer(services, 'session', shown.token);
  const found = await findSession(store.db, { organization_id, token_hash, now, idle_ms: IDLE });
  if (found === undefined || found.session.kind !== shown.client) throw new WritError('unauthenticated');
  const { session, user } = found;
  if (shown.person !== undefined && shown.person !== user.id) throw new WritError('unauthenticated');
  if (now - session.last_seen_at > TOUCH_EVERY) {
    await touchSession(store.db, { organization_id, id: session.id, now, every_ms: TOUCH_EVERY });
  }
  return {
    kind: 'user',
    user_id: user.id,
    email: user.email,
    name: user.name,
    role: user.role,
    session_id: session.id,
    session_client: session.kind,
    authenticated_at: session.authenticated_at,
  };
}
