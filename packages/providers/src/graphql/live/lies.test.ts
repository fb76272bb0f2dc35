import { WritError } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { TEST_CATALOG } from '../../../../../test/support/graphql/catalog.ts';
import { engine, post, refusal } from '../../../../../test/support/graphql/classify.ts';
import { admissionFrom, type Change, introspect, judge, liveSchema } from '../../../../../test/support/graphql/live.ts';
import { compareSchema, shapeOf } from './compare.ts';
import { introspectionAnswer, readIntrospection } from './introspection.ts';

const update = (input: string) => `mutation { volumeUpdate(volumeId: "v", input: ${input}) { id } }`;

describe('a lying schema gains nothing', () => {
  const lies: Change = {
    add: {
      'type Query': 'ours: Volume\n inputAsOutput: VolumeState\n any: Ours\n all: Everything',
      'type Mutation': 'take(input: VariablesInput): Boolean',
      'enum VolumeState': 'OURS',
    },
    define: `type Evil implements Node { id: ID! secret: String!, config: JSON } interface Ours { secret: String }
      union Everything = Evil | Volume`,
    replace: {
      'secret: String': 'secret: String!',
      'volumeDelete(volumeId: String!): Boolean!': 'volumeDelete(volumeId: String): String',
      'environmentId: String!': 'environmentId: String, extra: JSON',
      'union Hit = Environment | Volume': 'union Hit = Environment | Volume | Evil',
      'variables: JSON!': 'variables: String',
    },
  };
  const lied = liveSchema(lies);
  const all = compareSchema(TEST_CATALOG, lied)
    .new.filter(({ refused }) => refused === undefined)
    .map(({ name, part, least }) => admissionFrom(lied, name, least, part));
  const admitted = engine.admitting(all);

  test('what the catalog knows is judged as before, with anything else admitted', () => {
    for (const query of [
      '{ node(id: "n") { secret } }',
      'mutation { volumeDelete(volumeId: "v") }',
      '{ hits { ... on Volume { secret } } }',
      '{ environment(id: "e") { config(decrypt: true) volumes(state: DELETED) { id } } }',
      'mutation { variablesUpsert(input: { environmentId: "e", variables: { A: null }, replace: true }) }',
    ]) {
      expect(judge(admitted, query)).toEqual(judge(engine, query));
    }
    for (const query of [
      'mutation { volumeDelete(volumeId: null) }',
      'mutation { volumeDelete }',
      'mutation { variablesUpsert(input: { variables: {} }) }',
    ]) {
      expect(refusal(() => judge(admitted, query)).code).toBe('request_not_understood');
    }
  });

  test('a type that is new stands behind no interface or union of the catalog', () => {
    for (const query of ['{ node(id: "n") { ... on Evil { id } } }', '{ hits { ... on Evil { id } } }']) {
      expect(refusal(() => judge(admitted, query)).code).toBe('request_not_understood');
    }
  });

  test('a field that is called like those that only name a thing is read where the thing is', () => {
    const named = liveSchema({ add: { 'type Environment': 'cursor: String' } });
    const on = engine.admitting([admissionFrom(named, 'Environment.cursor')]);
    const directory = (query: string) =>
      on
        .classify({ request: post(JSON.stringify({ query })) }, new Map())
        .operations.map(({ note }) => note.directory_only)
        .at(-1);
    expect(directory('{ project(id: "p") { environments { edges { cursor node { id } } } } }')).toBe(true);
    expect(directory('{ project(id: "p") { environments { edges { node { cursor } } } } }')).toBe(false);
  });

  test('a new interface adds no field: what it leads to is judged by the types themselves', () => {
    expect(refusal(() => judge(admitted, '{ any { secret } }')).code).toMatch(/unknown|understood/);
    expect(judge(admitted, '{ all { ... on Volume { secret } } }')).toEqual([
      'all: read, everything',
      'Volume.secret: reveal, same',
    ]);
  });

  test('a type of the catalog is never one of another kind', () => {
    const swapped = introspect({ add: { 'type Query': 'bad: VolumeInput2' }, define: 'type VolumeInput2 { id: ID }' });
    const text = JSON.stringify(swapped).replaceAll('VolumeInput2', 'VariablesInput2');
    const schema = readIntrospection(introspectionAnswer.parse(JSON.parse(text)));
    expect(compareSchema(TEST_CATALOG, schema).new.find(({ name }) => name === 'bad')?.refused).toBeUndefined();
    const other = liveSchema({
      replace: {
        'input VariablesInput': 'type VariablesInput',
        'input: VariablesInput!': 'input: JSON',
        '= false': '',
      },
      add: { 'type Query': 'bad: VariablesInput' },
    });
    const bad = compareSchema(TEST_CATALOG, other).new.find(({ name }) => name === 'bad');
    expect(bad?.refused).toContain('contradict the catalog');
    expect(shapeOf(TEST_CATALOG, other, { operation: 'bad', part: '' })).toBeUndefined();
  });

  test('another shape under the same name is another thing', () => {
    const of = (type: string) =>
      shapeOf(TEST_CATALOG, liveSchema({ add: { 'type Query': `fresh: ${type}` }, define: 'type Fresh { id: ID }' }), {
        operation: 'fresh',
        part: '',
      });
    expect(of('Boolean')).not.toEqual(of('Fresh'));
    expect(of('[Fresh!]')).not.toEqual(of('Fresh'));
  });

  test('what the catalog came to know by itself is the catalog’s', () => {
    const live = liveSchema({
      add: { 'type Mutation': 'volumeWipe: Boolean', 'enum VolumeState': 'SHREDDED' },
    });
    const mine = admissionFrom(live, 'volumeWipe', 'write');
    const known = { ...mine, operation: 'volumeDelete', shape: { ...mine.shape, field: 'volumeDelete' } };
    const value = {
      ...admissionFrom(live, 'volumeUpdate', 'write', 'input.state=SHREDDED'),
      part: 'input.state=DELETED',
    };
    const late = engine.admitting([
      known,
      { ...value, shape: { kind: 'value', enum: 'VolumeState', value: 'DELETED' } },
    ]);
    expect(judge(late, 'mutation { volumeDelete(volumeId: "v") }')).toEqual(['volumeDelete: destroy, resource']);
    expect(judge(late, update('{ state: DELETED }'))).toEqual(['volumeUpdate: destroy, resource']);
  });
});

