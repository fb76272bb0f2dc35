/** Opaque arguments over a directory that is no provider's: everything that they name counts, and none of it is told. */
import { describe, expect, test } from 'vitest';
import { acme, type Call, expectUnresolved, reach, resolve, slugsOf } from '../../test/acme.ts';
import type { PatchRef } from '../review/review.ts';
import { idsInPatches } from './patches.ts';

const PATCHES: readonly PatchRef[] = [{ path: 'patch', ids: [{ at: 'disks', kind: 'disk' }], names: ['hosts'] }];

describe('what an opaque argument names', () => {
  const call = (patch: unknown): Call => ({
    arguments: { s: 'shop_test', patch: patch as string },
    review: {
      patches: PATCHES,
      reach: { in: 'environment', path: 's' },
    },
  });

  test('is acted on, and reached where it lies', async () => {
    const [operation] = await resolve(call({ disks: { disk_copy: {} } }));
    expect(slugsOf(operation?.environments)).toEqual(['copies', 'test']);
    expect(operation?.targets.map(({ kind, id }) => `${kind}:${id}`)).toEqual(['disk:disk_copy']);
  });

  test.each([
    ['in a value', { note: 'disk_blog' }],
    ['in another spelling', { note: 'DISK-BLOG' }],
    ['in a path', { set: 'disks.disk_blog.size' }],
    ['as a member anywhere', { deep: [{ disk_blog: 1 }] }],
  ])('an id that Acme knows counts %s', async (_, patch) => {
    expect(await reach(call(patch))).toEqual(['blog', 'test']);
  });

  test('an id that Acme does not know is refused, unless the patch says it would make it', async () => {
    const message = await expectUnresolved(call({ disks: { secret_name: {} } }));
    expect(message).not.toContain('secret_name');
    expect(await reach(call({ disks: { secret_name: { make: true } } }))).toEqual(['test']);
  });

  test('a host name in it reaches where that is configured, and what is none is refused', async () => {
    expect(await reach(call({ hosts: { 'www.acme.example': {} } }))).toEqual(['live', 'test']);
    expect(await expectUnresolved(call({ hosts: { 'no name': {} } }))).not.toContain('no name');
  });

  test('may be five hundred things, each counted once, and no more', async () => {
    const world = acme();
    const disk = world.things.find(({ id }) => id === 'disk_test');
    const ids = Array.from({ length: 501 }, (_, index) => `extra_${index}`);
    if (disk) world.things.push(...ids.map((id) => ({ ...disk, id })));
    const disks = (count: number) => call({ disks: Object.fromEntries(ids.slice(0, count).map((id) => [id, {}])) });
    expect(await reach(disks(500), world)).toEqual(['test']);
    expect(await expectUnresolved(disks(501), world)).toContain('more than 500');
  });

  test('is reached also where no list of Acme has it', async () => {
    const world = acme();
    world.unlisted.add('disk_copy');
    expect(await reach(call({ disks: { disk_copy: {} } }), world)).toEqual(['copies', 'test']);
    expect(await reach(call({ note: 'disk_copy' }), world)).toEqual(['test']);
  });

  test('is told by the catalog without any question', () => {
    const values = { patch: [{ disks: { a: { size: 1 } } }, { disks: { b: null }, hosts: { c: {} } }] };
    const operation = { name: 'doIt', effect: 'write', base_effect: 'write', secret_arguments: [] } as const;
    expect(idsInPatches({ ...operation, arguments: values }, PATCHES)).toEqual([
      { kind: 'disk', id: 'a', member: { size: 1 } },
      { kind: 'disk', id: 'b', member: null },
    ]);
  });

  test.each(['{"disks":{}}', 7, [{}, '{"disks":{}}'], [[{}], 'x']])(
    '%j, which is no object, is refused',
    async (patch) => {
      await expectUnresolved(call(patch));
    },
  );
});
