/** Every reach rule over a directory that is no provider's: where a call acts, and when that is refused. */
import type { Effect } from '@writ/core';
import { describe, expect, test } from 'vitest';
import {
  type Acme,
  acme,
  type Call,
  ENVIRONMENTS,
  EVERYTHING,
  expectUnresolved,
  on,
  reach,
  resolverOf,
  SHOP,
  slugsOf,
} from '../../test/acme.ts';
import type { ReachRule } from '../review/review.ts';

describe('shared and everything', () => {
  test('are what they say', async () => {
    expect(await reach({ review: { reach: { in: 'shared' } } })).toEqual(['shared']);
    expect(await reach({ review: { reach: { in: 'everything' } } })).toEqual(EVERYTHING);
  });

  test('everything is also what the connection has and the provider knows nothing of', async () => {
    const gone = { id: 'env_gone', slug: 'gone', kind: 'protected' as const, selector: { stages: ['gone'] } };
    const [operation] = await resolverOf(acme(), [...ENVIRONMENTS, gone])({ review: {} });
    expect(slugsOf(operation?.environments)).toEqual([...EVERYTHING, 'gone'].sort());
  });

  test('everything is never one stage alone, also where there is but one', async () => {
    const world = acme();
    world.sites.splice(0, world.sites.length, ...world.sites.filter(({ id }) => id === 'blog'));
    const added = ENVIRONMENTS.filter(({ slug }) => slug === 'blog');
    const [operation] = await resolverOf(world, added)({ review: {} });
    expect(slugsOf(operation?.environments)).toEqual(['blog', 'shared']);
    expect(operation?.containers).toEqual([]);
  });

  test('everything is refused while there is a stage that nobody has added', async () => {
    const added = ENVIRONMENTS.filter(({ slug }) => slug !== 'blog');
    const error = await resolverOf(acme(), added)({ review: {} }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'environment_unresolved', message: expect.not.stringContaining('blog') });
  });
});

describe('by environment', () => {
  const rule: ReachRule = { in: 'environment', path: 'stage' };
  const call = (values: Call['arguments'], reaching: ReachRule = rule): Call => ({
    review: { reach: reaching },
    arguments: values ?? {},
  });

  test('is the one that is named', async () => {
    expect(await reach(call({ stage: 'shop_test' }))).toEqual(['test']);
    expect(await reach(call({ stage: 'shop_copy' }))).toEqual(['copies']);
  });

  test.each([[{}], [{ stage: null }]])('left out is everything, or what the rule says: %j', async (values) => {
    expect(await reach(call(values))).toEqual(EVERYTHING);
    expect(await reach(call(values, { ...rule, absent: { in: 'shared' } }))).toEqual(['shared']);
    const absent: ReachRule = { in: 'inside', kind: 'site', path: 'site' };
    expect(await reach(call({ ...values, site: 'blog' }, { ...rule, absent }))).toEqual(['blog', 'shared']);
    expect(await reach(call(values, { ...rule, absent }))).toEqual(EVERYTHING);
  });

  test('stored reaches every stage beside it', async () => {
    expect(await reach(call({ stage: 'shop_test' }, { ...rule, stored: true }))).toEqual(['copies', 'live', 'test']);
  });

  test.each([
    ['one that is not there', 'nowhere'],
    ['the id of something else', 'disk_test'],
    ['an empty id', ''],
    ['no id', { id: 'shop_test' }],
    ['a list of two', ['shop_test', 'shop_live']],
  ])('%s is refused', async (_, given) => {
    await expectUnresolved(call({ stage: given }, Array.isArray(given) ? { ...rule, path: 'stage[]' } : rule));
  });
});

