import { asserted, changes, reads, widens } from '../guards.ts';
import type { Route } from '../route.ts';
import * as clients from '../schemas/clients.ts';
import { pageQuery } from '../schemas/common.ts';
import * as grants from '../schemas/grants.ts';
import * as refusals from '../schemas/refusals.ts';

/** Clients. */
export const clientsRoutes = {
  'clients.list': {
    method: 'GET',
    path: '/api/v1/clients',
    guard: reads('auditor'),
    query: clients.clientsQuery,
    response: clients.clients,
    summary: 'Lists the clients.',
  },
  'clients.ci_systems': {
    method: 'GET',
    path: '/api/v1/ci-systems',
    guard: reads('auditor'),
    query: pageQuery,
    response: clients.ciSystems,
    summary: 'Lists the CI systems whose jobs can be clients, each with the claims that a trust policy may pin.',
  },
  'clients.create': {
    method: 'POST',
    path: '/api/v1/clients',
    guard: widens('admin'),
    body: clients.createClient,
    sample: { client_id: 'builder', kind: 'agent', name: 'Builder', auth: { method: 'client_secret_basic' } },
    response: clients.createdClient,
    status: 201,
    summary: 'Adds a client; its secret is told once.',
    errors: ['conflict'],
  },
  'clients.get': {
    method: 'GET',
    path: '/api/v1/clients/{id}',
    guard: reads('auditor'),
    params: clients.byClientId,
    response: clients.client,
    summary: 'Shows a client.',
    errors: ['not_found'],
  },
  'clients.reach': {
    method: 'GET',
    path: '/api/v1/clients/{id}/reach',
    guard: reads('auditor'),
    params: clients.byClientId,
    query: grants.reachQuery,
    response: grants.reach,
    summary:
      'Lists every operation that a client reaches, by environment, with its outcome and the grants that cover it.',
    errors: ['not_found'],
  },
  'clients.refusals': {
    method: 'GET',
    path: '/api/v1/clients/{id}/refusals',
    guard: reads('admin'),
    params: clients.byClientId,
    query: refusals.refusedQuery,
    response: refusals.refused,
    summary:
      'Lists what a client was refused of late and a grant would mend, each with the smallest detail that would do.',
    errors: ['not_found'],
  },
  'clients.patch': {
    method: 'PATCH',
    path: '/api/v1/clients/{id}',
    guard: widens('admin'),
    params: clients.byClientId,
    body: clients.patchClient,
    sample: { name: 'Builder of staging' },
    response: clients.client,
    summary: 'Changes a client.',
    errors: ['not_found', 'conflict'],
  },
  'clients.delete': {
    method: 'DELETE',
    path: '/api/v1/clients/{id}',
    guard: changes('admin'),
    params: clients.byClientId,
    response: null,
    summary: 'Removes a client; its tokens stop at once.',
    errors: ['not_found'],
  },
  'clients.trust_test': {
    method: 'POST',
    path: '/api/v1/clients/{id}/trust-test',
    guard: changes('admin'),
    params: clients.byClientId,
    body: clients.trustTest,
    sample: { token: 'header.payload.signature' },
    response: clients.trustTested,
    summary: "Compares a CI token with a client's saved trust policy; issues nothing.",
    errors: ['not_found'],
  },
  'clients.trust_test_unsaved': {
    method: 'POST',
    path: '/api/v1/clients/trust-test',
    guard: asserted('admin'),
    body: clients.trustTestUnsaved,
    sample: {
      token: 'header.payload.signature',
      auth: {
        method: 'federated',
        ci: 'gitlab',
        issuer: 'https://gitlab.com',
        audience: 'https://writ.example.com/ci/builder',
        claims: { project_id: '1' },
      },
    },
    response: clients.trustTested,
    summary:
      'Says how a CI token fares against a trust policy before it is saved. Its issuer is asked at public addresses alone.',
  },
  'clients.rotate_secret': {
    method: 'POST',
    path: '/api/v1/clients/{id}/rotate-secret',
    guard: widens('admin'),
    params: clients.byClientId,
    response: clients.clientSecret,
    status: 201,
    summary: 'Makes a new secret, told once; the old one stops at once.',
    errors: ['not_found'],
  },
} as const satisfies Record<string, Route>;
