import { type Args, maySee, need, notAuthorized, page, type Resolver, type WorldContext } from './access.ts';
import { find, type Row, type Table, where } from './world.ts';

/** The root queries that read the world; every other query gets a plausible answer by its type. */
export const queries: Readonly<Record<string, Resolver>> = {
  me: (_, __, context) => {
    if (context.token?.kind !== 'account') throw notAuthorized();
    return context.world.users[0];
  },
  apiToken: (_, __, context) => {
    if (!context.token || context.token.kind === 'project') throw notAuthorized();
    return { workspaces: context.world.workspaces.filter((row) => maySee(context, 'workspaces', row)) };
  },
  projectToken: (_, __, context) => {
    if (context.token?.kind !== 'project') throw new Error('Project Token not found');
    return { displayToken: '****', name: 'token', createdAt: '2025-01-05T08:00:00.000Z', ...context.token };
  },
  workspace: (_, args, context) => need(context, 'workspaces', args['workspaceId']),
  projects: (_, args, context) =>
    page(seen(context, 'projects', { workspaceId: args['workspaceId'] ?? undefined }), args),
  project: (_, args, context) => need(context, 'projects', args['id']),
  environments: (_, args, context) => {
    need(context, 'projects', args['projectId']);
    const isEphemeral = args['isEphemeral'] ?? undefined;
    return page(seen(context, 'environments', { projectId: args['projectId'], isEphemeral }), args);
  },
  environment: (_, args, context) => {
    const row = need(context, 'environments', args['id']);
    if (args['projectId'] && args['projectId'] !== row['projectId']) throw new Error('environment not found');
    return row;
  },
  environmentStagedChanges: (_, args, context) => {
    const { id: environmentId, stagedPatch } = need(context, 'environments', args['environmentId']);
    const none = { id: `pt_${environmentId}`, patch: {}, updatedAt: '2025-01-05T08:00:00.000Z' };
    return {
      status: 'STAGED',
      createdAt: none.updatedAt,
      ...none,
      ...(stagedPatch as object | undefined),
      environmentId,
    };
  },
  template: (_, args, context) => {
    const row = context.world.templates.find(({ id, code }) => id === args['id'] || code === args['code']);
    if (!row) throw new Error('template not found');
    return row;
  },
  service: (_, args, context) => need(context, 'services', args['id']),
  serviceInstance: (_, args, context) => theOne(context, 'serviceInstances', args),
  volumeInstance: (_, args, context) => need(context, 'volumeInstances', args['id']),
  volumeInstanceBackupList: (_, args, context) => {
    need(context, 'volumeInstances', args['volumeInstanceId']);
    return where(context.world, 'backups', { volumeInstanceId: args['volumeInstanceId'] });
  },
  deployment: (_, args, context) => need(context, 'deployments', args['id']),
  deployments: (_, args, context) => page(seen(context, 'deployments', filterOf(args)), args),
  customDomain: (_, args, context) => {
    const row = need(context, 'customDomains', args['id']);
    if (row['projectId'] !== args['projectId']) throw new Error('customDomain not found');
    return row;
  },
  customDomainAvailable: (_, args, context) => available(context, 'customDomains', args['domain']),
  serviceDomainAvailable: (_, args, context) => available(context, 'serviceDomains', args['domain']),
  domains: (_, args, context) => domainsOf(context, args),
  tcpProxies: (_, args, context) => seen(context, 'tcpProxies', pick(args, ['environmentId', 'serviceId'])),
  deploymentTriggers: (_, args, context) =>
    page(seen(context, 'triggers', pick(args, ['environmentId', 'serviceId', 'projectId'])), args),
  plugin: (_, args, context) => need(context, 'plugins', args['id']),
  sandbox: (_, args, context) => need(context, 'sandboxes', args['id']),
  sandboxes: (_, args, context) => page(seen(context, 'sandboxes', pick(args, ['environmentId'])), args),
  cloudAgents: (_, args, context) => seen(context, 'cloudAgents', pick(args, ['environmentId'])),
  privateNetworks: (_, args, context) => seen(context, 'privateNetworks', pick(args, ['environmentId'])),
  privateNetworkEndpoint: (_, args, context) =>
    seen(context, 'endpoints', pick(args, ['environmentId', 'privateNetworkId', 'serviceId']))[0] ?? null,
  variables: (_, args, context) => variableValues(context, args),
  variablesForServiceDeployment: (_, args, context) => variableValues(context, args),
};

