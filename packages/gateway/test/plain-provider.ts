/** The simplest possible provider, for tests of everything around it. */
import { type Effect, type Operation, type ResolvedOperation, WritError } from '@writ/core';
import type { Provider, Upstream } from '@writ/providers';
import { selectorsByField } from '../../providers/src/selectors.ts';

/** A provider of the simplest kind: `POST /do/{effect}` does `thing.{effect}`; `GET` reads, below `/upload` at a host of its own. Everything lies in `staging`. */
export const plainProvider: Provider = {
  id: 'plain',
  title: 'Plain',
  hosts: ['api.plain.example'],
  defaultBaseUrl: 'https://api.plain.example',
  otherBaseUrls: { uploads: 'https://uploads.plain.example' },
  envVars: { token: [], baseUrl: [] },
  credentialKinds: [],
  usualCredentialKind: 'key',
  example: { method: 'GET', path: '/x', graphql: false, body: null },
  tokenHeaders: ['x-plain-token'],
  headers: { meaningful: ['accept', 'x-version'], volatile: ['x-trace'] },
  wire: {},
  resourceKinds: ['thing'],
  selectors: selectorsByField([
    { name: 'ids', noun: 'place', title: 'places', ephemeral: false, before: '', most: 200 },
  ]),
  places: { environment: 'place', ephemeral: 'copy', container: 'account' },
  catalogVersion: '00',
  operations: [],
  presets: [],
  classify: (canonical) => {
    const { path } = canonical.request;
    const effect = (/^\/do\/([a-z]+)$/.exec(path)?.[1] ?? 'read') as Effect;
    if (path === '/unknown')
      throw new WritError('operation_unknown', { detail: 'There is no operation of that name.' });
    if (path === '/broken') throw new TypeError('a fault');
    const forward = path.startsWith('/upload') ? { ...canonical.request, at: 'uploads' } : canonical.request;
    return { forward, operations: [operation(effect)], catalog_version: '00' };
  },
  hasArgument: () => false,
  admitting: () => plainProvider,
  compareSchema: () => ({ new: [], missing: [], changed: [] }),
  shapeOf: () => undefined,
  deny: (problem) => ({ content_type: 'application/json', body: JSON.stringify({ writ: problem }) }),
  connect: () => plainUpstream,
};

export function operation(effect: Effect): Operation {
  return { name: `thing.${effect}`, effect, base_effect: effect, arguments: {}, secret_arguments: [] };
}

/** The resolved operation, with thing t1 as its target in the environments. */
export function resolvedIn(found: Operation, environments: ResolvedOperation['environments']): ResolvedOperation {
  return { ...found, targets: [{ kind: 'thing', id: 't1', within: [] }], containers: [], environments };
}

const notAsked = (): never => {
  throw new WritError('unavailable');
};

export const plainUpstream: Upstream = {
  resolve: async (classified) => ({
    classified,
    operations: classified.operations.map((found) => resolvedIn(found, [{ slug: 'staging', kind: 'ephemeral' }])),
  }),
  describe: async () => notAsked(),
  forwarded: () => undefined,
  identify: async () => notAsked(),
  environments: async () => notAsked(),
  inventory: async () => notAsked(),
  liveSchema: async () => notAsked(),
};
