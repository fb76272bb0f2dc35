import { anyone, asserted, personal } from '../guards.ts';
import type { Route } from '../route.ts';
import { byId, pageQuery } from '../schemas/common.ts';
import * as session from '../schemas/session.ts';
import { user } from '../schemas/users.ts';

/** Setting Writ up, signing in, and one's own sessions. */
export const sessionRoutes = {
  'setup.get': {
    method: 'GET',
    path: '/api/v1/setup',
    guard: anyone,
    response: session.setupState,
    summary: 'Says whether Writ waits for its first owner.',
  },
  'setup.create': {
    method: 'POST',
    path: '/api/v1/setup',
    guard: anyone,
    body: session.setup,
    sample: {
      setup_token: 'writ_st_...',
      email: 'ada@example.com',
      name: 'Ada',
      password: 'a long sentence of mine',
      client: 'browser',
    },
    response: session.signedIn,
    status: 201,
    summary: 'Makes the first owner, once, with the set-up token.',
    errors: ['too_many_attempts', 'conflict'],
  },
  'session.methods': {
    method: 'GET',
    path: '/api/v1/session/methods',
    guard: anyone,
    response: session.methods,
    summary: 'Says how one can sign in.',
  },
  'session.create': {
    method: 'POST',
    path: '/api/v1/session',
    guard: anyone,
    body: session.createSession,
    sample: { email: 'ada@example.com', password: 'a long sentence of mine', client: 'browser' },
    response: session.signedIn,
    status: 201,
    summary: 'Signs a user in, by password or by passkey.',
    errors: ['unauthenticated', 'too_many_attempts', 'conflict'],
  },
  'session.delete': {
    method: 'DELETE',
    path: '/api/v1/session',
    guard: personal,
    response: null,
    summary: 'Signs out: ends the session that asks.',
  },
  'me.get': {
    method: 'GET',
    path: '/api/v1/me',
    guard: personal,
    response: session.me,
    summary: 'Says who is signed in.',
  },
  'me.patch': {
    method: 'PATCH',
    path: '/api/v1/me',
    guard: asserted('auditor'),
    body: session.patchMe,
    sample: { name: 'Ada L.' },
    response: user,
    summary: 'Changes your own name.',
  },
  'me.password': {
    method: 'POST',
    path: '/api/v1/me/password',
    guard: asserted('auditor'),
    body: session.setPassword,
    sample: { new_password: 'another long sentence of mine' },
    response: session.sessionsEnded,
    summary: 'Changes your own password, and ends your other sessions.',
  },
  'sessions.list': {
    method: 'GET',
    path: '/api/v1/sessions',
    guard: personal,
    query: pageQuery,
    response: session.sessions,
    summary: 'Lists your own live sessions.',
  },
  'sessions.delete_others': {
    method: 'DELETE',
    path: '/api/v1/sessions',
    guard: personal,
    response: session.sessionsEnded,
    summary: 'Ends all of your sessions but the one that asks.',
  },
  'sessions.delete': {
    method: 'DELETE',
    path: '/api/v1/sessions/{id}',
    guard: personal,
    params: byId,
    response: null,
    summary: 'Ends one of your own sessions.',
    errors: ['not_found'],
  },
} as const satisfies Record<string, Route>;