describe('by target', () => {
  test('is where each lies', async () => {
    expect(await reach(on('disk', 'disk_test'))).toEqual(['test']);
    expect(await reach(on('share', 'share_two'))).toEqual(['live', 'test']);
    const two: Call = {
      arguments: { ids: ['disk_test', 'disk_copy'] },
      review: { targets: [{ kind: 'disk', path: 'ids[]' }], reach: { in: 'resource' } },
    };
    expect(await reach(two)).toEqual(['copies', 'test']);
  });

  test('one that lies in no stage yet may come into any of its site', async () => {
    expect(await reach(on('share', 'share_none'))).toEqual(SHOP);
  });

  test('of a site is shared for a read, else all that is inside', async () => {
    expect(await reach(on('site', 'shop', undefined, { effect: 'read' }))).toEqual(['shared']);
    expect(await reach(on('site', 'shop'))).toEqual(SHOP);
    expect(await reach(on('team', 'owners'))).toEqual(EVERYTHING);
  });

  test('none given is everything', async () => {
    expect(await reach({ review: { targets: [{ kind: 'disk', path: 'id' }], reach: { in: 'resource' } } })).toEqual(
      EVERYTHING,
    );
  });

  test('is narrowed to the stage that is named, if it lies there', async () => {
    const narrowed: ReachRule = { in: 'resource', narrowed_by: 'stage' };
    const call = (stage: string) => on('share', 'share_two', narrowed, { arguments: { stage } });
    expect(await reach(call('shop_test'))).toEqual(['test']);
    for (const stage of ['shop_copy', 'blog_live'])
      expect(await expectUnresolved(call(stage))).toContain('different sites or environments');
    expect(await reach(on('share', 'share_two', narrowed))).toEqual(['live', 'test']);
  });

  test.each(['nothing', 'shop_test', 'share_two'])('%s, which is no disk, is refused', async (id) => {
    expect(await expectUnresolved(on('disk', id))).toBe(`Acme knows no disk ${id} that this connection can reach.`);
  });

  test('an id that is looked up in another thing must lie there', async () => {
    const call = (site: string): Call => ({
      arguments: { id: 'disk_test', site },
      review: { targets: [{ kind: 'disk', path: 'id', of: 'site' }], reach: { in: 'resource' } },
    });
    expect(await reach(call('site:shop'))).toEqual(['test']);
    expect(await expectUnresolved(call('site:blog'))).toContain('disk disk_test in site:blog');
  });
});

describe('by container', () => {
  const rule = { in: 'container', kind: 'site', path: 'site', fork: 'stage' } as const;
  const call = (values: NonNullable<Call['arguments']>, effect: Effect = 'write'): Call => ({
    ...{ effect, arguments: values, review: { reach: rule } },
  });

  test('is shared for a read, else all that is inside', async () => {
    expect(await reach(call({ site: 'shop' }, 'read'))).toEqual(['shared']);
    expect(await reach(call({ site: 'shop' }))).toEqual(SHOP);
    expect(await reach(call({ site: 'blog' }))).toEqual(['blog', 'shared']);
    expect(await reach(call({}))).toEqual(EVERYTHING);
    expect(await reach({ review: { reach: { ...rule, absent: { in: 'shared' } } } })).toEqual(['shared']);
  });

  test('is narrowed by a stage only where that has just been shown to be a copy', async () => {
    const world = acme();
    expect(await reach(call({ site: 'shop', stage: 'shop_copy' }), world)).toEqual(['copies']);
    expect(world.asked).toContainEqual({ id: 'shop_copy', since: world.now });
    expect(await reach(call({ site: 'shop', stage: 'shop_test' }))).toEqual(SHOP);
  });

  test('a target that lies in another stage than the copy that the call is limited to is refused', async () => {
    const acting = (disk: string, stage: string) => {
      const { effect = 'write', arguments: values } = call({ site: 'shop', stage, disk });
      return { effect, arguments: values ?? {}, review: { reach: rule, targets: [{ kind: 'disk', path: 'disk' }] } };
    };
    await expectUnresolved(acting('disk_test', 'shop_copy'));
    expect(await reach(acting('disk_copy', 'shop_copy'))).toEqual(['copies']);
    expect(await reach(acting('disk_test', 'shop_live'))).toEqual(SHOP);
  });

  test('a stage of another site is refused, copy or not', async () => {
    await expectUnresolved(call({ site: 'blog', stage: 'shop_copy' }));
    await expectUnresolved(call({ site: 'shop', stage: 'blog_live' }));
  });
});

describe('inside', () => {
  const rule = { in: 'inside', kind: 'site', path: 'site', directory: true } as const;
  const read = (more: Partial<Call> = {}): Call => ({
    ...{ effect: 'read', arguments: { site: 'shop' }, review: { reach: rule }, ...more },
  });

  test('is all of it, also for a read', async () => {
    expect(await reach(read())).toEqual(SHOP);
    expect(await reach(read({ arguments: {} }))).toEqual(EVERYTHING);
    const absent: ReachRule = { ...rule, absent: { in: 'shared' } };
    expect(await reach(read({ arguments: {}, review: { reach: absent } }))).toEqual(['shared']);
  });

  test('stays shared only for a read of directory fields, where the rule allows that', async () => {
    expect(await reach(read({ directory_only: true }))).toEqual(['shared']);
    expect(await reach(read({ directory_only: true, effect: 'write' }))).toEqual(SHOP);
    const strict: ReachRule = { in: 'inside', kind: 'site', path: 'site' };
    expect(await reach(read({ directory_only: true, review: { reach: strict } }))).toEqual(SHOP);
  });
});

