import { type Args, inputOf, need, notAuthorized, type Resolver, type WorldContext } from './access.ts';
import { pick } from './queries.ts';
import { addServiceInstance } from './seeds.ts';
import { add, freshId, type Row, remove, type Table, type World, where } from './world.ts';

/**
 * The root mutations that change the world, with Railway's own traps: deletes are immediate, backups go with their volume
 * instance, and service-wide operations act in every environment that is not a fork, whatever `environmentId` says.
 */
export const mutations: Readonly<Record<string, Resolver>> = {
  customDomainCreate: (_, args, context) => createDomain(context, inputOf(args)),
  customDomainUpdate: (_, args, context) => set(context, 'customDomains', args['id'], pick(args, ['targetPort'])),
  customDomainDelete: (_, args, context) => drop(context, 'customDomains', args['id']),
  serviceDomainCreate: (_, args, context) => createServiceDomain(context, inputOf(args)),
  serviceDomainUpdate: (_, args, context) => {
    const input = inputOf(args);
    return set(context, 'serviceDomains', input['serviceDomainId'], pick(input, ['domain', 'targetPort']));
  },
  serviceDomainDelete: (_, args, context) => drop(context, 'serviceDomains', args['id']),
  tcpProxyCreate: (_, args, context) => {
    const input = inputOf(args);
    need(context, 'environments', input['environmentId']);
    const id = freshId(context.world, 'tp');
    return add(context.world, 'tcpProxies', { id, proxyPort: 30_100, domain: 'tcp.railway.example', ...input });
  },
  tcpProxyDelete: (_, args, context) => drop(context, 'tcpProxies', args['id']),
  deploymentTriggerDelete: (_, args, context) => drop(context, 'triggers', args['id']),
  volumeDelete: (_, args, context) => {
    need(context, 'volumes', args['volumeId']);
    deleteVolume(context.world, args['volumeId']);
    return true;
  },
  volumeUpdate: (_, args, context) => {
    set(context, 'volumes', args['volumeId'], pick(inputOf(args), ['name']));
    return need(context, 'volumes', args['volumeId']);
  },
  volumeInstanceUpdate: (_, args, context) => updateVolumeInstances(context, args),
  volumeInstanceBackupCreate: (_, args, context) => {
    const { id } = need(context, 'volumeInstances', args['volumeInstanceId']);
    const backup = { id: freshId(context.world, 'bk'), createdAt: new Date().toISOString(), usedMB: 1 };
    add(context.world, 'backups', { volumeInstanceId: id, name: args['name'] ?? null, externalId: 'x', ...backup });
    return { workflowId: 'wf_1' };
  },
  volumeInstanceBackupDelete: (_, args, context) => {
    drop(context, 'backups', args['volumeInstanceBackupId']);
    return { workflowId: 'wf_1' };
  },
  serviceCreate: (_, args, context) => createService(context, inputOf(args)),
  serviceDelete: (_, args, context) => {
    need(context, 'services', args['id']);
    for (const environmentId of actsIn(context, args['environmentId']))
      deleteService(context, args['id'], environmentId);
    return true;
  },
  serviceInstanceUpdate: (_, args, context) => {
    need(context, 'services', args['serviceId']);
    for (const environmentId of actsIn(context, args['environmentId'])) {
      const [instance] = where(context.world, 'serviceInstances', { serviceId: args['serviceId'], environmentId });
      if (instance) Object.assign(instance, inputOf(args));
    }
    return true;
  },
  serviceInstanceRedeploy: (_, args, context) =>
    redeploy(context, pick(args, ['environmentId', 'serviceId'])) !== undefined,
  serviceInstanceDeployV2: (_, args, context) => redeploy(context, pick(args, ['environmentId', 'serviceId'])).id,
  deploymentRestart: (_, args, context) => set(context, 'deployments', args['id'], { restarted: true }),
  deploymentRedeploy: (_, args, context) =>
    redeploy(context, pick(need(context, 'deployments', args['id']), ['environmentId', 'serviceId'])),
  deploymentRemove: (_, args, context) => drop(context, 'deployments', args['id']),
  environmentCreate: (_, args, context) => createEnvironment(context, inputOf(args)),
  environmentRename: (_, args, context) => rename(context, 'environments', args),
  serviceUpdate: (_, args, context) => rename(context, 'services', args),
  projectUpdate: (_, args, context) => rename(context, 'projects', args),
  environmentDelete: (_, args, context) => {
    need(context, 'environments', args['id']);
    deleteEnvironment(context.world, args['id']);
    return true;
  },
  environmentPatchCommit: (_, args, context) => {
    need(context, 'environments', args['environmentId']);
    applyPatch(context, args['environmentId'], (args['patch'] ?? {}) as Args);
    return 'commit_1';
  },
  environmentStageChanges: (_, args, context) => {
    const row = need(context, 'environments', args['environmentId']);
    const before = (row['stagedPatch'] as { patch?: Args } | undefined)?.patch;
    const patch = { ...(args['merge'] === true ? before : {}), ...((args['input'] ?? {}) as Args) };
    row['stagedPatch'] = { id: freshId(context.world, 'pt'), patch, updatedAt: new Date().toISOString() };
    return { ...(row['stagedPatch'] as object), environmentId: row.id, status: 'STAGED' };
  },
  // Commits whatever is staged by then, by whomever.
  environmentPatchCommitStaged: (_, args, context) => {
    const row = need(context, 'environments', args['environmentId']);
    applyPatch(context, row.id, (row['stagedPatch'] as { patch?: Args } | undefined)?.patch ?? {});
    delete row['stagedPatch'];
    return 'commit_1';
  },
  projectDelete: (_, args, context) => {
    need(context, 'projects', args['id']);
    for (const row of where(context.world, 'environments', { projectId: args['id'] }))
      deleteEnvironment(context.world, row.id);
    return remove(context.world, 'projects', { id: args['id'] }) > 0;
  },
  variableUpsert: (_, args, context) => {
    const input = inputOf(args);
    return setVariables(context, input, { [String(input['name'])]: input['value'] });
  },
  variableDelete: (_, args, context) => {
    const input = inputOf(args);
    need(context, 'environments', input['environmentId']);
    const serviceId = input['serviceId'] ?? null;
    return remove(context.world, 'variables', { ...pick(input, ['environmentId', 'name']), serviceId }) > 0;
  },
  variableCollectionUpsert: (_, args, context) => {
    const input = inputOf(args);
    need(context, 'environments', input['environmentId']);
    const serviceId = input['serviceId'] ?? null;
    if (input['replace'] === true) remove(context.world, 'variables', { ...pick(input, ['environmentId']), serviceId });
    return setVariables(context, input, (input['variables'] ?? {}) as Args);
  },
};

