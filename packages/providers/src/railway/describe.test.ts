import { makeResolved } from '@writ/core/steps';
import { describe, expect, it } from 'vitest';
import { classify, INCIDENT, inWorld } from '../../../../test/support/railway-upstream/in-world.ts';

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
        of: 'volume:v_prod',
        facts: {
          volume: 'v_prod',
          mount_path: '/var/lib/postgresql',
          size_mb: 50_000,
          used_mb: 4200,
          service: 's_db',
          service_name: 'db',
        },
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
  it('of a variable, a setting or a set that is replaced: not the whole service, and said that it is not known', async () => {
    const input = 'input: { projectId: "p_rentals", environmentId: "e_production", serviceId: "s_api", name: "X" }';
    for (const [name, query] of [
      ['variableDelete', `mutation { variableDelete(${input}) }`],
      ['serviceDisconnect', 'mutation { serviceDisconnect(id: "s_api") { id } }'],
      [
        'privateNetworksForEnvironmentDelete',
        'mutation { privateNetworksForEnvironmentDelete(environmentId: "e_staging") }',
      ],
      [
        'volumeInstanceUpdate',
        'mutation { volumeInstanceUpdate(volumeId: "v_prod", input: { serviceId: "s_api", mountPath: "/x" }) }',
      ],
    ]) {
      const radius = await inWorld().describe(query ?? '');
      expect(radius.dies).toEqual([]);
      expect(radius.unknown).toEqual([`what ${name} takes with it`]);
    }
  });
  it('of a restore: what is on the instance and on the volumes that are wiped; the backup itself and the service stay', async () => {
    const query = `mutation { volumeInstanceBackupRestore(volumeInstanceId: "vi_prod", volumeInstanceBackupId: "bk_prod_weekly",
      wipeServiceIds: ["s_api"]) { workflowId } }`;
    const radius = await inWorld().describe(query);
    expect(ids(radius.dies)).toEqual([
      'volume_instance:vi_both_prod@production',
      'volume_instance:vi_both_stag@staging',
      'volume_instance:vi_prod@production',
    ]);
    expect(radius.backups_lost).toEqual([]);
    expect(ids(radius.backups_left)).toContain('backup:bk_prod_weekly@production');
    expect(radius.confirm.map(({ text }) => text)).toContain('production/rentals-data');
  });
  it('of a patch: what it deletes dies, what it only names does not', async () => {
    const patch = '{ volumes: { v_stag: { isDeleted: true } }, services: { s_api: { variables: {} } } }';
    const radius = await inWorld().describe(
      `mutation { environmentPatchCommit(environmentId: "e_staging", patch: ${patch}) }`,
    );
    expect(ids(radius.dies)).toEqual(['volume_instance:vi_stag@staging']);
    expect(radius.targets.map(({ kind, id }) => `${kind}:${id}`).sort()).toEqual(['service:s_api', 'volume:v_stag']);
    expect(radius.confirm).toEqual([{ target: 'volume:v_stag', environment: 'staging', text: 'staging/staging-data' }]);
  });
  it('of a bucket: how much is in it, or that this is not known', async () => {
    const query =
      'mutation { environmentPatchCommit(environmentId: "e_staging", patch: { buckets: { bu_media: null } }) }';
    const silent = await inWorld().describe(query);
    expect(silent.dies).toEqual([{ kind: 'bucket', id: 'bu_media', name: 'media', facts: {} }]);
    expect(silent.unknown).toContain('how much is in bucket bu_media');
    const { describe: radiusOf, provider } = inWorld();
    provider.lie = { set: { 'data.bucketInstanceDetails': { objectCount: '7', sizeBytes: 2048 } } };
    provider.only = 'list.bucket_details';
    // One answer for each of the three environments.
    expect((await radiusOf(query)).dies).toMatchObject([{ facts: { objects: 21, size_bytes: 6144 } }]);
  });
  it('backups by a schedule are marked, the newest that is left is named, with where it lies', async () => {
    const { world, describe: radiusOf } = inWorld();
    const at = { volumeInstanceId: 'vi_both_prod', name: null, externalId: 'x', usedMB: 1 };
    // Earlier in the alphabet, later in time.
    world.backups.push({ ...at, id: 'bk_new', createdAt: '2026-04-23T01:00:00-09:00', scheduleId: 'bs_1' });
    const query =
      'mutation { volumeInstanceUpdate(volumeId: "v_both", environmentId: "e_staging", input: { state: DELETED }) }';
    const { backups_left } = await radiusOf(query);
    expect(backups_left).toMatchObject([
      { id: 'bk_new', newest: true, automatic: true },
      { id: 'bk_both_prod', facts: { created_at: '2026-04-23T02:00:00.000Z', where: 'production' } },
    ]);
    expect(backups_left[1]).not.toHaveProperty('automatic');
    expect(backups_left[1]).not.toHaveProperty('newest');
    const { backups_lost } = await radiusOf('mutation { volumeDelete(volumeId: "v_prod") }');
    expect(backups_lost.map(({ id, automatic }) => [id, automatic])).toEqual([
      ['bk_prod_daily', true],
      ['bk_prod_weekly', undefined],
    ]);
  });
  it('of what destroys nothing: empty', async () => {
    const radius = await inWorld().describe('mutation { deploymentRestart(id: "d_api_staging") }');
    expect(radius).toMatchObject({ dies: [], backups_lost: [], backups_left: [], unknown: [], confirm: [] });
  });
});

