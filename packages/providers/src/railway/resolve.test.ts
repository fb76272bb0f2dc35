import { describe, expect, it } from 'vitest';
import { environmentRow, INCIDENT, inWorld } from '../../../../test/support/railway-upstream/in-world.ts';

const UNRESOLVED = { code: 'environment_unresolved' };

describe('the incident: each way to reach production is seen', () => {
  const reaches = (query: string, expected: readonly string[]) => () =>
    expect(inWorld().reach(query)).resolves.toEqual(expected);

  it(
    'a volume that lies only in production',
    reaches('mutation { volumeDelete(volumeId: "v_prod") }', ['volumeDelete: production']),
  );
  it(
    'a volume that lies in both',
    reaches('mutation { volumeDelete(volumeId: "v_both") }', ['volumeDelete: production, staging']),
  );
  it(
    'serviceDelete with the environment of staging',
    reaches('mutation { serviceDelete(id: "s_db", environmentId: "e_staging") }', [
      'serviceDelete: production, staging',
    ]),
  );
  it(
    'volumeInstanceUpdate to DELETED without an environment',
    reaches('mutation { volumeInstanceUpdate(volumeId: "v_both", input: { state: DELETED }) }', [
      'volumeInstanceUpdate: production, staging',
    ]),
  );
  it(
    'volumeInstanceUpdate with an environment of null, which is as if it were left out',
    reaches('mutation { volumeInstanceUpdate(volumeId: "v_both", environmentId: null, input: { state: DELETED }) }', [
      'volumeInstanceUpdate: production, staging',
    ]),
  );
  it('the configuration of the environment that staging was made from', async () => {
    const query = '{ environment(id: "e_staging") { sourceEnvironment { config(decryptVariables: true) } } }';
    await expect(inWorld().reach(query)).resolves.toEqual([
      'environment: staging',
      'Environment.sourceEnvironment: previews, production, staging',
      'Environment.config: previews, production, staging',
    ]);
  });
  it(
    'customDomainCreate of a name under the wildcard of production',
    reaches(
      `mutation { customDomainCreate(input: { domain: "Login.Rentals.example.com.", environmentId: "e_staging",
        projectId: "p_rentals", serviceId: "s_api" }) { id } }`,
      ['customDomainCreate: production, staging'],
    ),
  );
  it(
    'customDomainCreate of a wildcard over names of production',
    reaches(
      `mutation { customDomainCreate(input: { domain: "*.example.com", environmentId: "e_staging",
        projectId: "p_rentals", serviceId: "s_api" }) { id } }`,
      ['customDomainCreate: production, staging'],
    ),
  );
  it(
    'customDomainCreate of the very name that Railway made for production',
    reaches(
      `mutation { customDomainCreate(input: { domain: "api-production.up.railway.example", environmentId: "e_staging",
        projectId: "p_rentals", serviceId: "s_api" }) { id } }`,
      ['customDomainCreate: production, staging'],
    ),
  );
  it(
    'a patch of staging, which can delete what is in staging',
    reaches(
      `mutation { environmentPatchCommit(environmentId: "e_staging", patch: { volumes: { v_both: { isDeleted: true } } }) }`,
      ['environmentPatchCommit: staging'],
    ),
  );
  it.each([
    [
      'a domain of production with the environment of staging',
      'mutation { customDomainUpdate(environmentId: "e_staging", id: "cd_app") }',
    ],
    ['a volume id that nothing has', 'mutation { volumeDelete(volumeId: "v_none") }'],
    ['a volume instance where a volume is wanted', 'mutation { volumeDelete(volumeId: "vi_stag") }'],
    [
      'a backup of production said to be of staging',
      'mutation { volumeInstanceBackupDelete(volumeInstanceId: "vi_stag", volumeInstanceBackupId: "bk_prod_daily") { workflowId } }',
    ],
    [
      'a volume of production only, in staging',
      'mutation { volumeInstanceUpdate(volumeId: "v_prod", environmentId: "e_staging", input: { state: DELETED }) }',
    ],
    ['an environment that is a project', 'mutation { environmentDelete(id: "p_rentals") }'],
    [
      'a name that is none',
      'mutation { customDomainCreate(input: { domain: "a b", environmentId: "e_staging", projectId: "p_rentals", serviceId: "s_api" }) { id } }',
    ],
    [
      'an unknown service as context',
      'mutation { customDomainCreate(input: { domain: "a.test", environmentId: "e_staging", projectId: "p_rentals", serviceId: "s_none" }) { id } }',
    ],
  ])('%s is refused', async (_, query) => {
    await expect(inWorld().reach(query)).rejects.toMatchObject(UNRESOLVED);
  });
  it('with only staging added, what reaches production is refused, and names neither', async () => {
    const { resolve } = inWorld();
    const environments = [environmentRow('staging', 'other', { environment_ids: ['e_staging'] })];
    const refused = await resolve('mutation { volumeDelete(volumeId: "v_both") }', { environments }).catch((e) => e);
    expect(refused).toMatchObject(UNRESOLVED);
    expect(refused.message).toContain('has not been added');
    expect(refused.message).not.toMatch(/production|e_production|uploads/);
    await expect(resolve('mutation { volumeDelete(volumeId: "v_none") }', { environments })).rejects.toMatchObject(
      UNRESOLVED,
    );
    await expect(resolve('mutation { volumeDelete(volumeId: "v_stag") }', { environments })).resolves.toHaveLength(1);
  });
});

