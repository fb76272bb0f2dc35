import { describe, expect, it } from 'vitest';
import { type InWorld, inWorld } from '../../../../test/support/railway-upstream/in-world.ts';
import { operations } from '../../tools/schema-walk.ts';

/** A value that must appear nowhere. */
const PLANTED = 'planted-secret-value';
const COMMIT = 'mutation { environmentPatchCommitStaged(environmentId: "e_staging") }';
const patchOf = (value: string) => ({
  services: {
    s_api: {
      variables: { KEY: { value }, image: value, PORT: 8080, GONE: null },
      source: { image: 'redis:7' },
      deploy: { startCommand: 'npm start', unheardOf: value },
      networking: { customDomains: { 'new.example.com': { port: 80 } } },
    },
    s_new: { isCreated: true },
  },
  volumes: { v_stag: { isDeleted: true } },
});

/** Stages a patch as somebody else, past Writ. */
function stage({ world }: InWorld, patch: unknown, updatedAt = '2026-04-25T01:00:00.000Z'): void {
  const row = world.environments.find(({ id }) => id === 'e_staging');
  if (row) row['stagedPatch'] = { id: 'pt_1', patch, updatedAt };
}

function change({ world }: InWorld, table: keyof InWorld['world'], id: string, members: Record<string, unknown>): void {
  Object.assign(world[table].find((row) => row.id === id) ?? {}, members);
}

describe('a staged patch', () => {
  it('is shown, its secrets hidden; what it deletes dies, what it only names or makes does not', async () => {
    const scene = inWorld();
    stage(scene, patchOf(PLANTED));
    const described = await scene.describe(COMMIT);
    const [stored, ...others] = described.stored_state;
    expect(others).toEqual([]);
    expect(stored).toMatchObject({
      name: 'staged patch e_staging',
      shown: {
        patch: {
          services: {
            s_api: {
              variables: {
                KEY: { value: '[secret, 5 bytes]' },
                image: '[secret, 5 bytes]',
                PORT: '[secret, 4 bytes]',
                GONE: null,
              },
              source: { image: 'redis:7' },
              deploy: { startCommand: 'npm start', unheardOf: '[secret, 20 bytes]' },
              networking: { customDomains: { 'new.example.com': { port: 80 } } },
            },
            s_new: { isCreated: true },
          },
          volumes: { v_stag: { isDeleted: true } },
        },
      },
    });
    expect(JSON.stringify(described)).not.toContain(PLANTED);
    expect(described.dies.map(({ id }) => id)).toEqual(['vi_stag']);
    expect(described.targets.map(({ kind, id }) => `${kind}:${id}`).sort()).toEqual(['service:s_api', 'volume:v_stag']);
    expect(described.confirm.map(({ text }) => text)).toEqual(['staging/staging-data']);
    expect(described.undescribable).toEqual([]);
  });
  it('has the same version while it is the same, and another one when anything of it changed, a hidden value too', async () => {
    const scene = inWorld();
    const versionOf = async () => {
      scene.clock.now += 1;
      return (await scene.describe(COMMIT)).stored_state[0]?.version;
    };
    stage(scene, patchOf('one'));
    const first = await versionOf();
    expect(await versionOf()).toBe(first);
    stage(scene, { ...patchOf('one'), volumes: { v_prod: { isDeleted: true } } });
    const second = await versionOf();
    expect(second).not.toBe(first);
    // The same text to whoever may not read variables.
    stage(scene, patchOf('two'), '2026-04-25T01:00:01.000Z');
    expect([first, second]).not.toContain(await versionOf());
  });
  it('of another environment, of a silent provider, or too long to be shown, is none that anybody can approve', async () => {
    for (const lie of [
      'null_data',
      { set: { 'data.environmentStagedChanges.environmentId': 'e_production' } },
    ] as const) {
      const scene = inWorld();
      stage(scene, patchOf('x'));
      Object.assign(scene.provider, { lie, only: 'stored.staged_patch' });
      const { stored_state, undescribable } = await scene.describe(COMMIT);
      expect(stored_state).toEqual([]);
      expect(undescribable).toHaveLength(1);
    }
    const scene = inWorld();
    const services = Object.fromEntries(Array.from({ length: 4000 }, (_, n) => [`s_new_${n}`, { isCreated: true }]));
    stage(scene, { services });
    expect((await scene.describe(COMMIT)).undescribable).toHaveLength(1);
  });
  it('that deletes what the provider does not know is none that anybody can approve', async () => {
    const scene = inWorld();
    stage(scene, { volumes: { v_nowhere: { isDeleted: true } } });
    expect((await scene.describe(COMMIT)).undescribable).toEqual(['Railway does not say what volume v_nowhere is.']);
  });
});

function signal({ provider }: InWorld, version: number): void {
  provider.lie = { set: { 'data.signal': { id: 'sg_1', name: 'x', version, updatedAt: 'then' } } };
  provider.only = 'stored.signal';
}

/** What is stored -> a call that acts by it, and how it changes. */
const STORED: Readonly<
  Record<string, readonly [query: string, change: (scene: InWorld) => void, before?: (scene: InWorld) => void]>
