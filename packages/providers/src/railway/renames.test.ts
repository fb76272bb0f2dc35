import { describe, expect, it } from 'vitest';
import { inWorld } from '../../../../test/support/railway-upstream/in-world.ts';
import { operations, typeAt } from '../../tools/schema-walk.ts';

/** Operations that give a name to something that has an id, and that nothing can look up by it. */
const NOT_LOOKED_UP: Readonly<Record<string, string>> = {
  integrationUpdate: 'integrations cannot be looked up by id',
  sandboxCheckpointRename: 'the name is the id',
};

describe('a rename', () => {
  const mutations = operations('Mutation');
  it('is known of every operation that gives a new name to what it acts on', () => {
    const NAMES = [
      'name',
      'newName',
      'friendlyName',
      'dnsName',
      'title',
      'input.name',
      'input.friendlyName',
      'input.domain',
    ];
    const suspects = mutations.filter(
      ({ name, args }) => /Update$|Rename$/.test(name) && NAMES.some((path) => typeAt(args, path) !== undefined),
    );
    const silent = suspects.filter(({ review }) => !review.renames).map(({ name }) => name);
    expect(silent.sort()).toEqual(['railwayDomainDnsRecordUpdate', ...Object.keys(NOT_LOOKED_UP)].sort());
    expect(suspects.length).toBeGreaterThan(10);
  });
  it('names a target of the operation, and an argument of text', () => {
    for (const { name, review, args } of mutations) {
      for (const { kind, path, to } of review.renames ?? []) {
        expect(review.targets, name).toContainEqual(expect.objectContaining({ kind, path }));
        expect(typeAt(args, to), name).toMatch(/^String!?$/);
      }
    }
  });
  it.each([
    [
      'mutation { volumeUpdate(volumeId: "v_prod", input: { name: "old" }) { id } }',
      'volume:v_prod',
      'rentals-data',
      'old',
    ],
    ['mutation { serviceUpdate(id: "s_db", input: { name: "x" }) { id } }', 'service:s_db', 'db', 'x'],
    [
      'mutation { environmentRename(id: "e_staging", input: { name: "x" }) { id } }',
      'environment:e_staging',
      'staging',
      'x',
    ],
    ['mutation { projectUpdate(id: "p_rentals", input: { name: "x" }) { id } }', 'project:p_rentals', 'rentals', 'x'],
    [
      'mutation { environmentPatchCommit(environmentId: "e_staging", patch: { services: { s_db: { name: "x" } } }) }',
      'service:s_db',
      'db',
      'x',
    ],
  ])('is told with the name of before: %s', async (query, target, from, to) => {
    const [operation] = await inWorld().resolve(query);
    expect(operation?.renames).toEqual([{ target, from, to }]);
  });
  it('is none where no name is given, or the same', async () => {
    const { resolve } = inWorld();
    for (const input of ['{}', '{ name: null }', '{ icon: "x" }', '{ name: "db" }']) {
      const [operation] = await resolve(`mutation { serviceUpdate(id: "s_db", input: ${input}) { id } }`);
      expect(operation?.renames ?? []).toEqual([]);
    }
  });
});