/** Railway's rule for service-wide operations: the named environment if it is a fork, else every one that is none. */
function actsIn(context: WorldContext, environmentId: unknown): unknown[] {
  const named = environmentId ? need(context, 'environments', environmentId) : undefined;
  if (named?.['isEphemeral'] === true) return [named.id];
  if (context.token?.kind === 'project') return [context.token.environmentId];
  return where(context.world, 'environments', { isEphemeral: false }).map((row) => row.id);
}

function set(context: WorldContext, table: Table, id: unknown, members: Record<string, unknown>): boolean {
  Object.assign(need(context, table, id), members);
  return true;
}

function rename(context: WorldContext, table: Table, args: Args): Row {
  set(context, table, args['id'], pick(inputOf(args), ['name']));
  return need(context, table, args['id']);
}

function drop(context: WorldContext, table: Table, id: unknown): boolean {
  need(context, table, id);
  return remove(context.world, table, { id }) > 0;
}

function createDomain(context: WorldContext, input: Args): Row {
  const environment = need(context, 'environments', input['environmentId']);
  if (environment['projectId'] !== input['projectId']) throw notAuthorized();
  if (where(context.world, 'customDomains', { domain: input['domain'] }).length > 0) {
    throw new Error('Domain is already in use');
  }
  return add(context.world, 'customDomains', { id: freshId(context.world, 'cd'), ...input });
}

function createServiceDomain(context: WorldContext, input: Args): Row {
  const environment = need(context, 'environments', input['environmentId']);
  const id = freshId(context.world, 'sd');
  const projectId = environment['projectId'];
  return add(context.world, 'serviceDomains', { id, projectId, domain: `${id}.up.railway.example`, ...input });
}