describe('the happy path stays in staging', () => {
  it.each([
    [
      `mutation { customDomainCreate(input: { domain: "new.staging-rentals.example.com", environmentId: "e_staging",
        projectId: "p_rentals", serviceId: "s_api" }) { id domain } }`,
      ['customDomainCreate: staging'],
    ],
    ['mutation { customDomainDelete(id: "cd_stag") }', ['customDomainDelete: staging']],
    ['mutation { volumeDelete(volumeId: "v_stag") }', ['volumeDelete: staging']],
    [
      'mutation { volumeInstanceUpdate(volumeId: "v_both", environmentId: "e_staging", input: { mountPath: "/x" }) }',
      ['volumeInstanceUpdate: staging'],
    ],
    [
      'mutation { serviceInstanceRedeploy(environmentId: "e_staging", serviceId: "s_api") }',
      ['serviceInstanceRedeploy: staging'],
    ],
    ['mutation { deploymentRestart(id: "d_api_staging") }', ['deploymentRestart: staging']],
    ['mutation { tcpProxyDelete(id: "tp_staging") }', ['tcpProxyDelete: staging']],
    ['mutation { deploymentTriggerDelete(id: "dt_staging") }', ['deploymentTriggerDelete: staging']],
    ['mutation { serviceDomainDelete(id: "sd_staging") }', ['serviceDomainDelete: staging']],
    [
      'mutation { volumeInstanceBackupDelete(volumeInstanceId: "vi_stag", volumeInstanceBackupId: "bk_stag_daily") { workflowId } }',
      ['volumeInstanceBackupDelete: staging'],
    ],
    [
      '{ environment(id: "e_staging") { name volumeInstances { edges { node { id volume { name } } } } } }',
      ['environment: staging', 'VolumeInstance.volume: shared'],
    ],
    ['{ variables(projectId: "p_rentals", environmentId: "e_staging") }', ['variables: staging']],
    ['{ deployment(id: "d_api_staging") { status } }', ['deployment: staging']],
  ])('%s', async (query, expected) => {
    expect(await inWorld().reach(query)).toEqual(expected);
  });

  it.each([
    '{ projects { edges { node { id name } } } }',
    '{ project(id: "p_rentals") { id name } }',
    '{ service(id: "s_api") { id name projectId } }',
    '{ me { name } }',
  ])('a directory is shared: %s', async (query) => {
    for (const line of await inWorld().reach(query)) expect(line).toMatch(/: shared$/);
  });

  it('names of environments are a directory, what is in them is not', async () => {
    const directory = '{ project(id: "p_rentals") { environments { edges { node { id name isEphemeral } } } } }';
    for (const line of await inWorld().reach(directory)) expect(line).toMatch(/: shared$/);
    const inside =
      '{ project(id: "p_rentals") { environments { edges { node { volumeInstances { edges { node { id } } } } } } } }';
    expect(await inWorld().reach(inside)).toContain('Project.environments: previews, production, staging');
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
  it('from a service stays in its project', async () => {
    const query = '{ service(id: "s_api") { serviceInstances { edges { node { startCommand } } } } }';
    const [, out] = await inWorld({ seed: 'two-projects' }).reach(query);
    expect(out).toBe('Service.serviceInstances: previews, production, staging');
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
    expect((await resolve(query, { environments }))[0]?.environments).toEqual([{ slug: 'preview', kind: 'ephemeral' }]);
    const fork = world.environments.find(({ id }) => id === 'e_pr7');
    if (fork) fork['isEphemeral'] = false;
    clock.now += 1;
    expect((await resolve(query, { environments }))[0]?.environments).toEqual([{ slug: 'preview', kind: 'other' }]);
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
