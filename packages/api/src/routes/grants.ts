import { changes, reads, widens } from '../guards.ts';
import type { Route } from '../route.ts';
import { byId } from '../schemas/common.ts';
import * as grants from '../schemas/grants.ts';

/** Grants, and the operations that they cover. */
export const grantsRoutes = {
  'grants.list': {
    method: 'GET',
    path: '/api/v1/grants',
    guard: reads('auditor'),
    query: grants.grantsQuery,
    response: grants.grants,
    summary: 'Lists the grants.',
  },
  'grants.create': {
    method: 'POST',
    path: '/api/v1/grants',
    guard: widens('admin'),
    body: grants.createGrant,
    sample: { client_id: 'builder', connection: 'acme', environments: ['shared'], operations: ['*:read'] },
    response: grants.grant,
    status: 201,
    summary: 'Grants a client operations in environments of a connection.',
  },
  'grants.preview': {
    method: 'POST',
    path: '/api/v1/grants/preview',
    guard: reads('auditor'),
    query: grants.previewQuery,
    body: grants.createGrant,
    sample: { client_id: 'builder', connection: 'acme', environments: ['staging'], operations: ['domain*'] },
    response: grants.preview,
    summary: 'Lists each operation a grant would reach, by environment, with its outcome; saves nothing.',
  },
  'grants.get': {
    method: 'GET',
    path: '/api/v1/grants/{id}',
    guard: reads('auditor'),
    params: byId,
    response: grants.grant,
    summary: 'Shows a grant.',
    errors: ['not_found'],
  },
  'grants.patch': {
    method: 'PATCH',
    path: '/api/v1/grants/{id}',
    guard: widens('admin'),
    params: byId,
    body: grants.patchGrant,
    sample: { note: 'until the release' },
    response: grants.grant,
    summary: 'Changes a grant; it acts on the next request of live tokens too.',
    errors: ['not_found'],
  },
  'grants.delete': {
    method: 'DELETE',
    path: '/api/v1/grants/{id}',
    guard: changes('admin'),
    params: byId,
    response: null,
    summary: 'Takes a grant back; live tokens lose it on the next request.',
    errors: ['not_found'],
  },
} as const satisfies Record<string, Route>;
