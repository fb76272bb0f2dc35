import type { Need } from '../../reach/knowledge.ts';
import type { Sought } from '../../reach/located.ts';
import { BACKUPS } from '../questions/list.ts';
import { DEPLOYMENT, ENVIRONMENT, PLUGIN, SERVICE, VOLUME_INSTANCE } from '../questions/lookup.ts';
import type { EnvironmentFacts, Found, ProjectFacts } from './facts.ts';
import type { Inventory } from './inventory.ts';
import { noAnswer } from './unresolved.ts';

/** Finds an environment: in the project where it was last seen, else by asking Railway for it. */
export async function findEnvironment(inventory: Inventory, sought: Sought, need: Need): Promise<Found | undefined> {
  const { kind, id } = sought;
  const home = await inventory.home(`environment:${id}`, need);
  let project = home?.environments.some((each) => each.id === id) ? home : undefined;
  if (!project) {
    const answer = await inventory.find(ENVIRONMENT, { id }, need);
    if (!answer) return undefined;
    same(answer.environment.id, sought);
    project = await projectOf(inventory, answer.environment.projectId, { sought, need });
    same(project.environments.find((each) => each.id === id)?.ephemeral, sought, answer.environment.isEphemeral);
  }
  const environment = environmentOf(project, id, sought);
  const within = project.within;
  return { kind, id, name: environment.name, containers: [project], extent: 'in', environments: [environment], within };
}

/** Finds a service, and the environments in which it has an instance. */
export async function findService(inventory: Inventory, sought: Sought, need: Need): Promise<Found | undefined> {
  const { kind, id } = sought;
  const home = await inventory.home(`service:${id}`, need);
  let project = home?.services.some((each) => each.id === id) ? home : undefined;
  if (!project) {
    const answer = await inventory.find(SERVICE, { id }, need);
    if (!answer) return undefined;
    same(answer.service.id, sought);
    project = await projectOf(inventory, answer.service.projectId, { sought, need });
  }
  const service = project.services.find((each) => each.id === id);
  if (!service) throw noAnswer(`service ${id}`);
  const filled = await inventory.filled(project, need);
  const environments = filled
    .filter(({ instances }) => instances.some((instance) => instance.serviceId === id))
    .map(({ environment }) => environment);
  return {
    kind,
    id,
    name: service.name,
    containers: [project],
    extent: 'in',
    environments,
    within: project.within,
  };
}

/** Finds a deployment by asking for it. */
export async function findDeployment(inventory: Inventory, sought: Sought, need: Need): Promise<Found | undefined> {
  const answer = await inventory.find(DEPLOYMENT, { id: sought.id }, need);
  if (!answer) return undefined;
  const { id, projectId, environmentId, serviceId } = answer.deployment;
  same(id, sought);
  const project = await projectOf(inventory, projectId, { sought, need });
  const environments = [environmentOf(project, environmentId, sought)];
  const within = [...(serviceId ? [`service:${serviceId}`] : []), ...project.within];
  return { kind: sought.kind, id, containers: [project], extent: 'in', environments, within };
}

/** Finds a volume instance by asking for it. */
export async function findVolumeInstance(inventory: Inventory, sought: Sought, need: Need): Promise<Found | undefined> {
  const answer = await inventory.find(VOLUME_INSTANCE, { id: sought.id }, need);
  if (!answer) return undefined;
  const { id, environmentId, volumeId, volume } = answer.volumeInstance;
  same(id, sought);
  same(volume.id, sought, volumeId);
  const project = await projectOf(inventory, volume.projectId, { sought, need });
  const environment = environmentOf(project, environmentId, sought);
  const { volumeInstances } = await inventory.contents(environment, need);
  const instance = volumeInstances.find((each) => each.id === id);
  if (instance?.volumeId !== volumeId) throw noAnswer(`volume_instance ${id}`);
  const service = instance.serviceId === undefined ? [] : [`service:${instance.serviceId}`];
  const within = [`volume:${volumeId}`, ...service, ...project.within];
  const name = instance.volumeName;
  return { kind: sought.kind, id, name, containers: [project], extent: 'in', environments: [environment], within };
}

/** Finds a backup in the list of the volume instance that the call names: there is no other way. */
export async function findBackup(inventory: Inventory, sought: Sought, need: Need): Promise<Found | undefined> {
  if (sought.of === undefined) return undefined;
  const instance = await findVolumeInstance(inventory, { kind: 'volume_instance', id: sought.of }, need);
  const answer = instance && (await inventory.find(BACKUPS, { volumeInstanceId: instance.id }, need));
  const backup = answer?.volumeInstanceBackupList.find((each) => each.id === sought.id);
  if (!instance || !backup) return undefined;
  const { name: _, ...where } = instance;
  const within = [`volume_instance:${instance.id}`, ...instance.within];
  return { ...where, kind: sought.kind, id: sought.id, ...(backup.name && { name: backup.name }), within };
}

/** Finds a plugin, which may have a container in every environment of its project. */
export async function findPlugin(inventory: Inventory, sought: Sought, need: Need): Promise<Found | undefined> {
  const answer = await inventory.find(PLUGIN, { id: sought.id }, need);
  if (!answer) return undefined;
  same(answer.plugin.id, sought);
  const project = await projectOf(inventory, answer.plugin.project.id, { sought, need });
  const { kind, id } = sought;
  return {
    kind,
    id,
    containers: [project],
    extent: 'in',
    environments: project.environments,
    within: project.within,
  };
}

async function projectOf(
  inventory: Inventory,
  id: string,
  { sought, need }: { sought: Sought; need: Need },
): Promise<ProjectFacts> {
  const project = await inventory.project(id, need);
  if (!project) throw noAnswer(`${sought.kind} ${sought.id}`);
  return project;
}

function environmentOf(project: ProjectFacts, id: string, sought: Sought): EnvironmentFacts {
  const environment = project.environments.find((each) => each.id === id);
  if (!environment) throw noAnswer(`${sought.kind} ${sought.id}`);
  return environment;
}

/** Throws where the answer is about another thing than the one that was asked for. */
function same(found: unknown, sought: Sought, expected: unknown = sought.id): void {
  if (found !== expected) throw noAnswer(`${sought.kind} ${sought.id}`);
}
