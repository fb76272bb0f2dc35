import { asserted, reads } from '../guards.ts';
import type { Route } from '../route.ts';
import { pageQuery } from '../schemas/common.ts';
import * as connections from '../schemas/connections.ts';
import * as environments from '../schemas/environments.ts';

/** The environments of a connection. */
export const environmentsRoutes = {
  'environments.list': {
    method: 'GET',
    path: '/api/v1/connections/{connection}/environments',
    guard: reads('auditor'),
    params: connections.byConnection,
    query: pageQuery,
    response: environments.environments,
    summary: 'Lists the environments of a connection.',
    errors: ['not_found'],
  },
  'environments.create': {
    method: 'POST',
    path: '/api/v1/connections/{connection}/environments',
    guard: asserted('admin'),
    params: connections.byConnection,
    body: environments.createEnvironment,
    sample: { slug: 'staging', selector: { ids: ['e1'] } },
    response: environments.environment,
    status: 201,
    summary: 'Names an environment.',
    errors: ['not_found', 'conflict'],
  },
  'environments.importable': {
    method: 'GET',
    path: '/api/v1/connections/{connection}/environments/import',
    guard: reads('admin'),
    params: connections.byConnection,
    response: environments.importable,
    summary: 'Asks the provider what an import would add, and proposes names and protection.',
    errors: ['not_found', 'upstream_unavailable', 'credential_rejected'],
  },
  'environments.import': {
    method: 'POST',
    path: '/api/v1/connections/{connection}/environments/import',
    guard: asserted('admin'),
    params: connections.byConnection,
    body: environments.importEnvironments,
    sample: { items: [{ slug: 'staging', selector: { ids: ['e1'] }, protected: false }] },
    response: environments.imported,
    status: 201,
    summary: 'Names every environment the provider lists, or those that are picked, in one step.',
    errors: ['not_found', 'upstream_unavailable', 'conflict'],
  },
  'environments.patch': {
    method: 'PATCH',
    path: '/api/v1/connections/{connection}/environments/{environment}',
    guard: asserted('admin'),
    params: environments.environmentParams,
    body: environments.patchEnvironment,
    sample: { protected: false },
    response: environments.environment,
    summary: "Changes an environment's name, selector or protection.",
    errors: ['not_found', 'conflict'],
  },
  'environments.delete': {
    method: 'DELETE',
    path: '/api/v1/connections/{connection}/environments/{environment}',
    guard: asserted('admin'),
    params: environments.environmentParams,
    response: null,
    summary: 'Forgets an environment; calls that reach it are refused from then on.',
    errors: ['not_found', 'conflict'],
  },
} as const satisfies Record<string, Route>;
