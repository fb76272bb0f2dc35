import { reads } from '../guards.ts';
import type { Route } from '../route.ts';
import * as exposure from '../schemas/exposure.ts';

/** What all grants come to. */
export const exposureRoutes = {
  'exposure.get': {
    method: 'GET',
    path: '/api/v1/exposure',
    guard: reads('auditor'),
    query: exposure.exposureQuery,
    response: exposure.exposure,
    summary:
      'Tells what clients can do, by environment and effect, and which grants, clients and root credentials to look at.',
  },
} as const satisfies Record<string, Route>;
