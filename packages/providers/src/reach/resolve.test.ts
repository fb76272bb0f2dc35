/** What else resolving settles, over a directory that is no provider's: how new it is asked, targets, names, patches, state, what is below. */
import type { Effect } from '@writ/core';
import { describe, expect, test } from 'vitest';
import {
  type Acme,
  acme,
  type Call,
  EVERYTHING,
  expectUnresolved,
  on,
  reach,
  resolve,
  resolverOf,
  slugsOf,
} from '../../test/acme.ts';

describe('a key that sees one stage of a site', () => {
  const narrow = (): Acme => {
    const world = acme();
    for (const [index, each] of world.sites.entries()) world.sites[index] = { ...each, partial: true };
    for (const [index, each] of world.things.entries()) {
      world.things[index] = { ...each, containers: each.containers.map((one) => ({ ...one, partial: true })) };
    }
    return world;
  };

  test('reaches what lies in it for certain', async () => {
    expect(await reach(on('disk', 'disk_test'), narrow())).toEqual(['test']);
    expect(
      await reach({ arguments: { s: 'shop_test' }, review: { reach: { in: 'environment', path: 's' } } }, narrow()),
    ).toEqual(['test']);
  });

  test('is refused for what holds that site and others', async () => {
    const world = acme();
    const index = world.things.findIndex(({ id }) => id === 'owners');
    const team = world.things[index];
    if (team === undefined) throw new Error('the world has changed');
    const [first, ...others] = team.containers;
    world.things[index] = { ...team, containers: first ? [...others, { ...first, partial: true }] : [] };
    expect(await expectUnresolved(on('team', 'owners'), world)).toBe('This key sees one stage only.');
  });

  test.each<[string, Call]>([
    ['what can lie in several', on('share', 'share_two')],
    ['what lies nowhere yet', on('share', 'share_none')],
    ['a site', on('site', 'shop')],
    ['everything', { review: {} }],
    ['what has instances', on('app', 'web', { in: 'instances', kind: 'app', path: 'id' })],
    [
      'what is stored for all',
      { arguments: { s: 'shop_test' }, review: { reach: { in: 'environment', path: 's', stored: true } } },
    ],
  ])('%s is refused', async (_, call) => {
    expect(await expectUnresolved(call, narrow())).toBe('This key sees one stage only.');
  });
});

describe('how new an answer must be', () => {
  test.each<[Effect, number]>([
    ['read', 295_000],
    ['write', 30_000],
    ['reveal', 30_000],
    ['execute', 30_000],
    ['destroy', 0],
    ['escalate', 0],
  ])('of a %s: at most %d ms before the request', async (effect, age) => {
    const world = acme();
    await reach(on('disk', 'disk_test', undefined, { effect }), world);
    expect(world.asked).toEqual([{ id: 'disk_test', since: world.now - age }]);
  });
});

describe('what a target is named as', () => {
  test('lies in the one stage in which it is acted on, else in its site alone', async () => {
    const within = async (call: Call) => (await resolve(call))[0]?.targets.map((each) => each.within);
    expect(await within(on('disk', 'disk_test'))).toEqual([['stage:shop_test', 'site:shop', 'team:owners']]);
    expect(await within(on('share', 'share_two'))).toEqual([['site:shop', 'team:owners']]);
    expect(await within(on('stage', 'shop_test'))).toEqual([['site:shop', 'team:owners']]);
    const narrowed = on(
      'share',
      'share_two',
      { in: 'resource', narrowed_by: 'stage' },
      { arguments: { stage: 'shop_test' } },
    );
    expect(await within(narrowed)).toEqual([['stage:shop_test', 'site:shop', 'team:owners']]);
  });

  test('what would be made counts as lying in the stage it is made in', async () => {
    const call: Call = { arguments: { s: 'shop_test' }, review: { reach: { in: 'environment', path: 's' } } };
    expect((await resolve(call))[0]?.containers).toEqual(['stage:shop_test', 'site:shop', 'team:owners']);
  });
});

