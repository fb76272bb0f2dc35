import { randomBytes, randomUUID } from 'node:crypto';
import { add, emptyWorld, type Row, type Token, type World } from './world.ts';

/** The worlds a stand-in can start from. */
export const SEEDS = { incident, 'two-projects': twoProjects } as const;
export type SeedName = keyof typeof SEEDS;

const LONG_AGO = '2025-01-05T08:00:00.000Z';

/**
 * The world of the incident (model#the-incident): one workspace, one project `rentals` with production, staging and the fork `pr-7` of staging;
 * `v_prod` lies only in production, `v_stag` only in staging, `v_both` in both. Secrets and tokens are made anew.
 */
export function incident(): World {
  const world = emptyWorld();
  addWorkspace(world, 'w_acme', 'Acme');
  addProject(world, { id: 'p_rentals', name: 'rentals', workspaceId: 'w_acme' });
  addEnvironment(world, { id: 'e_production', name: 'production', projectId: 'p_rentals' });
  addEnvironment(world, { id: 'e_staging', name: 'staging', projectId: 'p_rentals' });
  addEnvironment(world, {
    id: 'e_pr7',
    name: 'pr-7',
    projectId: 'p_rentals',
    isEphemeral: true,
    sourceEnvironmentId: 'e_staging',
  });
  addService(world, {
    id: 's_api',
    name: 'api',
    projectId: 'p_rentals',
    environments: ['e_production', 'e_staging', 'e_pr7'],
  });
  addService(world, { id: 's_db', name: 'db', projectId: 'p_rentals', environments: ['e_production', 'e_staging'] });
  addVolume(world, { id: 'v_prod', name: 'rentals-data', projectId: 'p_rentals' }, [
    { id: 'vi_prod', environmentId: 'e_production', serviceId: 's_db', mountPath: '/var/lib/postgresql' },
  ]);
  addVolume(world, { id: 'v_stag', name: 'staging-data', projectId: 'p_rentals' }, [
    { id: 'vi_stag', environmentId: 'e_staging', serviceId: 's_db', mountPath: '/var/lib/postgresql' },
  ]);
  addVolume(world, { id: 'v_both', name: 'uploads', projectId: 'p_rentals' }, [
    { id: 'vi_both_prod', environmentId: 'e_production', serviceId: 's_api', mountPath: '/uploads' },
    { id: 'vi_both_stag', environmentId: 'e_staging', serviceId: 's_api', mountPath: '/uploads' },
  ]);
  addBackup(world, 'vi_prod', {
    id: 'bk_prod_daily',
    createdAt: '2026-04-24T02:00:00.000Z',
    usedMB: 4100,
    scheduleId: 'bs_daily',
  });
  addBackup(world, 'vi_prod', { id: 'bk_prod_weekly', createdAt: '2026-04-20T02:00:00.000Z', usedMB: 3900 });
  addBackup(world, 'vi_stag', {
    id: 'bk_stag_daily',
    createdAt: '2026-04-24T02:10:00.000Z',
    usedMB: 310,
    scheduleId: 'bs_daily',
  });
  addBackup(world, 'vi_both_prod', { id: 'bk_both_prod', createdAt: '2026-04-23T02:00:00.000Z', usedMB: 820 });
  addDomain(world, { id: 'cd_app', domain: 'app.rentals.example.com', environmentId: 'e_production' });
  addDomain(world, { id: 'cd_wild', domain: '*.rentals.example.com', environmentId: 'e_production' });
  addDomain(world, { id: 'cd_stag', domain: 'app.staging-rentals.example.com', environmentId: 'e_staging' });
  for (const [name, environmentId] of [
    ['production', 'e_production'],
    ['staging', 'e_staging'],
  ] as const) {
    addEdges(world, { name, environmentId, projectId: 'p_rentals' });
    addMachines(world, { name, environmentId, projectId: 'p_rentals' });
  }
  add(world, 'buckets', { id: 'bu_media', name: 'media', projectId: 'p_rentals', createdAt: LONG_AGO });
  add(world, 'templates', {
    id: 'tm_1',
    code: 'redis',
    name: 'Redis',
    status: 'PUBLISHED',
    createdAt: LONG_AGO,
    updatedAt: LONG_AGO,
  });
  add(world, 'plugins', { id: 'pl_redis', name: 'redis', projectId: 'p_rentals', createdAt: LONG_AGO });
  addTokens(world, 'w_acme', [
    ['p_rentals', 'e_production'],
    ['p_rentals', 'e_staging'],
  ]);
  return world;
}

/** `incident`, and beside it a project `website` with a production and a staging of its own. */
export function twoProjects(): World {
  const world = incident();
  addProject(world, { id: 'p_website', name: 'website', workspaceId: 'w_acme' });
  addEnvironment(world, { id: 'e_web_production', name: 'production', projectId: 'p_website' });
  addEnvironment(world, { id: 'e_web_staging', name: 'staging', projectId: 'p_website' });
  addService(world, {
    id: 's_web',
    name: 'web',
    projectId: 'p_website',
    environments: ['e_web_production', 'e_web_staging'],
  });
  addVolume(world, { id: 'v_web', name: 'web-cache', projectId: 'p_website' }, [
    { id: 'vi_web', environmentId: 'e_web_production', serviceId: 's_web', mountPath: '/cache' },
  ]);
  addDomain(world, {
    id: 'cd_web',
    domain: 'www.example.com',
    environmentId: 'e_web_production',
    projectId: 'p_website',
    serviceId: 's_web',
  });
  return world;
}

