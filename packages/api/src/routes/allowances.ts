import { asserted, changes, reads } from '../guards.ts';
import type { Route } from '../route.ts';
import * as allowances from '../schemas/allowances.ts';
import { byId } from '../schemas/common.ts';

/** Standing yeses of people, counted down. */
export const allowancesRoutes = {
  'allowances.list': {
    method: 'GET',
    path: '/api/v1/allowances',
    guard: reads('auditor'),
    query: allowances.allowancesQuery,
    response: allowances.allowances,
    summary: 'Lists standing yeses, newest first.',
  },
  'allowances.create': {
    method: 'POST',
    path: '/api/v1/allowances',
    guard: asserted('approver'),
    body: allowances.createAllowance,
    sample: {
      task_id: 'tsk_0123456789abcdefghjkmnpqrs',
      detail: {
        type: 'provider_operations',
        connection: 'acme',
        environments: ['staging'],
        operations: ['variables:reveal'],
        resources: ['service:4f1c0000-0000-4000-8000-000000000000'],
      },
      uses: 5,
      expires_in: 3600,
    },
    response: allowances.allowance,
    summary: 'Says yes beforehand: to what one detail covers, of one task, so many times.',
    errors: ['not_found', 'conflict', 'frozen'],
  },
  'allowances.delete': {
    method: 'DELETE',
    path: '/api/v1/allowances/{id}',
    guard: changes('approver'),
    params: byId,
    response: null,
    summary: 'Ends a standing yes.',
    errors: ['not_found'],
  },
} as const satisfies Record<string, Route>;
