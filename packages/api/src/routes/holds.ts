import { asserted, changes, reads } from '../guards.ts';
import type { Route } from '../route.ts';
import { byId } from '../schemas/common.ts';
import * as holds from '../schemas/holds.ts';

/** Requests that wait for their time, and that Writ then sends itself. */
export const holdsRoutes = {
  'holds.list': {
    method: 'GET',
    path: '/api/v1/holds',
    guard: reads('auditor'),
    query: holds.holdsQuery,
    response: holds.holds,
    summary: 'Lists the requests that wait for their time, or did; newest first.',
  },
  'holds.get': {
    method: 'GET',
    path: '/api/v1/holds/{id}',
    guard: reads('auditor'),
    params: byId,
    response: holds.hold,
    summary: 'Shows a request that waits for its time.',
    errors: ['not_found'],
  },
  'holds.cancel': {
    method: 'POST',
    path: '/api/v1/holds/{id}/cancel',
    guard: changes('approver'),
    params: byId,
    response: holds.hold,
    summary: 'Takes a request back before it is sent.',
    errors: ['not_found', 'conflict'],
  },
  'holds.release': {
    method: 'POST',
    path: '/api/v1/holds/{id}/release',
    guard: asserted('approver'),
    params: byId,
    body: holds.release,
    sample: {},
    response: holds.hold,
    summary: 'Sends a request before its time, or after a freeze or an outage.',
    errors: ['not_found', 'conflict', 'frozen'],
  },
} as const satisfies Record<string, Route>;
