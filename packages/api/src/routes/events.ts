import { reads } from '../guards.ts';
import type { Route } from '../route.ts';
import * as events from '../schemas/events.ts';

/** What is recorded, as it is recorded. */
export const eventsRoutes = {
  'events.stream': {
    method: 'GET',
    path: '/api/v1/events',
    guard: reads('auditor'),
    query: events.eventsQuery,
    response: 'events',
    summary:
      'Streams events from now on, or after the one named by `after` or by the header `Last-Event-ID`, which wins.',
  },
} as const satisfies Record<string, Route>;