describe('by instances', () => {
  const rule = { in: 'instances', kind: 'app', path: 'id', fork: 'stage' } as const;
  const call = (id: string, stage?: string, name = 'setApp') =>
    on('app', id, rule, { name, ...(stage !== undefined && { arguments: { stage } }) });

  test('is where it has one, whatever stage is named', async () => {
    expect(await reach(call('web'))).toEqual(['live', 'test']);
    expect(await reach(call('web', 'shop_test'))).toEqual(['live', 'test']);
  });

  test('is the named stage alone where that has just been shown to be a copy', async () => {
    const world = acme();
    expect(await reach(call('web', 'shop_copy'), world)).toEqual(['copies']);
    expect(world.asked).toContainEqual({ id: 'shop_copy', since: world.now });
  });

  test('without any, or where it would get one, is every lasting stage of its site', async () => {
    expect(await reach(call('new'))).toEqual(['live', 'test']);
    const world = acme();
    const [live] = world.sites[0]?.environments ?? [];
    world.things.push({
      ...(world.things.find(({ id }) => id === 'new') as Acme['things'][number]),
      id: 'one',
      environments: live ? [live] : [],
    });
    expect(await reach(call('one'), world)).toEqual(['live']);
    expect(await reach(call('one', undefined, 'copyApp'), world)).toEqual(['live', 'test']);
  });

  test('is everything where no app is named', async () => {
    expect(await reach({ review: { reach: rule } })).toEqual(EVERYTHING);
  });

  test('without any, in a site that has only copies, is what the site holds', async () => {
    const world = acme();
    const app = world.things.find(({ id }) => id === 'new');
    const [shop] = world.sites;
    if (app === undefined || shop === undefined) throw new Error('the world has changed');
    const copies = { ...shop, environments: shop.environments.filter(({ ephemeral }) => ephemeral) };
    world.things.push({ ...app, id: 'first', containers: [copies] });
    expect(await reach(call('first'), world)).toEqual(['copies', 'shared']);
  });

  test('of an app of another site than the stage is refused', async () => {
    await expectUnresolved(call('web', 'blog_live'));
  });
});

describe('ids of one call', () => {
  const two = (context: string, id: string): Call => ({
    arguments: { id: 'disk_test', other: id },
    review: {
      targets: [{ kind: 'disk', path: 'id' }],
      context: [{ kind: context, path: 'other' }],
      reach: { in: 'resource' },
    },
  });

  test('must be of one site, and of its team', async () => {
    expect(await reach(two('site', 'shop'))).toEqual(['test']);
    expect(await reach(two('team', 'owners'))).toEqual(['test']);
    await expectUnresolved(two('site', 'blog'));
    await expectUnresolved(two('team', 'others'));
    await expectUnresolved(two('disk', 'disk_blog'));
  });

  test('of several sites may be acted on where only sites are named', async () => {
    const sites: Call = {
      arguments: { ids: ['shop', 'blog'] },
      review: { targets: [{ kind: 'site', path: 'ids[]' }], reach: { in: 'resource' } },
    };
    expect(await reach(sites)).toEqual(EVERYTHING);
    const mixed: Call = {
      arguments: { site: 'shop', disk: 'disk_blog' },
      review: { targets: ['site', 'disk'].map((kind) => ({ kind, path: kind })), reach: { in: 'resource' } },
    };
    await expectUnresolved(mixed);
  });

  test('must lie in the stage that is named, but for what says only which site', async () => {
    const at = (kind: string, other: string): Call => ({
      arguments: { stage: 'shop_live', other },
      review: { context: [{ kind, path: 'other' }], reach: { in: 'environment', path: 'stage' } },
    });
    await expectUnresolved(at('disk', 'disk_test'));
    expect(await reach(at('share', 'share_two'))).toEqual(['live']);
    expect(await reach(at('app', 'new'))).toEqual(['live']);
    const acting = (kind: string, other: string): Call => {
      const { arguments: values = {} } = at(kind, other);
      return on(kind, other, { in: 'environment', path: 'stage' }, { arguments: values });
    };
    expect(await reach(acting('share', 'share_two'))).toEqual(['live']);
    expect(await reach(acting('app', 'web'))).toEqual(['live']);
    for (const [kind, id] of [
      ['disk', 'disk_test'],
      ['app', 'new'],
      ['site', 'blog'],
    ] as const)
      await expectUnresolved(acting(kind, id));
  });
});