describe('a name that all stages share', () => {
  const call = (name: unknown): Call => ({
    arguments: { s: 'shop_copy', name: name as string },
    review: { names: [{ kind: 'domain', path: 'name' }], reach: { in: 'environment', path: 's' } },
  });

  test.each([
    ['one that nobody has', 'new.acme.example', ['copies']],
    ['one that a stage has, in another spelling', 'WWW.Acme.example.', ['copies', 'live']],
    ['a wildcard over one', '*.acme.example', ['copies', 'live', 'test']],
    ['one under a wildcard', 'a.test.acme.example', ['copies', 'test']],
  ])('%s', async (_, name, slugs) => {
    expect(await reach(call(name))).toEqual(slugs);
  });

  test('of several each counts, and one that is in use in a form that is no host name does too', async () => {
    const several = (...name: string[]): Call => {
      const { arguments: values, review } = call(name);
      return { arguments: values ?? {}, review: { ...review, names: [{ kind: 'domain', path: 'name[]' }] } };
    };
    expect(await reach(several('new.acme.example', 'www.acme.example'))).toEqual(['copies', 'live']);
    const world = acme();
    const [{ environment }] = world.names as [Acme['names'][number]];
    world.names.splice(0, 2, { name: 'Under_Score..Acme.example', environment });
    expect(await reach(several('*.acme.example'), world)).toEqual(['copies', 'live']);
  });

  test.each(['a b', '', 7, { a: 1 }])('%j is no name, and refused', async (name) => {
    await expectUnresolved(call(name));
  });
});

describe('what only the provider knows of a target raises the effect', () => {
  const raising = (state: 'not_latest' | 'other_name', path: string, values = {}): Call =>
    on('host', 'host_test', undefined, {
      ...{ effect: 'write', arguments: values },
      review: { state_raises: [{ state, path, to: 'destroy' }] },
    });
  const effect = async (call: Call, world = acme()) => [(await resolve(call, world))[0]?.effect, world] as const;

  test('unless it plainly says that it is the newest, asked now', async () => {
    expect((await effect(raising('not_latest', 'id')))[0]).toBe('destroy');
    const world = acme();
    world.latest.add('host_test');
    expect((await effect(raising('not_latest', 'id'), world))[0]).toBe('write');
    expect(world.asked.every(({ since }) => since === world.now)).toBe(true);
  });

  test('unless the name that is given is the one it bears', async () => {
    const named = (name: string): Acme => {
      const world = acme();
      const index = world.things.findIndex(({ id }) => id === 'host_test');
      world.things[index] = { ...(world.things[index] as Acme['things'][number]), name };
      return world;
    };
    const given = raising('other_name', 'name', { name: 'A.example' });
    expect((await effect(given, named('a.example')))[0]).toBe('write');
    expect((await effect(given, named('b.example')))[0]).toBe('destroy');
    expect((await effect(given))[0]).toBe('destroy');
    expect((await effect(raising('other_name', 'name'), named('a.example')))[0]).toBe('destroy');
  });
});

