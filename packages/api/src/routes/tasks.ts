import { changes, reads } from '../guards.ts';
import type { Route } from '../route.ts';
import { byId } from '../schemas/common.ts';
import * as tasks from '../schemas/tasks.ts';

/** Tasks, and the tokens that were issued for them. */
export const tasksRoutes = {
  'tasks.list': {
    method: 'GET',
    path: '/api/v1/tasks',
    guard: reads('auditor'),
    query: tasks.tasksQuery,
    response: tasks.tasks,
    summary: 'Lists the tasks.',
  },
  'tasks.get': {
    method: 'GET',
    path: '/api/v1/tasks/{id}',
    guard: reads('auditor'),
    params: byId,
    response: tasks.wholeTask,
    summary: 'Shows a task: whose it is, how long it lives, what it holds and waits for, and what it did last.',
    errors: ['not_found'],
  },
  'tasks.end': {
    method: 'POST',
    path: '/api/v1/tasks/{id}/end',
    guard: changes('approver'),
    params: byId,
    response: tasks.task,
    summary: 'Ends a task; its tokens stop at once.',
    errors: ['not_found'],
  },
  'tokens.list': {
    method: 'GET',
    path: '/api/v1/tokens',
    guard: reads('auditor'),
    query: tasks.tokensQuery,
    response: tasks.tokens,
    summary: 'Lists the access tokens that were issued.',
  },
  'tokens.revoke': {
    method: 'POST',
    path: '/api/v1/tokens/revoke',
    guard: changes('approver'),
    body: tasks.revoke,
    sample: { client_id: 'builder' },
    response: tasks.revoked,
    summary: 'Revokes access tokens.',
    errors: ['not_found'],
  },
} as const satisfies Record<string, Route>;
