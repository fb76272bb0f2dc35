import { asserted, personal, visitor } from '../guards.ts';
import type { Route } from '../route.ts';
import { byId, pageQuery } from '../schemas/common.ts';
import * as passkeys from '../schemas/passkeys.ts';

/** Passkeys: one's own. */
export const passkeysRoutes = {
  'passkeys.challenge': {
    method: 'POST',
    path: '/api/v1/passkeys/challenge',
    guard: visitor,
    body: passkeys.challenge,
    sample: { for: 'session' },
    response: passkeys.challenged,
    summary:
      'Answers what a passkey is to sign: to sign in, to be registered, or for one change. Good once, for five minutes.',
    errors: ['unauthenticated', 'not_supported', 'conflict'],
  },
  'passkeys.list': {
    method: 'GET',
    path: '/api/v1/passkeys',
    guard: personal,
    query: pageQuery,
    response: passkeys.passkeys,
    summary: 'Lists your own passkeys.',
  },
  'passkeys.create': {
    method: 'POST',
    path: '/api/v1/passkeys',
    guard: asserted('auditor'),
    body: passkeys.createPasskey,
    sample: {
      name: 'My laptop',
      response: {
        id: 'AAAA',
        rawId: 'AAAA',
        type: 'public-key',
        response: { clientDataJSON: 'e30', attestationObject: 'oA' },
      },
    },
    response: passkeys.passkey,
    status: 201,
    summary: 'Registers a passkey of your own: with it you can sign in, and prove a change.',
    errors: ['not_supported', 'conflict'],
  },
  'passkeys.delete': {
    method: 'DELETE',
    path: '/api/v1/passkeys/{id}',
    guard: asserted('auditor'),
    params: byId,
    response: null,
    summary: 'Removes one of your own passkeys.',
    errors: ['not_found'],
  },
} as const satisfies Record<string, Route>;
