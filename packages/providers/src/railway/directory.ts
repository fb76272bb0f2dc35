import { isJsonObject, type JsonValue, WritError } from '@writ/core';
import type { Directory, ReachWords } from '../reach/directory.ts';
import type { Need } from '../reach/knowledge.ts';
import { idWithin, type Located } from '../reach/located.ts';
import type { Inventory } from './inventory/inventory.ts';
import { locate } from './inventory/locate.ts';
import { LATEST_DEPLOYMENT } from './questions/lookup.ts';
import { SELECTORS } from './selectors.ts';

const WORDS: ReachWords = {
  title: 'Railway',
  environment: 'environment',
  container: 'project',
  outer: 'workspace',
  spanning: new Set(['service', 'volume', 'bucket', 'plugin']),
  // A service may be named before it has an instance in the environment.
  aside: new Set(['workspace', 'project', 'environment', 'service', 'bucket', 'plugin']),
  everywhere: new Set(['serviceDuplicate', 'serviceFeatureFlagAdd']),
  beyond: /^(?:workspaces?|teams?|projects|user|users|owner|creator|customer|members)$/,
  partial: 'A project token sees one environment only, and this call may reach others of the project.',
  creates: isMade,
};

/** Railway's words in a patch for a thing that is to be made. `member`: what the patch says of its id. */
export function isMade(member: JsonValue): boolean {
  return isJsonObject(member) && member['isCreated'] === true;
}

/** Railway's directory: what lies where, in the form in which the interpreter of reach rules asks. */
export function directoryOf(inventory: Inventory): Directory {
  return {
    words: WORDS,
    selectors: SELECTORS,
    now: inventory.deps.now,
    version: () => inventory.version,
    locate: (sought, need) => locate(inventory, sought, need),
    containers: (need) => inventory.projects(need),
    known: (need) => knownIn(inventory, need),
    namesInUse: (need) => namesIn(inventory, need),
    isLatest: (deployment, need) => isLatest(inventory, deployment, need),
  };
}

async function knownIn(inventory: Inventory, need: Need): ReturnType<Directory['known']> {
  const known: { readonly kind: string; readonly id: string }[] = [];
  const add = (kind: string, { id }: { readonly id: string }) => known.push({ kind, id });
  for (const project of await inventory.projects(need)) {
    for (const each of project.environments) add('environment', each);
    for (const each of project.services) add('service', each);
    for (const each of project.volumes) add('volume', each);
    for (const each of project.buckets) add('bucket', each);
    for (const filled of await inventory.filled(project, need)) {
      for (const each of filled.instances) add('service_instance', each);
      for (const each of filled.volumeInstances) add('volume_instance', each);
      for (const each of filled.triggers) add('deployment_trigger', each);
      for (const each of filled.domains) add(each.kind, each);
    }
  }
  return known;
}

async function namesIn(inventory: Inventory, need: Need): ReturnType<Directory['namesInUse']> {
  const names: { readonly name: string; readonly environment: Located['environments'][number] }[] = [];
  for (const project of await inventory.projects(need)) {
    for (const { environment, domains } of await inventory.filled(project, need)) {
      for (const { domain } of domains) names.push({ name: domain, environment });
    }
  }
  return names;
}

/** True where Railway plainly says so: silence, an error or a deployment without a service count as no. */
async function isLatest(inventory: Inventory, deployment: Located, need: Need): Promise<boolean> {
  const serviceId = idWithin(deployment, 'service');
  const [environment] = deployment.environments;
  if (serviceId === undefined || environment === undefined) return false;
  try {
    const answer = await inventory.find(LATEST_DEPLOYMENT, { environmentId: environment.id, serviceId }, need);
    return answer?.serviceInstance.latestDeployment?.id === deployment.id;
  } catch (error) {
    if (error instanceof WritError && error.code === 'environment_unresolved') return false;
    throw error;
  }
}