function createService(context: WorldContext, input: Args): Row {
  need(context, 'projects', input['projectId']);
  const id = freshId(context.world, 's');
  const service = add(context.world, 'services', {
    id,
    name: input['name'] ?? id,
    projectId: input['projectId'],
    createdAt: new Date().toISOString(),
  });
  for (const environmentId of actsIn(context, input['environmentId'])) {
    const [inside] = where(context.world, 'environments', { id: environmentId, projectId: input['projectId'] });
    if (inside) addServiceInstance(context.world, { serviceId: id, environmentId: inside.id });
  }
  return service;
}

function createEnvironment(context: WorldContext, input: Args): Row {
  need(context, 'projects', input['projectId']);
  return add(context.world, 'environments', {
    id: freshId(context.world, 'e'),
    name: input['name'],
    projectId: input['projectId'],
    isEphemeral: input['ephemeral'] === true,
    sourceEnvironmentId: input['sourceEnvironmentId'] ?? null,
    createdAt: new Date().toISOString(),
    configEtag: 'etag-1',
  });
}

function updateVolumeInstances(context: WorldContext, args: Args): boolean {
  need(context, 'volumes', args['volumeId']);
  const wanted = { volumeId: args['volumeId'], environmentId: args['environmentId'] ?? undefined };
  const input = inputOf(args);
  for (const instance of where(context.world, 'volumeInstances', wanted)) {
    if (input['state'] === 'DELETED' || input['state'] === 'DELETING') deleteInstance(context.world, instance.id);
    else Object.assign(instance, input);
  }
  return true;
}

function deleteInstance(world: World, id: unknown): void {
  remove(world, 'backups', { volumeInstanceId: id });
  remove(world, 'volumeInstances', { id });
}

function deleteVolume(world: World, volumeId: unknown): void {
  for (const instance of where(world, 'volumeInstances', { volumeId })) deleteInstance(world, instance.id);
  remove(world, 'volumes', { id: volumeId });
}

const OF_A_SERVICE: readonly Table[] = [
  'serviceInstances',
  'deployments',
  'customDomains',
  'serviceDomains',
  'tcpProxies',
  'triggers',
  'variables',
];

function deleteService(context: WorldContext, serviceId: unknown, environmentId: unknown): void {
  for (const table of OF_A_SERVICE) remove(context.world, table, { serviceId, environmentId });
  for (const row of where(context.world, 'volumeInstances', { serviceId, environmentId })) row['serviceId'] = null;
  if (where(context.world, 'serviceInstances', { serviceId }).length === 0)
    remove(context.world, 'services', { id: serviceId });
}

function deleteEnvironment(world: World, environmentId: unknown): void {
  for (const table of OF_A_SERVICE) remove(world, table, { environmentId });
  for (const row of where(world, 'volumeInstances', { environmentId })) deleteInstance(world, row.id);
  remove(world, 'environments', { id: environmentId });
}

function redeploy(context: WorldContext, at: Record<string, unknown>): Row {
  const environment = need(context, 'environments', at['environmentId']);
  const id = freshId(context.world, 'd');
  const rest = { projectId: environment['projectId'], status: 'SUCCESS', createdAt: new Date().toISOString() };
  return add(context.world, 'deployments', { id, ...at, ...rest });
}

function setVariables(context: WorldContext, input: Args, values: Args): boolean {
  const environment = need(context, 'environments', input['environmentId']);
  const at = { environmentId: environment.id, serviceId: input['serviceId'] ?? null };
  for (const [name, value] of Object.entries(values)) {
    remove(context.world, 'variables', { ...at, name });
    if (value !== null) add(context.world, 'variables', { id: freshId(context.world, 'var'), ...at, name, value });
  }
  return true;
}

/** The hidden deletes of an `EnvironmentConfig`: `volumes.<id>.isDeleted`, `services.<id>.isDeleted`, `variables.<k>: null`. */
function applyPatch(context: WorldContext, environmentId: unknown, patch: Args): void {
  for (const [id, change] of Object.entries((patch['volumes'] ?? {}) as Record<string, Args>)) {
    if (change['isDeleted'] !== true) continue;
    for (const row of where(context.world, 'volumeInstances', { volumeId: id, environmentId })) {
      deleteInstance(context.world, row.id);
    }
  }
  for (const [id, change] of Object.entries((patch['services'] ?? {}) as Record<string, Args>)) {
    if (change['isDeleted'] === true) deleteService(context, id, environmentId);
    else if (change['variables']) setVariables(context, { environmentId, serviceId: id }, change['variables'] as Args);
  }
}
