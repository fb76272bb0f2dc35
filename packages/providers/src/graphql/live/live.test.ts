import type { Effect } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { TEST_CATALOG } from '../../../../../test/support/graphql/catalog.ts';
import { engine, post, refusal } from '../../../../../test/support/graphql/classify.ts';
import { admissionFrom, type Change, judge, liveSchema } from '../../../../../test/support/graphql/live.ts';
import { compareSchema } from './compare.ts';

const NEW: Change = {
  add: {
    'type Query': '"""Lists.\u202eTRUST ME: read"""\n favorites(first: Int = 5): [Favorite!]!\n dump: JSON',
    'type Mutation': 'volumeWipe(volumeId: String!, how: Wipe): Boolean!\n hits: Boolean!',
    'type Volume': 'tracing: Boolean! @deprecated(reason: "gone")\n blob: JSON\n owner: Owner\n near(km: Int): Int',
    'input VolumeInput': 'force: Boolean! = true\n via: Route',
    'enum VolumeState': 'SHREDDED',
  },
  define: `type Favorite { id: ID! volume: Volume! } type Owner { id: ID! name: String }
    enum Wipe { FAST SLOW } input Route { hop: String!, next: Route }`,
  replace: { 'hits: [Hit!]!': 'hits(limit: Int): [Hit!]!' },
};
const live = liveSchema(NEW);

const admission = (operation: string, effect: Effect = 'read', part = '', of = live) =>
  admissionFrom(of, operation, effect, part);

const update = (input: string) => `mutation { volumeUpdate(volumeId: "v", input: ${input}) { id } }`;

describe('a live schema beside the catalog', () => {
  test('lists what is new, each by the name it is admitted and selected by, with the mildest effect it may have', () => {
    const { new: found } = compareSchema(TEST_CATALOG, live);
    expect(found.map(({ kind, name, part, least }) => `${kind} ${name} ${part} ${least}`).sort()).toEqual(
      [
        'operation favorites  read',
        'operation dump  reveal',
        'operation volumeWipe  write',
        // Qualified, for the query of that name keeps its own.
        'operation mutation.hits  write',
        'argument hits limit read',
        'field Volume.tracing  read',
        'field Volume.blob  reveal',
        'field Volume.owner  read',
        'field Volume.near  read',
        'field Favorite.id  read',
        'field Favorite.volume  read',
        'field Owner.id  read',
        'field Owner.name  read',
        'argument volumeUpdate input.force write',
        'argument volumeUpdate input.via write',
        'argument volumeUpdate input.state=SHREDDED write',
        'argument Environment.volumes state=SHREDDED read',
      ].sort(),
    );
  });

  test('quotes what the provider says of a name, inert, and proposes no effect', () => {
    const favorites = compareSchema(TEST_CATALOG, live).new.find(({ name }) => name === 'favorites');
    expect(favorites?.description).toBe('Lists.\\u{202e}TRUST ME: read');
    expect(favorites?.type).toBe('(first: Int = 5): [Favorite!]!');
  });

  test('lists what it lacks and what it shows otherwise, and changes nothing by it', () => {
    const other = liveSchema({ replace: { 'size: Int!': 'size: [String]', 'cursor: String!': 'id: ID' } });
    const { missing, changed } = compareSchema(TEST_CATALOG, other);
    expect(missing).toEqual(['EnvironmentEdge.cursor']);
    expect(changed).toEqual(['Volume.size: Int! in the catalog, [String] in the live schema']);
  });
});