function addWorkspace(world: World, id: string, name: string): void {
  add(world, 'workspaces', { id, name, createdAt: LONG_AGO });
  add(world, 'users', { id: 'u_jo', name: 'Jo', email: 'jo@acme.example', workspaceIds: [id], createdAt: LONG_AGO });
}

function addProject(world: World, row: Row): void {
  add(world, 'projects', { createdAt: LONG_AGO, ...row });
}

function addEnvironment(world: World, row: Row): void {
  add(world, 'environments', { isEphemeral: false, createdAt: LONG_AGO, configEtag: `etag-${row.id}-1`, ...row });
  add(world, 'variables', variable(row.id, undefined, 'SHARED_SECRET'));
}

function addService(world: World, input: Row & { environments: readonly string[] }): void {
  const { environments, ...service } = input;
  add(world, 'services', { createdAt: LONG_AGO, ...service });
  for (const environmentId of environments) addServiceInstance(world, { serviceId: service.id, environmentId });
}

/** Adds a service's instance with a deployment and a secret variable. */
export function addServiceInstance(world: World, at: { serviceId: string; environmentId: string }): Row {
  const { serviceId, environmentId } = at;
  const tail = `${serviceId.slice(2)}_${environmentId.slice(2)}`;
  const projectId = world.environments.find((row) => row.id === environmentId)?.['projectId'];
  add(world, 'deployments', {
    id: `d_${tail}`,
    serviceId,
    environmentId,
    projectId,
    status: 'SUCCESS',
    createdAt: LONG_AGO,
    snapshotId: `snap_${tail}`,
  });
  add(world, 'variables', variable(environmentId, serviceId, 'DATABASE_URL'));
  return add(world, 'serviceInstances', {
    id: `si_${tail}`,
    serviceId,
    environmentId,
    startCommand: 'npm start',
    createdAt: LONG_AGO,
  });
}

function addVolume(world: World, volume: Row, instances: readonly Row[]): void {
  add(world, 'volumes', { createdAt: LONG_AGO, ...volume });
  for (const instance of instances) {
    add(world, 'volumeInstances', {
      volumeId: volume.id,
      sizeMB: 50_000,
      currentSizeMB: 4200,
      state: 'READY',
      isPendingDeletion: false,
      createdAt: LONG_AGO,
      ...instance,
    });
  }
}

function addBackup(world: World, volumeInstanceId: string, row: Row): void {
  add(world, 'backups', { volumeInstanceId, name: row.id, externalId: `x-${row.id}`, ...row });
}

function addDomain(world: World, row: Row & { domain: string }): void {
  add(world, 'customDomains', { projectId: 'p_rentals', serviceId: 's_api', targetPort: 8080, ...row });
}

function addEdges(world: World, at: { name: string; environmentId: string; projectId: string }): void {
  const { name, environmentId, projectId } = at;
  const lies = { environmentId, projectId, serviceId: 's_api', targetPort: 8080 };
  add(world, 'serviceDomains', { id: `sd_${name}`, domain: `api-${name}.up.railway.example`, ...lies });
  add(world, 'tcpProxies', {
    id: `tp_${name}`,
    environmentId,
    serviceId: 's_db',
    applicationPort: 5432,
    proxyPort: 30_001,
    domain: 'tcp.railway.example',
  });
  add(world, 'triggers', {
    id: `dt_${name}`,
    branch: name === 'production' ? 'main' : name,
    repository: 'acme/rentals',
    provider: 'github',
    checkSuites: false,
    ...lies,
  });
}

function addMachines(world: World, at: { name: string; environmentId: string; projectId: string }): void {
  const { name, environmentId, projectId } = at;
  const lies = { environmentId, projectId, createdAt: LONG_AGO };
  add(world, 'sandboxes', { id: `sb_${name}`, region: 'eu-west', status: 'RUNNING', ...lies });
  add(world, 'cloudAgents', { id: `ca_${name}`, name: `agent-${name}`, status: 'RUNNING', ...lies });
  add(world, 'privateNetworks', {
    id: `pn_${name}`,
    publicId: `pn_${name}`,
    networkId: 1,
    name,
    dnsName: name,
    ...lies,
  });
  add(world, 'endpoints', {
    id: `pe_${name}`,
    publicId: `pe_${name}`,
    privateNetworkId: `pn_${name}`,
    serviceId: 's_api',
    serviceInstanceId: `si_api_${name}`,
    dnsName: 'api',
    ...lies,
  });
}

function addTokens(world: World, workspaceId: string, projectTokens: readonly (readonly [string, string])[]): void {
  const add1 = (id: string, token: Token) => add(world, 'tokens', { id, ...token });
  add1('tok_account', { kind: 'account', value: randomUUID(), workspaceIds: [workspaceId] });
  add1('tok_workspace', { kind: 'workspace', value: randomUUID(), workspaceIds: [workspaceId] });
  for (const [projectId, environmentId] of projectTokens) {
    add1(`tok_${environmentId}`, { kind: 'project', value: randomUUID(), workspaceIds: [], projectId, environmentId });
  }
}

function variable(environmentId: string, serviceId: string | undefined, name: string): Row {
  const value = `planted-${randomBytes(12).toString('hex')}`;
  const id = `var_${serviceId ?? 'shared'}_${environmentId}_${name}`;
  return { id, environmentId, serviceId: serviceId ?? null, name, value, isSealed: false, createdAt: LONG_AGO };
}
