import type { Role, RouteId } from '@writ/api';

/** A body that each route would take, for those where a refusal must come before anything the body could be blamed for. */
export const SAMPLES: Partial<Record<RouteId, object>> = {
  'users.create': { email: 'new@example.com', name: 'New', role: 'auditor' satisfies Role },
  'users.patch': { name: 'Renamed' },
  'connections.create': {
    slug: 'another',
    provider: 'railway',
    credential: { kind: 'account_token', value: 'fake-root-token-1111111111' },
  },
  'connections.patch': { base_url: 'https://backboard.railway.app' },
  'connections.credential': { kind: 'account_token', value: 'fake-root-token-2222222222' },
  'environments.create': { slug: 'staging', selector: { environment_ids: ['e1'] } },
  'environments.patch': { protected: false },
  'operations.put': { effect: 'destroy', note: 'test' },
  'operations.admit': { arguments: ['input.new'], effect: 'destroy', note: 'test' },
  'guardrails.put': { items: [] },
  'audit.prune': { before: '2020-01-01T00:00:00Z' },
  'clients.create': { client_id: 'new', kind: 'agent', name: 'New', auth: { method: 'client_secret_basic' } },
  'clients.trust_test_unsaved': {
    token: 'fake.ci.token',
    auth: {
      method: 'federated',
      ci: 'gitlab',
      issuer: 'https://gitlab.com',
      audience: 'http://localhost/ci/new',
      claims: { project_id: '1' },
    },
  },
  'clients.patch': { name: 'Renamed' },
  'grants.create': { client_id: 'agent', connection: 'railway', environments: ['shared'], operations: ['*:read'] },
  'grants.patch': { note: 'changed' },
};

/** Names that paths are filled with: things that are there, so that nothing but the refusal under test can come first. */
export const PARAMETERS: Readonly<Record<string, string>> = {
  connection: 'railway',
  environment: 'staging',
  id: 'agent',
  kid: 'k'.repeat(43),
  name: 'volumeDelete',
  argument: 'input.new',
};
