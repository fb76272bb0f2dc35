import { describe, expect, it } from 'vitest';
import { environmentRow, INCIDENT, inWorld } from '../../../../test/support/railway-upstream/in-world.ts';

const UNRESOLVED = { code: 'environment_unresolved' };

describe('a list of environments', () => {
  const list = (selection: string) =>
    `{ environments(projectId: "p_rentals") { edges { node { ${selection} } } pageInfo { hasNextPage } } }`;
  it('is a directory while only names are selected', async () => {
    expect(await inWorld().reach(list('id name isEphemeral'))).toEqual(['environments: shared']);
  });
  it('reaches them all when anything that lies in them is', async () => {
    const all = 'previews, production, shared, staging';
    expect(await inWorld().reach(list('id volumeInstances { edges { node { id } } }'))).toEqual([
      `environments: ${all}`,
    ]);
    expect(await inWorld().reach(list('config(decryptVariables: true)'))).toEqual([
      `environments: ${all}`,
      `Environment.config: ${all}`,
    ]);
  });
});

describe('a step out', () => {
  it('from a workspace leads anywhere, and is refused while some environment was not added', async () => {
    const query = `{ service(id: "s_api") { project { workspace { projects { edges { node { environments { edges { node {
      volumeInstances { edges { node { id } } } } } } } } } } } } }`;
    const two = inWorld({ seed: 'two-projects' });
    const lines = await two.reach(query);
    expect(lines.at(-1)).toBe(
      'Project.environments: previews, production, shared, staging, website.production, website.staging',
    );
    const withoutWebsite = inWorld({ seed: 'two-projects' });
    await expect(withoutWebsite.reach(query, { environments: INCIDENT })).rejects.toMatchObject(UNRESOLVED);
  });
  it('from several projects lies in none of them alone, so that naming one does not cover what is read of the others', async () => {
    const inside = 'environments { edges { node { volumeInstances { edges { node { id } } } } } }';
    const of = async (ids: string) => {
      const query = `{ projectsByIds(ids: ${ids}) { ${inside} } }`;
      const [, out] = await inWorld({ seed: 'two-projects' }).resolve(query);
      return out?.containers.filter((container) => container.startsWith('project:'));
    };
    expect(await of('["p_rentals", "p_website"]')).toEqual([]);
    expect(await of('["p_rentals"]')).toEqual(['project:p_rentals']);
  });
  it('from a service stays in its project', async () => {
    const query = '{ service(id: "s_api") { serviceInstances { edges { node { startCommand } } } } }';
    const [, out] = await inWorld({ seed: 'two-projects' }).reach(query);
    expect(out).toBe('Service.serviceInstances: previews, production, staging');
  });
});

describe('what an argument merely claims', () => {
  const all = 'previews, production, shared, staging';
  it.each([
    [
      'a restore to a point in time, whose new service appears everywhere',
      'mutation { volumeInstancePITRRestore(volumeInstanceId: "vi_stag", targetTimestamp: "2026-01-01T00:00:00Z") { workflowId } }',
      `volumeInstancePITRRestore: ${all}`,
    ],
    [
      'a change set by its id, with an environment it need not lie in',
      '{ environmentChangeSetApply(environmentId: "e_staging", id: "cs_1") { status } }',
      `environmentChangeSetApply: ${all}`,
    ],
    [
      'an entry of the audit log by its id, with a workspace it need not be of',
      '{ auditLog(workspaceId: "w_acme", id: "al_1") { eventType } }',
      `auditLog: ${all}`,
    ],
  ])('does not limit %s', async (_, query, expected) => {
    expect(await inWorld().reach(query)).toEqual([expected]);
  });
  it('a variable that says where packages come from decides what runs', async () => {
    const query = `mutation { variableUpsert(input: { projectId: "p_rentals", environmentId: "e_staging", name: "NPM_CONFIG_REGISTRY",
      value: "https://packages.example.com" }) }`;
    expect((await inWorld().resolve(query)).map(({ effect }) => effect)).toEqual(['execute']);
  });
});

describe('forks', () => {
  it('a service-wide operation stays in a fork the provider has just shown to be one', async () => {
    const query = 'mutation { serviceDelete(id: "s_api", environmentId: "e_pr7") }';
    expect(await inWorld().reach(query)).toEqual(['serviceDelete: previews']);
  });
  it('a source environment does not make a fork', async () => {
    const { world, reach } = inWorld();
    const staging = world.environments.find(({ id }) => id === 'e_staging');
    if (staging) staging['sourceEnvironmentId'] = 'e_production';
    const query = 'mutation { serviceDelete(id: "s_db", environmentId: "e_staging") }';
    expect(await reach(query)).toEqual(['serviceDelete: production, staging']);
  });
  it('what was a fork a moment ago is asked for again', async () => {
    const { world, reach, clock } = inWorld();
    const query =
      'mutation { serviceInstanceUpdate(serviceId: "s_api", environmentId: "e_pr7", input: { numReplicas: 1 }) }';
    expect(await reach(query)).toEqual(['serviceInstanceUpdate: previews']);
    const fork = world.environments.find(({ id }) => id === 'e_pr7');
    if (fork) fork['isEphemeral'] = false;
    clock.now += 1;
    await expect(reach(query)).rejects.toMatchObject(UNRESOLVED);
  });
  it('what a call into a fork answers from outside any environment is judged as that', async () => {
    const query = `mutation { serviceCreate(input: { projectId: "p_rentals", environmentId: "e_pr7" }) {
      id project { name workspace { customer { invoices { hostedURL } } } } } }`;
    expect(await inWorld().reach(query)).toEqual([
      'serviceCreate: previews',
      'Service.project: shared',
      'CustomerInvoice.hostedURL: shared',
    ]);
  });
  it('serviceCreate reaches every environment of the project unless it is into a fork', async () => {
    const create = (environmentId: string) =>
      `mutation { serviceCreate(input: { projectId: "p_rentals", environmentId: "${environmentId}" }) { id } }`;
    expect(await inWorld().reach(create('e_staging'))).toEqual([
      'serviceCreate: previews, production, shared, staging',
    ]);
    expect(await inWorld().reach(create('e_pr7'))).toEqual(['serviceCreate: previews']);
  });
  it('an environment counts as ephemeral only while the provider says so', async () => {
    const { world, resolve, clock } = inWorld();
    const environments = [environmentRow('preview', 'ephemeral', { environment_ids: ['e_pr7'] })];
    const query = 'mutation { environmentDelete(id: "e_pr7") }';
    const [fresh] = await resolve(query, { environments });
    expect(fresh?.environments).toMatchObject([{ slug: 'preview', kind: 'ephemeral' }]);
    const fork = world.environments.find(({ id }) => id === 'e_pr7');
    if (fork) fork['isEphemeral'] = false;
    clock.now += 1;
    const [later] = await resolve(query, { environments });
    expect(later?.environments).toMatchObject([{ slug: 'preview', kind: 'other' }]);
  });
});

