import { changes, holder, reads } from '../guards.ts';
import type { Route } from '../route.ts';
import { byId } from '../schemas/common.ts';
import * as explain from '../schemas/explain.ts';
import * as self from '../schemas/self.ts';
import * as tasks from '../schemas/tasks.ts';

/** A request to be explained carries a body of 1 MiB, written as a JSON string. */
const EXPLAIN_LIMIT = 4 * 1024 * 1024;

/** What the holder of an access token asks, tasks and tokens. */
export const tokensRoutes = {
  'self.get': {
    method: 'GET',
    path: '/api/v1/self',
    guard: holder,
    response: self.self,
    summary: 'Says what this access token is for and what it allows.',
  },
  'self.operations': {
    method: 'GET',
    path: '/api/v1/self/operations',
    guard: holder,
    query: self.selfOperationsQuery,
    response: self.selfOperations,
    summary: 'Lists what this access token may do, with the outcome.',
  },
  'self.explain': {
    method: 'POST',
    path: '/api/v1/self/explain',
    guard: holder,
    body: explain.explainSelf,
    response: explain.explanation,
    body_limit: EXPLAIN_LIMIT,
    summary: 'Says what a request with this access token would do; sends nothing on.',
  },
  'self.end': {
    method: 'POST',
    path: '/api/v1/self/end',
    guard: holder,
    response: self.ended,
    summary: "Ends this access token's task.",
  },
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
    response: tasks.task,
    summary: 'Shows a task.',
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
    response: tasks.revoked,
    summary: 'Revokes access tokens.',
    errors: ['not_found'],
  },
} as const satisfies Record<string, Route>;
