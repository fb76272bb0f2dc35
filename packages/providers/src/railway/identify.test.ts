import { describe, expect, it } from 'vitest';
import { inWorld } from '../../../../test/support/railway-upstream/in-world.ts';
import { railway } from './index.ts';

describe('identify', () => {
  it.each([
    ['account', 'account token of Jo'],
    ['workspace', 'workspace token for Acme'],
    ['project', 'project token for rentals/staging'],
  ] as const)('tells an %s token', async (token, identity) => {
    const { upstream } = inWorld({ token, environmentId: 'e_staging' });
    expect(await upstream.identify()).toMatchObject({ identity });
  });
  it('lists what the token reaches', async () => {
    expect((await inWorld({ seed: 'two-projects' }).upstream.identify()).reach).toEqual([
      'project rentals',
      'environment rentals/production',
      'environment rentals/staging',
      'environment rentals/pr-7',
      'project website',
      'environment website/production',
      'environment website/staging',
    ]);
  });
  it('a token Railway does not know is rejected, one that cannot be asked about is not', async () => {
    const { world, upstream, provider } = inWorld();
    world.tokens = [];
    for (const project of world.projects) project['workspaceId'] = 'w_other';
    provider.lie = { set: { data: null, errors: [{ message: 'Not Authorized' }] } };
    await expect(upstream.identify()).rejects.toMatchObject({ code: 'credential_rejected' });
    provider.silent = true;
    await expect(upstream.identify()).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });
});

describe('what an administrator is shown', () => {
  it('environments with the selector that would pick them, all forks of a project by one', async () => {
    const environments = await inWorld().upstream.environments();
    expect(environments).toMatchObject([
      { name: 'production', ephemeral: false, selector: { environment_ids: ['e_production'] }, labels: ['production'] },
      { name: 'staging', ephemeral: false, selector: { environment_ids: ['e_staging'] }, labels: ['staging'] },
      { name: 'pr-7', ephemeral: true, selector: { ephemeral_of: ['p_rentals'] }, labels: ['pr'] },
    ]);
    expect(environments.map(({ members }) => members)).toEqual([
      ['environment_ids:e_production'],
      ['environment_ids:e_staging'],
      ['environment_ids:e_pr7', 'ephemeral_of:p_rentals'],
    ]);
  });
  it('environments named with their project before them where there are several projects', async () => {
    const environments = await inWorld({ seed: 'two-projects' }).upstream.environments();
    expect(environments.map(({ labels }) => labels.join('.'))).toEqual([
      'rentals.production',
      'rentals.staging',
      'rentals.pr',
      'website.production',
      'website.staging',
    ]);
  });
  it('the inventory, with every environment a thing lies in', async () => {
    const items = await inWorld().upstream.inventory();
    const volume = items.find(({ kind, id }) => kind === 'volume' && id === 'v_both');
    expect(volume?.environments.map((each) => each.id)).toEqual(['e_production', 'e_staging']);
    expect(items.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['project', 'environment', 'service', 'custom_domain', 'deployment_trigger']),
    );
  });
  it('the live schema, of which the catalog lacks what is newer than its copy', async () => {
    const { upstream, provider } = inWorld();
    const live = await upstream.liveSchema();
    const { new: found, ...others } = railway.compareSchema(live);
    expect(others).toEqual({ missing: [], changed: [] });
    expect(found.map(({ name, part }) => name + (part && `(${part})`)).sort()).toEqual([
      'CloudAgent.agentWsUrl',
      'Project.isFavorite',
      'ProjectFavorite.id',
      'ProjectFavorite.project',
      'ProjectFavorite.projectId',
      'Sandbox.domains',
      'SandboxDomain.domain',
      'SandboxDomain.id',
      'SandboxDomain.targetPort',
      'ServiceInstance.autoInstrumentationEnabled',
      'ServiceInstance.tracingEnabled',
      'Trace.attributes',
      'Trace.durationMs',
      'Trace.id',
      'customDomainCreate(input.proxied)',
      'projectFavoriteSet',
      'projectFavorites',
      'traces',
      'volumeInstanceUpdate(input.shred)',
      'volumeInstanceUpdate(input.state=ARCHIVED)',
    ]);
    provider.lie = { set: { 'data.__schema.types': [] } };
    await expect(upstream.liveSchema()).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });
});

describe('credentials', () => {
  it.each(railway.credentialKinds.map((kind) => [kind.kind, kind] as const))(
    '%s: what no header could carry is wrong',
    (_, kind) => {
      expect(kind.looksRight('11111111-2222-4333-8444-555555555555')).toBe(true);
      for (const wrong of [
        '',
        'short',
        'with space in it',
        'line\nbreak-0000000',
        'Bearer abcdefgh',
        'ümlaut-ümlaut',
      ]) {
        expect(kind.looksRight(wrong)).toBe(false);
      }
    },
  );
});
