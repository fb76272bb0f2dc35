import { makeResolved } from '@writ/core/steps';
import { expect, it } from 'vitest';
import { classify, environmentRow, type InWorld, inWorld } from '../../../../test/support/railway-upstream/in-world.ts';

const volumeDelete = 'mutation { volumeDelete(volumeId: "v_prod") }';

/** A project of ten environments, each with an instance of one volume. */
function tenEnvironments(): InWorld & { readonly environments: ReturnType<typeof environmentRow>[] } {
  const scene = inWorld();
  const ids = ['e_production', 'e_staging', 'e_pr7'];
  for (let n = 4; n <= 10; n += 1) {
    const id = `e_${n}`;
    ids.push(id);
    scene.world.environments.push({ id, name: `env-${n}`, projectId: 'p_rentals', isEphemeral: false });
    const instance = { id: `vi_${n}`, volumeId: 'v_prod', environmentId: id, serviceId: 's_db', mountPath: '/data' };
    scene.world.volumeInstances.push({ ...instance, sizeMB: 1, currentSizeMB: 1 });
  }
  const environments = ids.map((id) => environmentRow(id.replace('_', '-'), 'protected', { environment_ids: [id] }));
  return { ...scene, environments };
}

it('showing a volumeDelete asks no question again that deciding has asked: only the lists of backups are added', async () => {
  const { upstream, asked, clock, environments } = tenEnvironments();
  const context = {
    connection: { id: 'con_1', slug: 'railway', environments },
    client_id: 'cli_1',
    arrived: clock.now,
  };
  const resolved = makeResolved(await upstream.resolve(classify(volumeDelete), context));
  const deciding = asked.splice(0);
  const described = await upstream.describe(resolved, context);
  const times = (name: string, questions: readonly string[]) => questions.filter((each) => each === name).length;
  expect(deciding).toHaveLength(14);
  expect([times('inventory.project', deciding), times('inventory.environment', deciding)]).toEqual([1, 10]);
  expect(asked).toEqual(Array.from({ length: 8 }, () => 'list.backups'));
  expect(described.dies).toHaveLength(8);
});
