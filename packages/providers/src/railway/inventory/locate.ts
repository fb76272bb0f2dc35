import type { Need } from '../../reach/knowledge.ts';
import type { Sought } from '../../reach/located.ts';
import type { Filled, Found, ProjectFacts } from './facts.ts';
import type { Inventory } from './inventory.ts';
import {
  findBackup,
  findDeployment,
  findEnvironment,
  findPlugin,
  findService,
  findVolumeInstance,
} from './locate-direct.ts';
import { findAgent, findEndpoint, findNetwork, findProxy, findSandbox } from './locate-scanned.ts';
import { seek } from './seek.ts';

type Finder = (inventory: Inventory, sought: Sought, need: Need) => Promise<Found | undefined>;

/** How each kind of the catalog is found. */
const FINDERS: Readonly<Record<string, Finder>> = {
  workspace: findWorkspace,
  project: findProject,
  environment: findEnvironment,
  service: findService,
  bucket: findBucket,
  plugin: findPlugin,
  service_instance: (inventory, sought, need) => seek(inventory, { sought, need, pick: pickInstance }),
  volume: (inventory, sought, need) => seek(inventory, { sought, need, pick: pickVolume }),
  volume_instance: findVolumeInstance,
  backup: findBackup,
  custom_domain: (inventory, sought, need) => seek(inventory, { sought, need, pick: pickDomain }),
  service_domain: (inventory, sought, need) => seek(inventory, { sought, need, pick: pickDomain }),
  deployment: findDeployment,
  deployment_trigger: (inventory, sought, need) => seek(inventory, { sought, need, pick: pickTrigger }),
  tcp_proxy: findProxy,
  private_network: findNetwork,
  private_network_endpoint: findEndpoint,
  cloud_agent: findAgent,
  sandbox: findSandbox,
};

/** Kinds a resource can be named by. */
export const RESOURCE_KINDS: readonly string[] = Object.keys(FINDERS);

/** Finds a resource; `undefined` where there is none for this token, or none of that kind. */
export async function locate(inventory: Inventory, sought: Sought, need: Need): Promise<Found | undefined> {
  const finder = Object.hasOwn(FINDERS, sought.kind) ? FINDERS[sought.kind] : undefined;
  return finder?.(inventory, sought, need);
}

async function findWorkspace(inventory: Inventory, { kind, id }: Sought, need: Need): Promise<Found | undefined> {
  const scope = await inventory.scope(need);
  const workspace = scope.kind === 'workspaces' ? scope.workspaces.find((each) => each.id === id) : undefined;
  if (!workspace) return undefined;
  const projects = (await inventory.projects(need)).filter((project) => project.workspaceId === id);
  const environments = projects.flatMap((project) => project.environments);
  return { kind, id, name: workspace.name, containers: projects, extent: 'inside', environments, within: [] };
}

async function findProject(inventory: Inventory, { kind, id }: Sought, need: Need): Promise<Found | undefined> {
  const project = await inventory.project(id, need);
  if (!project) return undefined;
  const within = project.within.slice(1);
  return {
    kind,
    id,
    name: project.name,
    containers: [project],
    extent: 'inside',
    environments: project.environments,
    within,
  };
}

/** A bucket can have an instance in any environment of its project, and no question lists them. */
async function findBucket(inventory: Inventory, sought: Sought, need: Need): Promise<Found | undefined> {
  const { kind, id } = sought;
  const inHome = await inventory.home(`bucket:${id}`, need);
  const candidates = inHome?.buckets.some((bucket) => bucket.id === id) ? [inHome] : await inventory.projects(need);
  const project = candidates.find(({ buckets }) => buckets.some((bucket) => bucket.id === id));
  if (!project) return undefined;
  const name = project.buckets.find((bucket) => bucket.id === id)?.name ?? id;
  const within = project.within;
  return { kind, id, name, containers: [project], extent: 'in', environments: project.environments, within };
}

function pickInstance({ id, kind }: Sought, project: ProjectFacts, filled: readonly Filled[]): Found | undefined {
  for (const { environment, instances } of filled) {
    const instance = instances.find((each) => each.id === id);
    if (!instance) continue;
    const within = [`service:${instance.serviceId}`, ...project.within];
    return { kind, id, containers: [project], extent: 'in', environments: [environment], within };
  }
  return undefined;
}

function pickVolume({ id, kind }: Sought, project: ProjectFacts, filled: readonly Filled[]): Found | undefined {
  const instances = filled.flatMap(({ environment, volumeInstances }) =>
    volumeInstances.filter((instance) => instance.volumeId === id).map((instance) => ({ environment, instance })),
  );
  const volume = project.volumes.find((each) => each.id === id);
  if (!volume && instances.length === 0) return undefined;
  const services = onlyOne(instances.map(({ instance }) => instance.serviceId)).map((service) => `service:${service}`);
  return {
    kind,
    id,
    name: volume?.name ?? instances[0]?.instance.volumeName ?? id,
    containers: [project],
    extent: 'in',
    environments: [...new Set(instances.map(({ environment }) => environment))],
    within: [...services, ...project.within],
  };
}

function pickDomain({ id, kind }: Sought, project: ProjectFacts, filled: readonly Filled[]): Found | undefined {
  for (const { environment, domains } of filled) {
    const domain = domains.find((each) => each.id === id && each.kind === kind);
    if (!domain) continue;
    const within = [`service:${domain.serviceId}`, ...project.within];
    return { kind, id, name: domain.domain, containers: [project], extent: 'in', environments: [environment], within };
  }
  return undefined;
}

function pickTrigger({ id, kind }: Sought, project: ProjectFacts, filled: readonly Filled[]): Found | undefined {
  for (const { environment, triggers } of filled) {
    const trigger = triggers.find((each) => each.id === id);
    if (!trigger) continue;
    const service = trigger.serviceId === undefined ? [] : [`service:${trigger.serviceId}`];
    const within = [...service, ...project.within];
    return { kind, id, containers: [project], extent: 'in', environments: [environment], within };
  }
  return undefined;
}

/** The one value that all elements have, as a list of one; an empty list where they differ, there are none, or one is undefined. */
function onlyOne(values: readonly (string | undefined)[]): readonly string[] {
  const [first, ...others] = new Set(values);
  return first === undefined || others.length > 0 ? [] : [first];
}
