/**
 * A made-up provider for the rules of `reach/`: teams hold sites, sites hold stages, and what is in them lies in stages. Nothing of it is
 * any real provider's, so that what a rule needs to know is only what `Directory` says.
 */
import type { Effect, Environment, ReachedEnvironment, ResolvedOperation } from '@writ/core';
import { makeClassified } from '@writ/core/steps';
import { expect } from 'vitest';
import type { Directory } from '../src/reach/directory.ts';
import type { Need } from '../src/reach/knowledge.ts';
import type { Container, Located, Place } from '../src/reach/located.ts';
import { Misses } from '../src/reach/misses.ts';
import { resolveRequest } from '../src/reach/resolve.ts';
import type { NestedNote, ReviewedOperation } from '../src/review/note.ts';
import type { OperationReview, ReachRule } from '../src/review/review.ts';
import { selectorsByField } from '../src/selectors.ts';

const stage = (id: string, ephemeral = false): Place => ({
  id,
  ephemeral,
  members: [`stages:${id}`, ...(ephemeral ? ['copies_of:shop'] : [])],
});

const site = (id: string, environments: readonly Place[]): Container => ({
  id,
  within: [`site:${id}`, 'team:owners'],
  partial: false,
  environments,
});

/** What one connection to Acme sees. A test may change it. */
export interface Acme {
  readonly sites: Container[];
  readonly things: Located[];
  readonly names: { readonly name: string; readonly environment: Place }[];
  /** Ids of what Acme says is the newest of its kind. */
  readonly latest: Set<string>;
  /** Ids of what is found when it is asked for, and stands in no list. */
  readonly unlisted: Set<string>;
  /** What was asked, and how new the answer had to be. */
  readonly asked: { readonly id: string; readonly since: number }[];
  /** Milliseconds. */
  now: number;
}

/** Two sites: `shop` with live, test and a copy, and `blog` with its own live. */
export function acme(): Acme {
  const [live, test, copy] = [stage('shop_live'), stage('shop_test'), stage('shop_copy', true)];
  const blogLive = stage('blog_live');
  const [shop, blog] = [site('shop', [live, test, copy]), site('blog', [blogLive])];
  const thing = (kind: string, id: string, container: Container, environments: readonly Place[]): Located => ({
    ...{ kind, id, name: id, containers: [container], extent: 'in', environments },
    within: container.within,
  });
  const holds = (kind: string, id: string, ...containers: readonly Container[]): Located => ({
    ...{ kind, id, containers, extent: 'inside', environments: containers.flatMap((each) => each.environments) },
    within: kind === 'site' ? ['team:owners'] : [],
  });
  const things = [
    ...[
      holds('team', 'owners', shop, blog),
      holds('team', 'others'),
      holds('site', 'shop', shop),
      holds('site', 'blog', blog),
    ],
    ...shop.environments.map((each) => thing('stage', each.id, shop, [each])),
    thing('stage', 'blog_live', blog, [blogLive]),
    thing('disk', 'disk_test', shop, [test]),
    thing('disk', 'disk_copy', shop, [copy]),
    thing('disk', 'disk_blog', blog, [blogLive]),
    thing('share', 'share_two', shop, [live, test]),
    thing('share', 'share_none', shop, []),
    thing('app', 'web', shop, [live, test]),
    thing('app', 'new', shop, []),
    thing('host', 'host_test', shop, [test]),
  ];
  const names = [
    { name: 'www.acme.example', environment: live },
    { name: '*.test.acme.example', environment: test },
  ];
  return {
    sites: [shop, blog],
    things,
    names,
    latest: new Set(),
    unlisted: new Set(),
    asked: [],
    now: 1_000_000_000_000,
  };
}

const SELECTORS = selectorsByField([
  { name: 'stages', noun: 'stage', title: 'stages', ephemeral: false, before: '', most: 9 },
  { name: 'copies_of', noun: 'site', title: 'copies', ephemeral: true, before: 'copies of ', most: 9 },
]);

function directoryOf(world: Acme): Directory {
  const seen = <T>(id: string, { since }: Need, value: T): T => {
    world.asked.push({ id, since });
    return value;
  };
  return {
    words: {
      title: 'Acme',
      environment: 'stage',
      container: 'site',
      outer: 'team',
      spanning: new Set(['share', 'app']),
      aside: new Set(['team', 'site', 'stage', 'app']),
      everywhere: new Set(['copyApp']),
      beyond: /^(?:team|people)$/,
      partial: 'This key sees one stage only.',
      creates: (member) => typeof member === 'object' && member !== null && 'make' in member,
    },
    selectors: SELECTORS,
    now: () => world.now,
    version: () => 0,
    locate: async ({ kind, id, of }, need) => {
      const found = world.things.find((each) => each.kind === kind && each.id === id);
      return seen(id, need, of === undefined || found?.within.includes(of) ? found : undefined);
    },
    containers: async (need) => seen('*', need, world.sites),
    known: async (need) =>
      seen(
        'known',
        need,
        world.things.filter(({ id }) => !world.unlisted.has(id)),
      ),
    namesInUse: async (need) => seen('names', need, world.names),
    isLatest: async ({ id }, need) => seen(id, need, world.latest.has(id)),
  };
}

