import { asserted, reads } from '../guards.ts';
import type { Route } from '../route.ts';
import * as approvals from '../schemas/approvals.ts';
import { byId } from '../schemas/common.ts';

/** Requests that wait for a human's yes. */
export const approvalsRoutes = {
  'approvals.list': {
    method: 'GET',
    path: '/api/v1/approvals',
    guard: reads('auditor'),
    query: approvals.approvalsQuery,
    response: approvals.approvals,
    summary: "Lists requests for a human's yes, newest first, each with all that an approver is shown.",
  },
  'approvals.get': {
    method: 'GET',
    path: '/api/v1/approvals/{id}',
    guard: reads('auditor'),
    params: byId,
    response: approvals.approval,
    summary: "Shows a request for a human's yes.",
    errors: ['not_found'],
  },
  'approvals.approve': {
    method: 'POST',
    path: '/api/v1/approvals/{id}/approve',
    guard: asserted('approver'),
    params: byId,
    body: approvals.approve,
    sample: { confirm: 'production/rentals-data', usable_for: 3600 },
    response: approvals.approval,
    summary: 'Says yes to one exact request, for one use.',
    errors: ['not_found', 'conflict', 'frozen'],
  },
  'approvals.approve_all': {
    method: 'POST',
    path: '/api/v1/approvals/approve',
    guard: asserted('approver'),
    body: approvals.approveAll,
    sample: { ids: ['apr_0123456789abcdefghjkmnpqrs'] },
    response: approvals.approvals,
    summary: 'Says yes to several requests, all or none; never to what destroys or escalates.',
    errors: ['not_found', 'conflict', 'frozen'],
  },
  'approvals.deny': {
    method: 'POST',
    path: '/api/v1/approvals/{id}/deny',
    guard: asserted('approver'),
    params: byId,
    body: approvals.deny,
    sample: { reason: 'The volume is production data.' },
    response: approvals.approval,
    summary: 'Says no; the reason is told to the client.',
    errors: ['not_found', 'conflict'],
  },
  'approvals.look': {
    method: 'POST',
    path: '/api/v1/approvals/{id}/look',
    guard: asserted('approver'),
    params: byId,
    response: approvals.wholeRequest,
    summary:
      'Shows the whole request as it will be sent, with its secret arguments, to one who may approve it; this is recorded.',
    errors: ['not_found', 'conflict'],
  },
  'approvals.reopen': {
    method: 'POST',
    path: '/api/v1/approvals/{id}/reopen',
    guard: asserted('approver'),
    params: byId,
    response: approvals.reopened,
    summary: 'Lets the client ask again for the operations that were denied.',
    errors: ['not_found', 'conflict'],
  },
} as const satisfies Record<string, Route>;