describe('what a human is shown', () => {
  const variables = 'query { variables(projectId: "p_rentals", environmentId: "e_production", serviceId: "s_api") }';
  const production = {
    slug: 'production',
    kind: 'protected',
    provider: [expect.objectContaining({ id: 'e_production', name: 'production', container: 'rentals' })],
  };
  it.each([
    ['reveal', variables],
    ['execute', 'mutation { deploymentRollback(id: "d_api_production") }'],
    [
      'escalate',
      'mutation { bucketCredentialsReset(projectId: "p_rentals", environmentId: "e_production", bucketId: "bu_media") { accessKeyId } }',
    ],
    ['destroy', 'mutation { volumeDelete(volumeId: "v_prod") }'],
  ])('of a call that would %s: what it acts on, and where', async (_, query) => {
    const described = await inWorld().describe(query);
    expect(described.environments).toContainEqual(production);
    expect(described.targets).toHaveLength(1);
    expect(described.targets[0]?.environments).toEqual(['production']);
    expect(described.undescribable).toEqual([]);
  });
  it('are the names that the provider reports now, not those it knew when the call was resolved', async () => {
    const { world, describe: shown, clock } = inWorld();
    await shown(variables);
    Object.assign(world.services.find(({ id }) => id === 's_api') ?? {}, { name: 'api-renamed' });
    Object.assign(world.environments.find(({ id }) => id === 'e_production') ?? {}, { name: 'live' });
    clock.now += 1;
    const { targets, environments } = await shown(variables);
    expect(targets[0]).toMatchObject({ operation: 'variables', kind: 'service', id: 's_api', name: 'api-renamed' });
    expect(environments[0]?.provider[0]?.name).toBe('live');
  });
  it('tells sizes, counts and what is attached', async () => {
    const { describe: shown } = inWorld();
    const factsOf = async (query: string) => (await shown(query)).targets[0]?.facts;
    expect(await factsOf('mutation { volumeDelete(volumeId: "v_both") }')).toEqual({
      instances: 2,
      services: ['api'],
      size_mb: 100_000,
      used_mb: 8400,
    });
    expect(await factsOf(variables)).toEqual({
      instances: 1,
      domains: ['app.rentals.example.com', '*.rentals.example.com', 'api-production.up.railway.example'],
      volumes: ['uploads'],
    });
    expect(await factsOf('mutation { environmentDelete(id: "e_staging") }')).toEqual({
      environments: 1,
      services: 2,
      volumes: 2,
      domains: 2,
    });
  });
  it('names only those environments of a row that the call reaches', async () => {
    const { world, describe: shown } = inWorld();
    world.environments.push({ id: 'e_pr8', name: 'pr-8', projectId: 'p_rentals', isEphemeral: true });
    const { environments } = await shown('mutation { environmentDelete(id: "e_pr8") }');
    expect(environments).toMatchObject([
      { slug: 'previews', kind: 'ephemeral', provider: [{ id: 'e_pr8', name: 'pr-8', container: 'rentals' }] },
    ]);
  });
  it('is what the provider no longer knows by then: nobody can approve that', async () => {
    const { world, upstream, clock } = inWorld();
    const context = { connection: { id: 'con_1', slug: 'railway', environments: INCIDENT }, client_id: 'cli_1' };
    const resolved = makeResolved(
      await upstream.resolve(classify('mutation { volumeDelete(volumeId: "v_prod") }'), {
        ...context,
        arrived: clock.now,
      }),
    );
    world.volumes = world.volumes.filter(({ id }) => id !== 'v_prod');
    world.volumeInstances = world.volumeInstances.filter(({ volumeId }) => volumeId !== 'v_prod');
    clock.now += 1;
    const { undescribable } = await upstream.describe(resolved, { ...context, arrived: clock.now });
    expect(undescribable).toEqual(['Railway does not say what volume v_prod is.']);
  });
  it('what is typed is one text for each thing that dies: the protected environment, and the name of now', async () => {
    const { describe: shown } = inWorld();
    const textsOf = async (query: string) => (await shown(query)).confirm.map(({ text }) => text);
    expect(await textsOf('mutation { volumeDelete(volumeId: "v_both") }')).toEqual(['production/uploads']);
    expect(await textsOf('mutation { projectDelete(id: "p_rentals") }')).toEqual(['production/rentals']);
    expect(await textsOf('mutation { customDomainDelete(id: "cd_stag") }')).toEqual([
      'staging/app.staging-rentals.example.com',
    ]);
    expect(
      await textsOf('mutation { a: volumeDelete(volumeId: "v_prod") b: volumeDelete(volumeId: "v_stag") }'),
    ).toEqual(['production/rentals-data', 'staging/staging-data']);
    // What has no name is called by its id, and what names nothing by the operation.
    expect(await textsOf('mutation { deploymentRemove(id: "d_api_production") }')).toEqual([
      'production/d_api_production',
    ]);
    expect(await textsOf('mutation { environmentPatchCommit(environmentId: "e_staging", patch: {}) }')).toEqual([
      'staging/environmentPatchCommit',
    ]);
    expect(await textsOf(variables)).toEqual([]);
  });
});
