import { asserted, changes, reads } from '../guards.ts';
import type { Route } from '../route.ts';
import { byId, pageQuery } from '../schemas/common.ts';
import * as guardrails from '../schemas/guardrails.ts';

/** Guardrails and freezes. */
export const guardrailsRoutes = {
  'guardrails.get': {
    method: 'GET',
    path: '/api/v1/guardrails',
    guard: reads('auditor'),
    response: guardrails.guardrails,
    summary: 'Shows the guardrails in force.',
  },
  'guardrails.put': {
    method: 'PUT',
    path: '/api/v1/guardrails',
    guard: asserted('admin'),
    body: guardrails.putGuardrails,
    sample: { items: [] },
    response: guardrails.guardrails,
    summary: 'Replaces the added guardrails; only an owner loosens.',
    errors: ['conflict'],
  },
  'guardrails.undo': {
    method: 'POST',
    path: '/api/v1/guardrails/undo',
    guard: asserted('admin'),
    body: guardrails.undoGuardChange,
    sample: { request_id: 'req_0123456789abcdefghjkmnpqrs' },
    response: guardrails.undoneGuardChange,
    summary:
      'Takes back a change of guardrails, or of the protection or selector of an environment, if nothing changed since.',
    errors: ['not_found', 'conflict'],
  },
  'freeze.list': {
    method: 'GET',
    path: '/api/v1/freeze',
    guard: reads('auditor'),
    query: pageQuery,
    response: guardrails.freezes,
    summary: 'Lists the freezes in force.',
  },
  'freeze.create': {
    method: 'POST',
    path: '/api/v1/freeze',
    guard: changes('approver'),
    body: guardrails.createFreeze,
    sample: { connection: 'acme', reason: 'a token was found in a log' },
    response: guardrails.freeze,
    status: 201,
    summary: 'Stops everything, a connection, a client or a task, at once.',
    errors: ['not_found'],
  },
  'freeze.delete': {
    method: 'DELETE',
    path: '/api/v1/freeze/{id}',
    guard: asserted('owner'),
    params: byId,
    response: null,
    summary: 'Lifts a freeze.',
    errors: ['not_found'],
  },
} as const satisfies Record<string, Route>;
