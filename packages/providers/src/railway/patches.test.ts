import { describe, expect, it } from 'vitest';
import { inWorld } from '../../../../test/support/railway-upstream/in-world.ts';

const UNRESOLVED = { code: 'environment_unresolved' };

const commit = 'mutation ($p: EnvironmentConfig) { environmentPatchCommit(environmentId: "e_staging", patch: $p) }';
const stage =
  'mutation ($p: EnvironmentConfig!) { environmentStageChanges(environmentId: "e_staging", input: $p) { id } }';

async function judged(patch: unknown, query = commit, world = inWorld()) {
  const [operation] = await world.resolve(query, { variables: { p: patch } as never });
  return {
    targets: operation?.targets.map(({ kind, id, name }) => `${kind}:${id} ${name ?? ''}`.trim()),
    reach: operation?.environments.map(({ slug }) => slug).sort(),
  };
}

describe('what a patch names is acted on, in every environment it lies in', () => {
  it.each([
    [{ volumes: { v_prod: { isDeleted: true } } }, ['volume:v_prod rentals-data'], ['production', 'staging']],
    [{ volumes: { v_stag: { isDeleted: true } } }, ['volume:v_stag staging-data'], ['staging']],
    [{ services: { s_db: { isDeleted: true } } }, ['service:s_db db'], ['production', 'staging']],
    [{ volumes: { new: { isCreated: true, size: 1 } } }, [], ['staging']],
    [{ sharedVariables: { DEBUG: { value: '1' } } }, [], ['staging']],
    [{ somewhere: [{ else: 'V_PROD' }] }, ['volume:v_prod rentals-data'], ['production', 'staging']],
    [
      { volumes: { '{V-PROD}': { isCreated: true, isDeleted: true } } },
      ['volume:v_prod rentals-data'],
      ['production', 'staging'],
    ],
    [{ 'volumes.v_prod.isDeleted': true }, ['volume:v_prod rentals-data'], ['production', 'staging']],
    [{ nested: '{"volumes":{"V-PROD":null}}' }, ['volume:v_prod rentals-data'], ['production', 'staging']],
    [{ from: 'e_production' }, ['environment:e_production production'], ['production', 'staging']],
    [{ instance: { vi_prod: null } }, ['volume_instance:vi_prod rentals-data'], ['production', 'staging']],
    [
      { services: { new: { isCreated: true, volumeMounts: { v_prod: { mountPath: '/x' } } } } },
      ['volume:v_prod rentals-data'],
      ['production', 'staging'],
    ],
    [
      { services: { new: { isCreated: true, networking: { customDomains: { 'login.rentals.example.com': {} } } } } },
      ['domain:login.rentals.example.com login.rentals.example.com'],
      ['production', 'staging'],
    ],
    [null, [], ['staging']],
  ])('%j', async (patch, targets, reach) => {
    expect(await judged(patch)).toEqual({ targets, reach });
    if (patch !== null) expect(await judged(patch, stage)).toEqual({ targets, reach });
  });

  it('a change set too, whose shape nobody publishes', async () => {
    const query = 'mutation ($p: JSON!) { environmentApplyChangeSet(environmentId: "e_staging", input: $p) { id } }';
    const found = await judged({ intents: [{ remove: 'v_prod' }] }, query.replace(' { id }', ' { __typename }'));
    expect(found).toEqual({ targets: ['volume:v_prod rentals-data'], reach: ['production', 'staging'] });
  });

  it('what is staged already may name anything of the project', async () => {
    const query = 'mutation { environmentPatchCommitStaged(environmentId: "e_staging") }';
    const [line] = await inWorld({ seed: 'two-projects' }).reach(query);
    expect(line).toBe('environmentPatchCommitStaged: previews, production, staging');
  });
});

describe('a patch of which it cannot be told what it acts on is refused', () => {
  const secret = 'k-9d1f-secret-key';
  it.each([
    { volumes: { [secret]: { isDeleted: true } } },
    { volumes: { [secret]: { isCreated: 'true' } } },
    { volumes: { vi_prod: { isDeleted: true } } },
    { volumes: { V_PROD: { isDeleted: true } } },
    { services: { s_api: { volumeMounts: { [secret]: {} } } } },
    { buckets: { [secret]: null } },
    { volumes: [{ [secret]: { isDeleted: true } }] },
    { services: [{ s_api: { volumeMounts: { [secret]: {} } } }] },
    [{ volumes: { [secret]: { isDeleted: true } } }],
    { services: { s_api: { networking: { customDomains: { [`${secret} no host`]: {} } } } } },
    JSON.stringify({ volumes: { v_prod: { isDeleted: true } } }),
    7,
  ])('%j', async (patch) => {
    const refused = await judged(patch).catch((error: unknown) => error);
    expect(refused).toMatchObject(UNRESOLVED);
    expect(String(refused)).not.toContain(secret);
  });

  it('while the provider is silent', async () => {
    const world = inWorld();
    world.provider.silent = true;
    await expect(judged({ volumes: { v_stag: {} } }, commit, world)).rejects.toMatchObject(UNRESOLVED);
  });
});
