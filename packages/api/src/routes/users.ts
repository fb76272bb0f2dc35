import { anyone, asserted, reads } from '../guards.ts';
import type { Route } from '../route.ts';
import { byId, pageQuery } from '../schemas/common.ts';
import * as users from '../schemas/users.ts';

/** People and their roles. */
export const usersRoutes = {
  'users.list': {
    method: 'GET',
    path: '/api/v1/users',
    guard: reads('auditor'),
    query: pageQuery,
    response: users.users,
    summary: 'Lists the users.',
  },
  'users.create': {
    method: 'POST',
    path: '/api/v1/users',
    guard: asserted('owner'),
    body: users.createUser,
    sample: { email: 'grace@example.com', name: 'Grace', role: 'auditor' },
    response: users.link,
    status: 201,
    summary: 'Adds a user and answers a one-time link for them to choose a password.',
    errors: ['conflict'],
  },
  'users.patch': {
    method: 'PATCH',
    path: '/api/v1/users/{id}',
    guard: asserted('owner'),
    params: byId,
    body: users.patchUser,
    sample: { name: 'Grace H.' },
    response: users.user,
    summary: "Changes a user's name or role.",
    errors: ['not_found', 'conflict'],
  },
  'users.delete': {
    method: 'DELETE',
    path: '/api/v1/users/{id}',
    guard: asserted('owner'),
    params: byId,
    response: null,
    summary: 'Removes a user and ends their sessions.',
    errors: ['not_found', 'conflict'],
  },
  'users.reset': {
    method: 'POST',
    path: '/api/v1/users/{id}/reset',
    guard: asserted('owner'),
    params: byId,
    response: users.link,
    status: 201,
    summary:
      'Answers a one-time link for a user to choose a new password; ends their sessions and removes their passkeys.',
    errors: ['not_found'],
  },
  'users.accept': {
    method: 'POST',
    path: '/api/v1/users/accept',
    guard: anyone,
    body: users.accept,
    sample: { token: 'writ_ln_...', password: 'a long sentence of mine' },
    response: users.user,
    summary: 'Sets the password that a one-time link was made for.',
    errors: ['too_many_attempts'],
  },
} as const satisfies Record<string, Route>;
