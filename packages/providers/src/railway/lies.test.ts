import { describe, expect, it } from 'vitest';
import type { Lie } from '../../../../test/support/railway-upstream/behaviour.ts';
import { inWorld } from '../../../../test/support/railway-upstream/in-world.ts';

const UNRESOLVED = { code: 'environment_unresolved' };
const DELETES = [
  'mutation { volumeDelete(volumeId: "v_stag") }',
  'mutation { customDomainDelete(id: "cd_stag") }',
  'mutation { deploymentRemove(id: "d_api_staging") }',
  'mutation { serviceDelete(id: "s_api", environmentId: "e_pr7") }',
  'mutation { environmentDelete(id: "e_staging") }',
  'mutation { volumeInstanceBackupDelete(volumeInstanceId: "vi_stag", volumeInstanceBackupId: "bk_stag_daily") { workflowId } }',
];
const LIES: readonly Lie[] = [
  'other_project',
  'wrong_ids',
  'null_edges',
  'missing_edges',
  'endless_pages',
  'partial_errors',
  'null_data',
];

describe('a provider that lies, fails or falls silent', () => {
  it.each(DELETES.flatMap((query) => LIES.map((lie) => [lie, query] as const)))(
    '%s: %s is refused',
    async (lie, query) => {
      const { provider, reach } = inWorld();
      provider.lie = lie;
      await expect(reach(query)).rejects.toMatchObject(UNRESOLVED);
    },
  );
  it.each(DELETES)('silence: %s is refused, also where it was known before', async (query) => {
    const { provider, reach, clock } = inWorld();
    await reach(query);
    provider.silent = true;
    clock.now += 1;
    await expect(reach(query)).rejects.toMatchObject(UNRESOLVED);
  });
  it('a failure in one environment spoils the whole walk', async () => {
    const { provider, reach } = inWorld();
    provider.lie = { set: { 'data.environment.serviceInstances.pageInfo.hasNextPage': true } };
    provider.only = 'inventory.environment';
    await expect(reach('mutation { volumeDelete(volumeId: "v_stag") }')).rejects.toMatchObject(UNRESOLVED);
  });
  it('a failure is not remembered', async () => {
    const { provider, reach } = inWorld();
    provider.silent = true;
    await expect(reach('mutation { volumeDelete(volumeId: "v_stag") }')).rejects.toMatchObject(UNRESOLVED);
    provider.silent = false;
    await expect(reach('mutation { volumeDelete(volumeId: "v_stag") }')).resolves.toEqual(['volumeDelete: staging']);
  });
  it('a deployment of production that claims to lie in staging is refused when its project says otherwise', async () => {
    const { provider, reach } = inWorld({ seed: 'two-projects' });
    provider.lie = { set: { 'data.deployment.environmentId': 'e_web_staging' } };
    provider.only = 'lookup.deployment';
    await expect(reach('mutation { deploymentRemove(id: "d_api_production") }')).rejects.toMatchObject(UNRESOLVED);
  });
  it('an environment that is a fork in one answer and none in the other is refused', async () => {
    const { provider, reach } = inWorld();
    provider.lie = { set: { 'data.environment.isEphemeral': false } };
    provider.only = 'inventory.environment';
    await expect(reach('mutation { serviceDelete(id: "s_api", environmentId: "e_pr7") }')).rejects.toMatchObject(
      UNRESOLVED,
    );
  });
});

describe('walks of many pages', () => {
  it('a volume beyond the first page is found', async () => {
    const { world, reach } = inWorld();
    for (let n = 0; n < 230; n += 1) addVolume(world, `v_many_${n}`, n === 229 ? 'e_production' : 'e_staging');
    expect(await reach('mutation { volumeDelete(volumeId: "v_many_229") }')).toEqual(['volumeDelete: production']);
  });
});

type WorldOf = ReturnType<typeof inWorld>['world'];

function addVolume(world: WorldOf, id: string, environmentId: string): void {
  world.volumes.push({ id, name: id, projectId: 'p_rentals' });
  world.volumeInstances.push({
    id: `i_${id}`,
    volumeId: id,
    environmentId,
    serviceId: null,
    mountPath: '/x',
    sizeMB: 1,
    currentSizeMB: 1,
  });
}