> = {
  staged_patch: [COMMIT, (scene) => stage(scene, {})],
  canvas_merge: [
    'mutation { canvasViewMerge(sourceEnvironmentId: "e_staging", targetEnvironmentId: "e_production") }',
    ({ provider }) => {
      provider.lie = { set: { 'data.canvasViewMergePreview.mutations': [{ x: 1 }] } };
      provider.only = 'stored.canvas_merge';
    },
  ],
  environment_config: [
    `mutation { environmentCreate(input: { projectId: "p_rentals", name: "copy", sourceEnvironmentId: "e_staging" }) { id } }`,
    (scene) => change(scene, 'environments', 'e_staging', { configEtag: 'etag-2' }),
  ],
  deployment: [
    'mutation { deploymentRollback(id: "d_api_production") }',
    (scene) => change(scene, 'deployments', 'd_api_production', { snapshotId: 'snap_2' }),
  ],
  latest_deployment: [
    'mutation { serviceInstanceRedeploy(environmentId: "e_production", serviceId: "s_api") }',
    ({ world }) => {
      const latest = world.deployments.find(({ id }) => id === 'd_api_production');
      world.deployments.push({ ...latest, id: 'd_api_production_2' });
    },
  ],
  instance_command: [
    'mutation { deploymentInstanceExecutionCreate(input: { serviceInstanceId: "si_api_production" }) }',
    (scene) => change(scene, 'serviceInstances', 'si_api_production', { startCommand: 'rm -rf /' }),
  ],
  backup: [
    `mutation { volumeInstanceBackupRestore(volumeInstanceId: "vi_prod", volumeInstanceBackupId: "bk_prod_weekly") { workflowId } }`,
    (scene) => change(scene, 'backups', 'bk_prod_weekly', { externalId: 'another' }),
  ],
  template: [
    'mutation { serviceCreate(input: { projectId: "p_rentals", templateId: "tm_1" }) { id } }',
    (scene) => change(scene, 'templates', 'tm_1', { updatedAt: '2026-04-25T01:00:00.000Z' }),
  ],
  template_code: [
    'mutation { templateClone(input: { code: "redis", workspaceId: "w_acme" }) { id } }',
    (scene) => change(scene, 'templates', 'tm_1', { updatedAt: '2026-04-25T01:00:00.000Z' }),
  ],
  signal: [
    'mutation { signalRollback(input: { name: "x", owner: "o", seq: 1 }) { id } }',
    (scene) => signal(scene, 7),
    (scene) => signal(scene, 6),
  ],
};

describe('what a call acts by besides its arguments', () => {
  const refs = operations('Mutation').flatMap(({ review }) => review.stored ?? []);
  it('is read, or listed as what cannot be, wherever the catalog says that there is some', () => {
    const kinds = new Set(refs.flatMap((ref) => ('what' in ref ? [ref.what] : [])));
    expect([...kinds].sort()).toEqual(Object.keys(STORED).sort());
    expect(refs.length).toBeGreaterThan(30);
  });
  it.each(Object.entries(STORED))(
    '%s: it has a version, which changes with it',
    async (what, [query, changeIt, prepare]) => {
      const scene = inWorld();
      prepare?.(scene);
      const describeIt = async () => {
        scene.clock.now += 1;
        return scene.describe(query);
      };
      const before = await describeIt();
      expect(before.undescribable).toEqual([]);
      expect(before.stored_state.map(({ name }) => name.startsWith(what.replaceAll('_', ' ')))).toEqual([true]);
      expect((await describeIt()).stored_state).toEqual(before.stored_state);
      changeIt(scene);
      expect((await describeIt()).stored_state[0]?.version).not.toBe(before.stored_state[0]?.version);
    },
  );
  it('and is silent: nobody can approve the call', async () => {
    for (const [what, [query]] of Object.entries(STORED)) {
      const scene = inWorld();
      Object.assign(scene.provider, { lie: 'null_data', only: what === 'backup' ? 'list.backups' : 'stored.' });
      const { stored_state, undescribable } = await scene
        .describe(query)
        .catch(() => ({ stored_state: [], undescribable: ['refused'] }));
      expect([what, stored_state, undescribable.length]).toEqual([what, [], 1]);
    }
  });
  it('and cannot be read: nobody can approve the call', async () => {
    const query = 'mutation { inviteCodeUse(code: "x") { id } }';
    const everywhere = await inWorld().describe(query);
    expect(everywhere.undescribable).toEqual(['Railway does not say what the code lets its user into.']);
  });
  it('and is kept elsewhere is not known, unless an argument says it', async () => {
    const deploy = (more: string) =>
      inWorld().describe(
        `mutation { serviceInstanceDeployV2(environmentId: "e_production", serviceId: "s_api"${more}) }`,
      );
    expect((await deploy('')).unknown).toEqual(['which commit of the connected source is deployed']);
    expect((await deploy(', commitSha: "abc"')).unknown).toEqual([]);
    expect((await deploy('')).undescribable).toEqual([]);
  });
  it('is nothing where an argument that may be left out is', async () => {
    const created = await inWorld().describe(
      'mutation { environmentCreate(input: { projectId: "p_rentals", name: "x" }) { id } }',
    );
    expect(created).toMatchObject({ stored_state: [], undescribable: [] });
  });
});
