import { reads } from '../guards.ts';
import type { Route } from '../route.ts';
import * as refusals from '../schemas/refusals.ts';

/** Requests that were refused. */
export const refusalsRoutes = {
  'refusals.get': {
    method: 'GET',
    path: '/api/v1/refusals/{request_id}',
    guard: reads('admin'),
    params: refusals.byRequest,
    response: refusals.refusal,
    summary: 'Shows a refused request, and the smallest details that would have let it pass; saves nothing.',
    errors: ['not_found'],
  },
} as const satisfies Record<string, Route>;
