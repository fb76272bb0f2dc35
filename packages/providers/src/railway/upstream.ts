import type { Operation } from '@writ/core';
import { orUnavailable } from '../ask/available.ts';
import { readIntrospection } from '../graphql/live/introspection.ts';
import type { ResolveContext, Upstream, UpstreamDeps } from '../provider.ts';
import { Misses } from '../reach/misses.ts';
import { resolveRequest } from '../reach/resolve.ts';
import { describeRequest } from './describe/describe.ts';
import { directoryOf } from './directory.ts';
import { identify, listEnvironments } from './identify.ts';
import { askFor } from './inventory/ask.ts';
import { Inventory } from './inventory/inventory.ts';
import { listItems } from './items.ts';
import { SCHEMA } from './questions/schema.ts';

/** Makes a connection's view of Railway, with an inventory of its own. */
export function connectRailway(deps: UpstreamDeps): Upstream {
  const inventory = new Inventory(deps);
  const misses = new Misses(deps.now);
  const directory = directoryOf(inventory);
  const settled = new WeakMap();
  const depsFor = (context: ResolveContext) => ({ directory, misses, context, settled });
  return {
    resolve: (classified, context) => resolveRequest(depsFor(context), classified),
    describe: (resolved, context) => describeRequest({ inventory, context }, resolved),
    forwarded(operations) {
      if (!operations.some(mayMove)) return;
      inventory.drop();
      misses.drop();
    },
    identify: () => orUnavailable(() => identify(inventory)),
    environments: () => orUnavailable(() => listEnvironments(inventory)),
    inventory: () => orUnavailable(() => listItems(inventory)),
    liveSchema: () =>
      orUnavailable(() =>
        inventory.doubting(async () => readIntrospection(await askFor(inventory.deps.ask, SCHEMA, {}))),
      ),
  };
}

/** Operations that change nothing that the inventory holds. Without this list, every variable that is set would cost a walk. */
const KEEPS_PLACES: ReadonlySet<string> = new Set([
  'variableUpsert',
  'variableCollectionUpsert',
  'variableDelete',
  'deploymentRestart',
  'deploymentStop',
  'deploymentCancel',
  'volumeInstanceBackupScheduleUpdate',
]);

function mayMove({ name, effect }: Operation): boolean {
  return effect !== 'read' && !KEEPS_PLACES.has(name);
}
