import { describe, expect, it } from 'vitest';
import { environmentRow, inWorld } from '../../../../test/support/railway-upstream/in-world.ts';

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
    'a patch of staging, which deletes what lies in both',
    reaches(
      `mutation { environmentPatchCommit(environmentId: "e_staging", patch: { volumes: { v_both: { isDeleted: true } } }) }`,
      ['environmentPatchCommit: production, staging'],
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
