import { holder } from '../guards.ts';
import type { Route } from '../route.ts';
import { byId } from '../schemas/common.ts';
import * as explain from '../schemas/explain.ts';
import * as holds from '../schemas/holds.ts';
import * as self from '../schemas/self.ts';

/** The routes for the holder of an access token. */
export const selfRoutes = {
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
    sample: { connection: 'acme', request: { method: 'DELETE', path: '/v1/volumes/vol_1' } },
    response: explain.explanation,
    body_limit: explain.EXPLAIN_LIMIT,
    summary: 'Says what a request with this access token would do; sends nothing to the provider.',
  },
  'self.hold': {
    method: 'GET',
    path: '/api/v1/self/holds/{id}',
    guard: holder,
    params: byId,
    query: holds.waitQuery,
    response: holds.ownHold,
    summary:
      'Shows a request of this client that waits for its time; with `wait`, once that is over or something changed.',
    errors: ['not_found'],
  },
  'self.hold_result': {
    method: 'GET',
    path: '/api/v1/self/holds/{id}/result',
    guard: holder,
    params: byId,
    response: holds.result,
    summary: "Gives the provider's answer to a request that Writ sent itself; it is kept for a day.",
    errors: ['not_found', 'conflict'],
  },
  'self.hold_cancel': {
    method: 'DELETE',
    path: '/api/v1/self/holds/{id}',
    guard: holder,
    params: byId,
    response: holds.ownHold,
    summary: 'Takes a request of this client back before it is sent.',
    errors: ['not_found', 'conflict'],
  },
  'self.approval': {
    method: 'GET',
    path: '/api/v1/self/approvals/{id}',
    guard: holder,
    params: byId,
    query: holds.waitQuery,
    response: self.ownApproval,
    summary: "Says what became of a request of this client for a human's yes; with `wait`, once a human has decided.",
    errors: ['not_found'],
  },
  'self.approval_result': {
    method: 'GET',
    path: '/api/v1/self/approvals/{id}/result',
    guard: holder,
    params: byId,
    response: holds.result,
    summary: "Gives the provider's answer to an approved request that Writ sent itself; it is kept for a day.",
    errors: ['not_found', 'conflict'],
  },
  'self.end': {
    method: 'POST',
    path: '/api/v1/self/end',
    guard: holder,
    response: self.ended,
    summary: "Ends this access token's task.",
  },
} as const satisfies Record<string, Route>;