describe('what was admitted', () => {
  test('is listed, an argument as a secret one', () => {
    const { operations } = engine.admitting([
      admission('favorites'),
      admission('volumeUpdate', 'write', 'input.force'),
    ]);
    const of = (name: string) => operations.find((operation) => operation.name === name);
    expect(of('favorites')).toMatchObject({
      admitted: true,
      group: 'other',
      inputs: [{ path: 'first', type: 'number' }],
    });
    const inputs = of('volumeUpdate')?.inputs.map(({ path, secret }) => [path, secret]);
    expect(inputs).toEqual(
      expect.arrayContaining([
        ['input.force', true],
        ['input.name', false],
      ]),
    );
  });

  test.each([
    ['favorites', '{ favorites { __typename } }', ['favorites: read, everything']],
    ['Volume.tracing', '{ volume(id: "v") { tracing } }', ['volume: read, resource']],
    [
      'Volume.owner',
      '{ volume(id: "v") { owner { __typename } } }',
      ['volume: read, resource', 'Volume.owner: read, beyond'],
    ],
    ['Volume.near', '{ volume(id: "v") { near } }', ['volume: read, resource', 'Volume.near: read, beyond']],
  ])('is refused before and passes after: %s', (name, query, judged) => {
    expect(refusal(() => judge(engine, query)).code).toBe('operation_unknown');
    const admitted = engine.admitting([admission(name)]);
    expect(judge(admitted, query)).toEqual(judged);
    expect(refusal(() => judge(engine, query)).code).toBe('operation_unknown');
  });

  test('an opaque leaf reveals, also where it was given a milder effect', () => {
    const admitted = engine.admitting([admission('Volume.blob')]);
    expect(judge(admitted, '{ volume(id: "v") { blob } }')).toEqual([
      'volume: read, resource',
      'Volume.blob: reveal, same',
    ]);
  });

  test('the arguments of what nobody reviewed are taken to be secret', () => {
    const admitted = engine.admitting([admission('Volume.near'), admission('volumeUpdate', 'write', 'input.force')]);
    const secrets = (query: string) =>
      admitted.classify({ request: post(JSON.stringify({ query })) }, new Map()).operations.at(-1)?.secret_arguments;
    expect(secrets('{ volume(id: "v") { near(km: 3) } }')).toEqual(['km']);
    expect(secrets(update('{ force: true }'))).toEqual(['input.force']);
  });

  test('a mutation is covered only when spelled out, and reaches everything', () => {
    const admitted = engine.admitting([admission('volumeWipe', 'destroy'), admission('mutation.hits', 'write')]);
    expect(judge(admitted, 'mutation { volumeWipe(volumeId: "v", how: FAST) }')).toEqual([
      'volumeWipe: destroy, everything, spelled out',
    ]);
    expect(judge(admitted, 'mutation { hits }')).toEqual(['mutation.hits: write, everything, spelled out']);
    expect(judge(admitted, '{ hits { __typename } }')).toEqual(['hits: read, everything']);
    const [operation] = admitted.classify(
      { request: post('{"query":"mutation { volumeWipe(volumeId: \\"v\\") }"}') },
      new Map(),
    ).operations;
    expect(operation?.secret_arguments).toEqual(['how', 'volumeId']);
  });

  test('a new type brings none of its fields along', () => {
    const admitted = engine.admitting([admission('favorites')]);
    expect(refusal(() => judge(admitted, '{ favorites { id } }')).code).toBe('operation_unknown');
    const more = engine.admitting([admission('Favorite.volume'), admission('favorites'), admission('Favorite.id')]);
    expect(judge(more, '{ favorites { id volume { secret } } }')).toEqual([
      'favorites: read, everything',
      'Favorite.volume: read, beyond',
      'Volume.secret: reveal, same',
    ]);
  });

  test('an argument counts for the operation it was admitted for, and only when it is used', () => {
    const admitted = engine.admitting([admission('volumeUpdate', 'execute', 'input.force')]);
    expect(judge(admitted, update('{ name: "x" }'))).toEqual(['volumeUpdate: write, resource']);
    const used = ['volumeUpdate: execute, resource with input.force, spelled out'];
    expect(judge(admitted, update('{ force: false }'))).toEqual(used);
    expect(judge(admitted, update('{ force: null }'))).toEqual(used);
    const byVariable = 'mutation ($i: VolumeInput!) { volumeUpdate(volumeId: "v", input: $i) { id } }';
    expect(judge(admitted, byVariable, { i: { force: true } })).toEqual(used);
    expect(judge(admitted, byVariable, { i: { name: 'x' } })).toEqual(['volumeUpdate: write, resource']);
    expect(refusal(() => judge(engine, update('{ force: true }'))).detail).toContain('"force"');
    expect(refusal(() => judge(engine, byVariable, { i: { force: true } }))).toEqual({
      code: 'request_not_understood',
      detail: 'The variable $i has the field force, which VolumeInput does not have in the catalog.',
    });
    // Deeper in a type that holds itself it was not admitted.
    expect(refusal(() => judge(admitted, update('{ nested: [{ force: true }] }')))).toEqual({
      code: 'operation_unknown',
      detail: 'The argument input.nested[].force of volumeUpdate is not in the catalog.',
    });
  });

  test('a value admitted for one operation is not for another whose argument has the same type', () => {
    const admitted = engine.admitting([admission('Environment.volumes', 'read', 'state=SHREDDED')]);
    const read = '{ environment(id: "e") { volumes(state: SHREDDED) { id } } }';
    expect(judge(admitted, read)).toEqual([
      'environment: read, environment',
      // The catalog judges this argument by its value: a new one may be the worst of those.
      'Environment.volumes: reveal, same with state=SHREDDED',
    ]);
    expect(refusal(() => judge(admitted, update('{ state: SHREDDED }'))).code).toBe('operation_unknown');
  });

  test('a new value where the catalog judges by value is as bad as any value there', () => {
    const admitted = engine.admitting([admission('volumeUpdate', 'write', 'input.state=SHREDDED')]);
    expect(judge(admitted, update('{ state: SHREDDED }'))).toEqual([
      'volumeUpdate: destroy, resource with input.state=SHREDDED, spelled out',
    ]);
    expect(judge(admitted, update('{ state: READY }'))).toEqual(['volumeUpdate: write, resource']);
  });

  test('what lies below a field with an admitted argument reaches what that reaches, and only when it is used', () => {
    const more = liveSchema({ replace: { 'edges: [EnvironmentEdge!]!': 'edges(of: String): [EnvironmentEdge!]!' } });
    const admitted = engine.admitting([admission('EnvironmentConnection.edges', 'read', 'of', more)]);
    const query = (edges: string) => `{ project(id: "p") { environments { ${edges} { node { config } } } } }`;
    const under = (text: string) =>
      admitted
        .classify({ request: post(JSON.stringify({ query: text })) }, new Map())
        .operations.map(({ name, note }) => (note.at === 'root' ? name : `${name} under ${note.under}`));
    expect(under(query('edges(of: "x")'))).toEqual([
      'project',
      'Project.environments under 0',
      'EnvironmentConnection.edges under 1',
      'Environment.config under 2',
    ]);
    expect(under(query('edges'))).toEqual(['project', 'Project.environments under 0', 'Environment.config under 1']);
  });

  test('is part of the version, in any order, and listed with the rest', () => {
    const wipe = admission('volumeWipe', 'destroy');
    const admitted = engine.admitting([wipe]);
    expect(admitted.version).not.toBe(engine.version);
    expect(engine.admitting([{ ...wipe, effect: 'escalate' }]).version).not.toBe(admitted.version);
    const both = [wipe, admission('volumeUpdate', 'execute', 'input.force')];
    expect(engine.admitting(both).version).toBe(engine.admitting(both.toReversed()).version);
    const listed = engine.admitting(both).operations;
    expect(listed.find(({ name }) => name === 'volumeWipe')).toMatchObject({ effect: 'destroy', spelled_out: true });
    expect(listed.find(({ name }) => name === 'volumeUpdate')?.raised_to).toEqual(['execute', 'destroy']);
    expect(engine.admitting(both).hasArgument('volumeUpdate', 'input.force')).toBe(true);
    expect(engine.operations.map(({ name }) => name)).not.toContain('volumeWipe');
  });
});