const row = (slug: string, kind: Environment['kind'], selector: Environment['selector']): Environment => ({
  ...{ id: `env_${slug}`, slug, kind, selector },
});

/** The environments of the connection: of all that there is. */
export const ENVIRONMENTS: readonly Environment[] = [
  row('live', 'protected', { stages: ['shop_live'] }),
  row('test', 'other', { stages: ['shop_test'] }),
  row('copies', 'ephemeral', { copies_of: ['shop'] }),
  row('blog', 'protected', { stages: ['blog_live'] }),
];

/** A call of one root operation, and what is selected below it. */
export interface Call {
  readonly name?: string;
  readonly effect?: Effect;
  readonly review: Partial<OperationReview>;
  readonly arguments?: ReviewedOperation['arguments'];
  readonly directory_only?: boolean;
  readonly admitted?: readonly string[];
  /** Nested operations, each under the one before it unless it says under which. */
  readonly below?: readonly (Partial<NestedNote> & {
    readonly effect?: Effect;
    readonly arguments?: ReviewedOperation['arguments'];
  })[];
}

/** Resolves calls as the gateway would, with one memory of what was looked up in vain. */
export function resolverOf(world: Acme, environments = ENVIRONMENTS) {
  const [misses, settled] = [new Misses(() => world.now), new WeakMap()];
  return async (call: Call, client_id = 'cli_1'): Promise<readonly ResolvedOperation[]> => {
    const connection = { id: 'con_1', slug: 'acme', environments };
    const context = { connection, client_id, arrived: world.now };
    const forward = { method: 'POST', path: '/', query: '', headers: {}, body: new Uint8Array() };
    const classified = makeClassified({ forward, operations: operationsOf(call), catalog_version: '00' });
    const directory = directoryOf(world);
    return (await resolveRequest({ directory, misses, context, settled }, classified)).operations;
  };
}

function operationsOf({
  name = 'doIt',
  effect = 'destroy',
  review,
  below = [],
  ...call
}: Call): readonly ReviewedOperation[] {
  const root: ReviewedOperation = {
    ...{ name, effect, base_effect: effect, arguments: call.arguments ?? {}, secret_arguments: [] },
    note: {
      at: 'root',
      review: { effect, reach: { in: 'everything' }, why: '', ...review },
      directory_only: call.directory_only ?? false,
      ...(call.admitted && { admitted: call.admitted }),
    },
  };
  const nested = below.map(
    ({ effect: own = 'read', arguments: values = {}, ...note }, index): ReviewedOperation => ({
      ...{ name: `Part.${index}`, effect: own, base_effect: own, arguments: values, secret_arguments: [], parent: 0 },
      note: {
        at: 'nested',
        step: 'same',
        directory_only: false,
        beyond: false,
        under: index,
        path: 'doIt.part',
        ...note,
      },
    }),
  );
  return [root, ...nested];
}

/** Slugs of what an operation reaches, sorted. */
export const slugsOf = (reached: readonly ReachedEnvironment[] | undefined): readonly string[] =>
  (reached ?? []).map(({ slug }) => slug).sort();

/** Every environment of the connection, and that of its site `shop`. */
export const EVERYTHING = ['blog', 'copies', 'live', 'shared', 'test'];
export const SHOP = ['copies', 'live', 'shared', 'test'];

/** Resolves one call, with nothing known before. */
export const resolve = (call: Call, world: Acme = acme()) => resolverOf(world)(call);
/** The slugs that the last operation of a call reaches. */
export const reach = async (call: Call, world?: Acme) => slugsOf((await resolve(call, world)).at(-1)?.environments);
/** Resolves a call that must be refused as unresolved; returns the sentence. */
export async function expectUnresolved(call: Call, world?: Acme): Promise<string> {
  const error: unknown = await resolve(call, world).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'environment_unresolved' });
  return error instanceof Error ? error.message : '';
}

/** A call on one thing: its id is the argument `id`. */
export const on = (kind: string, id: string, rule: ReachRule = { in: 'resource' }, more: Partial<Call> = {}): Call => ({
  ...more,
  arguments: { id, ...more.arguments },
  review: { targets: [{ kind, path: 'id' }], reach: rule, ...more.review },
});