describe('containers', () => {
  it.each([
    ['mutation { projectDelete(id: "p_rentals") }', 'projectDelete: previews, production, shared, staging'],
    ['mutation { workspaceDelete(id: "w_acme") }', 'workspaceDelete: previews, production, shared, staging'],
    ['mutation { apiTokenDelete(id: "x") }', 'apiTokenDelete: previews, production, shared, staging'],
    [
      'mutation { volumeCreate(input: { projectId: "p_rentals", mountPath: "/x" }) { id } }',
      'volumeCreate: previews, production, shared, staging',
    ],
    [
      'mutation { volumeCreate(input: { projectId: "p_rentals", mountPath: "/x", environmentId: "e_staging" }) { id } }',
      'volumeCreate: staging',
    ],
  ])('%s', async (query, expected) => {
    expect(await inWorld().reach(query)).toEqual([expected]);
  });
  it('ids of two projects in one call are refused', async () => {
    const query = `mutation { customDomainCreate(input: { domain: "a.test", environmentId: "e_staging",
      projectId: "p_website", serviceId: "s_api" }) { id } }`;
    await expect(inWorld({ seed: 'two-projects' }).reach(query)).rejects.toMatchObject(UNRESOLVED);
  });
});

describe('resources', () => {
  it('a target says what it lies in, and an environment only where the call acts in that one alone', async () => {
    const { resolve } = inWorld();
    const targetOf = async (query: string) => (await resolve(query))[0]?.targets[0];
    expect(await targetOf('mutation { volumeDelete(volumeId: "v_stag") }')).toEqual({
      kind: 'volume',
      id: 'v_stag',
      name: 'staging-data',
      within: ['environment:e_staging', 'service:s_db', 'project:p_rentals', 'workspace:w_acme'],
    });
    const both = await targetOf('mutation { volumeDelete(volumeId: "v_both") }');
    expect(both?.within).toEqual(['service:s_api', 'project:p_rentals', 'workspace:w_acme']);
    const narrowed = await targetOf(
      'mutation { serviceInstanceRedeploy(environmentId: "e_staging", serviceId: "s_api") }',
    );
    expect(narrowed?.within).toContain('environment:e_staging');
  });
  it('a host name is a target that lies where it is made', async () => {
    const [operation] = await inWorld().resolve(
      `mutation { customDomainCreate(input: { domain: "New.test", environmentId: "e_staging", projectId: "p_rentals",
        serviceId: "s_api" }) { id } }`,
    );
    expect(operation?.targets).toEqual([
      {
        kind: 'domain',
        id: 'new.test',
        name: 'new.test',
        within: expect.arrayContaining(['environment:e_staging', 'service:s_api', 'project:p_rentals']),
      },
    ]);
  });
});

describe('a project token', () => {
  const staging = () => inWorld({ token: 'project', environmentId: 'e_staging' });
  it.each([
    ['mutation { deploymentRestart(id: "d_api_staging") }', 'deploymentRestart: staging'],
    ['mutation { customDomainDelete(id: "cd_stag") }', 'customDomainDelete: staging'],
    [
      'mutation { serviceInstanceRedeploy(environmentId: "e_staging", serviceId: "s_api") }',
      'serviceInstanceRedeploy: staging',
    ],
    ['{ variables(projectId: "p_rentals", environmentId: "e_staging") }', 'variables: staging'],
  ])('reaches its one environment: %s', async (query, expected) => {
    expect(await staging().reach(query)).toEqual([expected]);
  });
  it.each([
    'mutation { volumeDelete(volumeId: "v_stag") }',
    'mutation { volumeDelete(volumeId: "v_both") }',
    'mutation { volumeDelete(volumeId: "v_prod") }',
    'mutation { serviceDelete(id: "s_api", environmentId: "e_staging") }',
    'mutation { projectDelete(id: "p_rentals") }',
    'mutation { deploymentRestart(id: "d_api_production") }',
  ])('does not let through what may reach an environment it cannot see: %s', async (query) => {
    await expect(staging().reach(query)).rejects.toMatchObject(UNRESOLVED);
  });
});