describe('what is selected below', () => {
  const below = (...nested: NonNullable<Call['below']>): Call => ({
    ...on('disk', 'disk_test', undefined, { effect: 'read' }),
    below: nested,
  });

  test('stays where it is, goes to what is shared, or out into the whole site', async () => {
    expect(await reach(below({ step: 'same' }))).toEqual(['test']);
    expect(await reach(below({ step: 'shared' }))).toEqual(['shared']);
    expect(await reach(below({ step: 'out' }))).toEqual(['copies', 'live', 'test']);
    expect(await reach(below({ step: 'out', directory_only: true }))).toEqual(['shared']);
  });

  test('leads anywhere from what holds sites, and from what nobody reviewed', async () => {
    expect(await reach(below({ step: 'out', path: 'doIt.site.team.sites' }))).toEqual(EVERYTHING);
    expect(await reach(below({ step: 'out', path: 'doIt.team' }))).toEqual(EVERYTHING);
    expect(await reach(below({ step: 'out', path: 'people.part' }))).toEqual(['copies', 'live', 'test']);
    expect(await reach(below({ step: 'out', beyond: true }))).toEqual(EVERYTHING);
  });

  test('by an id goes to where that lies, or is refused', async () => {
    const by = (id: string | null) => below({ step: 'out', by_id: { kind: 'disk', path: 'id' }, arguments: { id } });
    expect(await reach(by('disk_blog'))).toEqual(['blog']);
    expect(await reach(by(null))).toEqual(EVERYTHING);
    await expectUnresolved(by('nothing'));
  });

  test('lies where all that it is below lies, and out of there where all of it belongs', async () => {
    const containers = async (call: Call) => new Set((await resolve(call)).at(-1)?.containers);
    const sites = (kind: string, ...ids: readonly string[]): Call => ({
      ...{ effect: 'read', arguments: { ids } },
      review: { targets: [{ kind, path: 'ids[]' }], reach: { in: 'resource' } },
    });
    const site = ['site:shop', 'team:owners'];
    const same = { step: 'same' } as const;
    expect(await containers(below(same))).toEqual(new Set(['disk:disk_test', 'stage:shop_test', ...site]));
    expect(await containers(below(same, same))).toEqual(new Set(['disk:disk_test', 'stage:shop_test', ...site]));
    expect(await containers({ ...sites('disk', 'disk_test', 'disk_copy'), below: [same] })).toEqual(new Set(site));
    for (const [one, ...others] of [
      ['shop', 'shop', 'blog'],
      ['blog', 'shop', 'shop'],
    ] as const)
      expect(await containers({ ...sites('site', one, ...others), below: [same] })).toEqual(new Set(['team:owners']));
    for (const step of ['out', 'shared'] as const) {
      expect(await containers(below({ step }))).toEqual(new Set(site));
      expect(await containers({ ...sites('team', 'owners'), below: [{ step }] })).toEqual(new Set(['team:owners']));
      expect(await containers(below({ step, beyond: true }))).toEqual(new Set());
    }
  });

  test('by an id lies where that one thing lies, and it must lie where the arguments say', async () => {
    const by = (id: string | readonly string[] | null, of?: string) =>
      below({
        step: 'same',
        by_id: { kind: 'disk', path: Array.isArray(id) ? 'id[]' : 'id', ...(of && { of: 'site' }) },
        arguments: { id, ...(of && { site: of }) } as NonNullable<Call['arguments']>,
      });
    const containers = async (call: Call) => (await resolve(call)).at(-1)?.containers;
    const [stage, ...site] = ['stage:blog_live', 'site:blog', 'team:owners'];
    expect(await containers(by('disk_blog'))).toEqual([stage, 'disk:disk_blog', ...site]);
    expect(await containers(by(['disk_test', 'disk_blog']))).toEqual([]);
    expect(await containers(by(null))).toEqual([]);
    expect(await reach(by('disk_blog', 'site:blog'))).toEqual(['blog']);
    await expectUnresolved(by('disk_blog', 'site:shop'));
  });

  test('goes on from where the one above it went', async () => {
    const call = below(
      { step: 'out', by_id: { kind: 'disk', path: 'id' }, arguments: { id: 'disk_blog' } },
      { step: 'out' },
    );
    expect(await reach(call)).toEqual(['blog']);
  });

  test('under nothing that was judged is refused', async () => {
    await expectUnresolved(below({ step: 'same', under: 7 }));
  });
});

test('what an owner admitted to the arguments reaches everything, and no detail that names a resource covers it', async () => {
  const [operation] = await resolve(on('disk', 'disk_test', undefined, { admitted: ['input.new'] }));
  expect(slugsOf(operation?.environments)).toEqual(EVERYTHING);
  expect(operation?.targets.map(({ kind }) => kind)).toEqual(['disk', 'unreviewed']);
});

describe('ids that are not there', () => {
  test('are asked once in half a minute, and twenty a minute for one client', async () => {
    const world = acme();
    const resolving = resolverOf(world);
    const ask = (id: string, client?: string) => resolving(on('disk', id), client).catch(({ message }) => message);
    await ask('n_0');
    await ask('n_0');
    expect(world.asked).toHaveLength(1);
    for (let n = 1; n < 20; n += 1) await ask(`n_${n}`);
    expect(await ask('disk_test')).toContain('no more are looked up for now');
    expect(world.asked).toHaveLength(20);
    expect(await ask('disk_test', 'cli_2')).toMatchObject([{ name: 'doIt' }]);
    world.now += 60_000;
    expect(await ask('disk_test')).toMatchObject([{ name: 'doIt' }]);
  });
});