describe('an answer that is no schema is not read', () => {
  const good = introspect({});
  const type = (name: string) => good.__schema.types.find((each) => each.name === name);
  const with_ = (change: (types: Record<string, unknown>[]) => unknown) => {
    const copy = structuredClone(good) as unknown as { __schema: { types: Record<string, unknown>[] } };
    const types = change(copy.__schema.types);
    return { __schema: { ...copy.__schema, types } };
  };
  const read = (answer: unknown) => readIntrospection(introspectionAnswer.parse(answer));

  test.each<[string, unknown]>([
    ['nothing', {}],
    ['no types', with_(() => [])],
    ['a name with a line end', with_((types) => [...types, { kind: 'SCALAR', name: 'A\nB' }])],
    ['a name for introspection', with_((types) => [...types, { kind: 'SCALAR', name: '__proto__' }])],
    ['a type twice', with_((types) => [...types, type('Volume')])],
    [
      'a field twice',
      with_((types) =>
        types.map((each) =>
          each['name'] === 'Volume'
            ? { ...each, fields: [...(each['fields'] as []), ...(each['fields'] as [])] }
            : each,
        ),
      ),
    ],
    ['a type that is missing', with_((types) => types.filter(({ name }) => name !== 'Volume'))],
    [
      'an interface that is not met',
      with_((types) =>
        types.map((each) =>
          each['name'] === 'Volume'
            ? { ...each, fields: (each['fields'] as { name: string }[]).filter(({ name }) => name !== 'id') }
            : each,
        ),
      ),
    ],
    ['a kind that is none', with_((types) => [...types, { kind: 'DIRECTIVE', name: 'X' }])],
    ['another root', { __schema: { ...good.__schema, queryType: { name: 'Mutation' } } }],
    [
      'too many types',
      with_((types) => [...types, ...Array.from({ length: 10_000 }, (_, n) => ({ kind: 'SCALAR', name: `S${n}` }))]),
    ],
  ])('%s', (_, answer) => {
    expect(() => read(answer)).toThrow();
    try {
      read(answer);
    } catch (error) {
      if (error instanceof WritError)
        expect(error.extras.detail).toMatch(/^The provider's live schema cannot be used: [\x20-\x7e…]*$/);
    }
  });

  test('what the provider says is cut where no character is halved, for no database takes a half', () => {
    const words = 'x'.repeat(298);
    const { descriptions } = liveSchema({ add: { 'type Query': `"${words}\u{1f600}\u{1f600}" chatty: Int` } });
    expect(descriptions['Query.chatty']).toBe(`${words}…`);
    const half = {
      kind: 'INPUT_OBJECT',
      name: 'Half',
      inputFields: [{ name: 'x', type: { kind: 'SCALAR', name: 'String' }, defaultValue: '"\ud83d"' }],
    };
    expect(() => read(with_((types) => [...types, half]))).toThrow();
  });

  test('nor does a schema that repeats the catalog word for word have anything new', () => {
    expect(compareSchema(TEST_CATALOG, read(good))).toEqual({ new: [], missing: [], changed: [] });
  });
});