/** The fields that lead from one row to others. */
export const fields: Readonly<Record<string, Resolver>> = {
  'Workspace.projects': (row, args, context) => page(seen(context, 'projects', { workspaceId: row.id }), args),
  'User.workspaces': (_, __, context) => context.world.workspaces.filter((row) => maySee(context, 'workspaces', row)),
  'Project.workspace': (row, _, context) => find(context.world, 'workspaces', row['workspaceId']),
  'Project.environments': (row, args, context) =>
    page(seen(context, 'environments', { projectId: row.id, isEphemeral: args['isEphemeral'] ?? undefined }), args),
  'Project.services': (row, args, context) => page(seen(context, 'services', { projectId: row.id }), args),
  'Project.volumes': (row, args, context) => page(seen(context, 'volumes', { projectId: row.id }), args),
  'Project.buckets': (row, args, context) => page(seen(context, 'buckets', { projectId: row.id }), args),
  'Plugin.project': (row, _, context) => find(context.world, 'projects', row['projectId']),
  'Bucket.project': (row, _, context) => find(context.world, 'projects', row['projectId']),
  'Project.deployments': (row, args, context) => page(seen(context, 'deployments', { projectId: row.id }), args),
  // Rows that the token may not see are not answered at all.
  'Environment.canAccess': () => true,
  'Environment.serviceInstances': ofEnvironment('serviceInstances'),
  'Environment.volumeInstances': ofEnvironment('volumeInstances'),
  'Environment.deploymentTriggers': ofEnvironment('triggers'),
  'Environment.deployments': ofEnvironment('deployments'),
  'Environment.variables': ofEnvironment('variables'),
  'Environment.sourceEnvironment': (row, _, context) => find(context.world, 'environments', row['sourceEnvironmentId']),
  'Environment.config': (row, args, context) => ({
    variables: args['decryptVariables'] ? valuesOf(where(context.world, 'variables', { environmentId: row.id })) : {},
  }),
  // Values of variables are not decrypted unless asked for: one patch looks like another then.
  'EnvironmentPatch.patch': (row, args) => (args['decryptVariables'] ? row['patch'] : withoutValues(row['patch'])),
  'Service.project': (row, _, context) => find(context.world, 'projects', row['projectId']),
  'Service.serviceInstances': (row, args, context) =>
    page(seen(context, 'serviceInstances', { serviceId: row.id }), args),
  'Service.deployments': (row, args, context) => page(seen(context, 'deployments', { serviceId: row.id }), args),
  'ServiceInstance.service': (row, _, context) => find(context.world, 'services', row['serviceId']),
  'ServiceInstance.serviceName': (row, _, context) => find(context.world, 'services', row['serviceId'])?.['name'],
  'ServiceInstance.domains': (row, _, context) => domainsOf(context, pick(row, ['environmentId', 'serviceId'])),
  'ServiceInstance.latestDeployment': (row, _, context) =>
    where(context.world, 'deployments', pick(row, ['environmentId', 'serviceId'])).at(-1),
  'Volume.project': (row, _, context) => find(context.world, 'projects', row['projectId']),
  'Volume.volumeInstances': (row, args, context) => page(seen(context, 'volumeInstances', { volumeId: row.id }), args),
  'VolumeInstance.volume': (row, _, context) => find(context.world, 'volumes', row['volumeId']),
  'VolumeInstance.service': (row, _, context) => find(context.world, 'services', row['serviceId']),
  'VolumeInstance.environment': environmentOfRow,
  'Deployment.canRedeploy': () => true,
  'Deployment.environment': environmentOfRow,
  'Deployment.service': (row, _, context) => find(context.world, 'services', row['serviceId']),
  'ProjectToken.environment': environmentOfRow,
  'ProjectToken.project': (row, _, context) => find(context.world, 'projects', row['projectId']),
};

/** Lists the rows of a table that the token reaches. */
export function seen(context: WorldContext, table: Table, wanted: Record<string, unknown>): Row[] {
  return where(context.world, table, wanted).filter((row) => maySee(context, table, row));
}

function ofEnvironment(table: Table): Resolver {
  return (row, args, context) => page(seen(context, table, { environmentId: row.id }), args);
}

function environmentOfRow(row: Row, _: Args, context: WorldContext): Row | undefined {
  return find(context.world, 'environments', row['environmentId']);
}

function domainsOf(context: WorldContext, args: Args): unknown {
  const at = pick(args, ['environmentId', 'serviceId', 'projectId']);
  return { customDomains: seen(context, 'customDomains', at), serviceDomains: seen(context, 'serviceDomains', at) };
}

function theOne(context: WorldContext, table: Table, args: Args): Row {
  const [row] = seen(context, table, pick(args, ['environmentId', 'serviceId']));
  if (!row) throw new Error(`${table.replace(/s$/, '')} not found`);
  return row;
}

function available(context: WorldContext, table: Table, domain: unknown): unknown {
  const taken = where(context.world, table, { domain }).length > 0;
  return { available: !taken, message: taken ? 'Domain is already in use' : '' };
}

function filterOf(args: Args): Record<string, unknown> {
  const input = (args['input'] ?? {}) as Args;
  return pick(input, ['projectId', 'environmentId', 'serviceId']);
}

function variableValues(context: WorldContext, args: Args): unknown {
  need(context, 'environments', args['environmentId']);
  const { world } = context;
  const at = { environmentId: args['environmentId'] };
  return valuesOf([
    ...where(world, 'variables', { ...at, serviceId: null }),
    ...(args['serviceId'] ? where(world, 'variables', { ...at, serviceId: args['serviceId'] }) : []),
  ]);
}

function valuesOf(rows: readonly Row[]): Record<string, unknown> {
  return Object.fromEntries(rows.map((row) => [String(row['name']), row['value']]));
}

function withoutValues(value: unknown, isInside = false): unknown {
  if (typeof value !== 'object' || value === null) return isInside && typeof value === 'string' ? '*****' : value;
  if (Array.isArray(value)) return value.map((element) => withoutValues(element, isInside));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withoutValues(member, isInside || name === 'variables')]),
  );
}

/** Copies the named members; null counts as not given, as in Railway's optional filters. */
export function pick(from: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, from[name] ?? undefined]));
}
