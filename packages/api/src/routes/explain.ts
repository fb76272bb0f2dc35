import { reads } from '../guards.ts';
import type { Route } from '../route.ts';
import * as explain from '../schemas/explain.ts';

/** The routes that tell what a request would do. */
export const explainRoutes = {
  explain: {
    method: 'POST',
    path: '/api/v1/explain',
    guard: reads('auditor'),
    body: explain.explain,
    sample: { client_id: 'builder', connection: 'acme', request: { method: 'DELETE', path: '/v1/volumes/vol_1' } },
    response: explain.fullExplanation,
    body_limit: explain.EXPLAIN_LIMIT,
    summary:
      'Says what a provider request would do, what would be destroyed with it, and why it would be allowed or refused; sends nothing on.',
    errors: ['not_found'],
  },
} as const satisfies Record<string, Route>;
