import { describe, expect, it } from 'vitest';
import { inWorld } from '../../../../test/support/railway-upstream/in-world.ts';

const ids = (items: readonly { kind: string; id: string; environment?: string }[]) =>
  items.map(({ kind, id, environment }) => `${kind}:${id}@${environment ?? '-'}`).sort();

describe('the blast radius', () => {
  it('of a volume: its instances with their sizes, and the backups that die with them', async () => {
    const radius = await inWorld().describe('mutation { volumeDelete(volumeId: "v_prod") }');
    expect(radius.dies).toEqual([
      {
        kind: 'volume_instance',
        id: 'vi_prod',
        name: 'rentals-data',
        environment: 'production',
        facts: { volume: 'v_prod', mount_path: '/var/lib/postgresql', size_mb: 50_000, used_mb: 4200, service: 's_db' },
      },
    ]);
    expect(ids(radius.backups_lost)).toEqual(['backup:bk_prod_daily@production', 'backup:bk_prod_weekly@production']);
    expect(radius.backups_left).toEqual([]);
    expect(radius.unknown).toEqual([]);
  });
  it('of a volume in one of its environments: the newest backup of the other is left', async () => {
    const query =
      'mutation { volumeInstanceUpdate(volumeId: "v_both", environmentId: "e_staging", input: { state: DELETED }) }';
    const radius = await inWorld().describe(query);
    expect(ids(radius.dies)).toEqual(['volume_instance:vi_both_stag@staging']);
    expect(ids(radius.backups_left)).toEqual(['backup:bk_both_prod@production']);
  });
  it('of a service: its instances, domains, proxies and triggers in each environment; volumes are left open', async () => {
    const radius = await inWorld().describe('mutation { serviceDelete(id: "s_api", environmentId: "e_pr7") }');
    expect(ids(radius.dies)).toEqual(['service_instance:si_api_pr7@previews']);
    const everywhere = await inWorld().describe('mutation { serviceDelete(id: "s_db") }');
    expect(ids(everywhere.dies)).toEqual([
      'service_instance:si_db_production@production',
      'service_instance:si_db_staging@staging',
      'tcp_proxy:tp_production@production',
      'tcp_proxy:tp_staging@staging',
    ]);
    expect(everywhere.unknown).toContain('what becomes of volume instance vi_prod without its service');
  });
  it('of a service in a fork: nothing of another fork, though both are one environment here', async () => {
    const { world, describe: radiusOf } = inWorld();
    world.environments.push({ id: 'e_pr8', name: 'pr-8', projectId: 'p_rentals', isEphemeral: true });
    world.serviceInstances.push({ id: 'si_api_pr8', environmentId: 'e_pr8', serviceId: 's_api' });
    const radius = await radiusOf('mutation { serviceDelete(id: "s_api", environmentId: "e_pr7") }');
    expect(ids(radius.dies)).toEqual(['service_instance:si_api_pr7@previews']);
  });
  it('of an environment: all that lies in it', async () => {
    const radius = await inWorld().describe('mutation { environmentDelete(id: "e_staging") }');
    expect(ids(radius.dies)).toEqual(
      expect.arrayContaining([
        'environment:e_staging@staging',
        'service_instance:si_api_staging@staging',
        'custom_domain:cd_stag@staging',
        'service_domain:sd_staging@staging',
        'volume_instance:vi_stag@staging',
        'volume_instance:vi_both_stag@staging',
      ]),
    );
    expect(ids(radius.dies).some((each) => each.includes('production'))).toBe(false);
    expect(ids(radius.backups_lost)).toEqual(['backup:bk_stag_daily@staging']);
    expect(ids(radius.backups_left)).toEqual(['backup:bk_both_prod@production']);
  });
  it('of a project: every environment, and no backup is left', async () => {
    const radius = await inWorld().describe('mutation { projectDelete(id: "p_rentals") }');
    expect(radius.dies.filter(({ kind }) => kind === 'environment')).toHaveLength(3);
    expect(radius.backups_lost).toHaveLength(4);
    expect(radius.backups_left).toEqual([]);
  });
  it('of a backup: the newest other one of its instance is left', async () => {
    const radius = await inWorld().describe(
      'mutation { volumeInstanceBackupDelete(volumeInstanceId: "vi_prod", volumeInstanceBackupId: "bk_prod_daily") { workflowId } }',
    );
    expect(ids(radius.backups_lost)).toEqual(['backup:bk_prod_daily@production']);
    expect(ids(radius.backups_left)).toEqual(['backup:bk_prod_weekly@production']);
  });
  it('of a domain: itself', async () => {
    const radius = await inWorld().describe('mutation { customDomainDelete(id: "cd_stag") }');
    expect(ids(radius.dies)).toEqual(['custom_domain:cd_stag@staging']);
    expect(radius.unknown).toEqual([]);
  });
  it('of an opaque patch: unknown, and said so', async () => {
    const radius = await inWorld().describe(
      'mutation { environmentPatchCommit(environmentId: "e_staging", patch: {}) }',
    );
    expect(radius.unknown).toEqual(['what environmentPatchCommit takes with it']);
  });
  it('where the provider does not list the backups: unknown, never none', async () => {
    const { describe: radiusOf, provider } = inWorld();
    provider.lie = 'null_data';
    provider.only = 'list.backups';
    const radius = await radiusOf('mutation { volumeDelete(volumeId: "v_prod") }');
    expect(radius.backups_lost).toEqual([]);
    expect(radius.unknown).toEqual(['which backups of volume instance vi_prod go with it']);
  });
  it('of what destroys nothing: empty', async () => {
    const radius = await inWorld().describe('mutation { deploymentRestart(id: "d_api_staging") }');
    expect(radius).toEqual({ dies: [], backups_lost: [], backups_left: [], unknown: [] });
  });
});
