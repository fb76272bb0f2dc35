import type { OutputOf } from '@writ/api';
import type { Secret } from '@writ/core';
import type { User } from '@writ/store';
import { userView } from '../users/view.ts';
import type { NewSession } from './start.ts';
import { sessionView } from './view.ts';

/** The result of a sign-in: what is shown, and the bearer, which the endpoint hands out in the way of the session's kind. */
export interface SignedIn {
  readonly shown: OutputOf<'session.create'>;
  readonly token: Secret;
  /** Seconds. */
  readonly life: number;
  readonly client: 'browser' | 'cli';
}

/** Puts a new session and its user together. */
export function signedIn(user: User, { session, token }: NewSession): SignedIn {
  return {
    shown: { user: userView(user), session: sessionView(session, session.id) },
    token,
    life: (session.expires_at - session.created_at) / 1000,
    client: session.kind,
  };
}
