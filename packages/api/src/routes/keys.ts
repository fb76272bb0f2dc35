import { asserted, reads } from '../guards.ts';
import type { Route } from '../route.ts';
import { pageQuery } from '../schemas/common.ts';
import * as keys from '../schemas/keys.ts';

/** The keys that sign access tokens. */
export const keysRoutes = {
  'keys.list': {
    method: 'GET',
    path: '/api/v1/keys',
    guard: reads('auditor'),
    query: pageQuery,
    response: keys.keys,
    summary: 'Lists the keys that sign access tokens.',
  },
  'keys.rotate': {
    method: 'POST',
    path: '/api/v1/keys/rotate',
    guard: asserted('admin'),
    body: keys.rotateKeys,
    sample: { alg: 'ES256' },
    response: keys.rotatedKeys,
    summary: 'Publishes the next key that signs access tokens; it signs once verifiers can know it.',
    errors: ['conflict'],
  },
  'keys.compromise': {
    method: 'POST',
    path: '/api/v1/keys/{kid}/compromise',
    guard: asserted('admin'),
    params: keys.byKid,
    response: keys.compromisedKey,
    summary: 'Stops a key that has leaked: all that it signed is refused at once, and another signs.',
    errors: ['not_found'],
  },
} as const satisfies Record<string, Route>;
