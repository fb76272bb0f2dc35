import { describe, expect, test } from 'vitest';
import { classify } from '../../../../../test/support/graphql/classify.ts';

/** `name:effect` of each operation, in order. */
function judged(query: string, options: Parameters<typeof classify>[1] = {}): string[] {
  return classify(query, options).operations.map(({ name, effect }) => `${name}:${effect}`);
}

describe('a document is judged by what it executes', () => {
  test.each<[string, string, string[]]>([
    ['a query', '{ environment(id: "e") { id name } }', ['environment:read']],
    ['a mutation', 'mutation { volumeDelete(volumeId: "v") }', ['volumeDelete:destroy']],
    [
      'one field under two aliases',
      'mutation { a: volumeDelete(volumeId: "v") b: volumeDelete(volumeId: "w") }',
      ['volumeDelete:destroy', 'volumeDelete:destroy'],
    ],
    [
      'an alias that names something harmless',
      'mutation { ping: volumeDelete(volumeId: "v") }',
      ['volumeDelete:destroy'],
    ],
    ['a name that is query and mutation', '{ invite(projectId: "p") }', ['query.invite:escalate']],
    ['the mutation of that name', 'mutation { invite(projectId: "p") }', ['mutation.invite:escalate']],
    [
      'a fragment',
      'mutation { ...F } fragment F on Mutation { volumeDelete(volumeId: "v") }',
      ['volumeDelete:destroy'],
    ],
    ['an inline fragment without a type', 'mutation { ... { volumeDelete(volumeId: "v") } }', ['volumeDelete:destroy']],
    ['a field that is skipped', 'mutation { ping @skip(if: true) }', ['ping:write']],
    [
      'a fragment that is not included',
      'mutation { ping ... @include(if: false) { volumeDelete(volumeId: "v") } }',
      ['ping:write', 'volumeDelete:destroy'],
    ],
    ['a nested reveal', '{ environment(id: "e") { config } }', ['environment:read', 'Environment.config:reveal']],
    [
      'a nested reveal raised by its argument',
      '{ environment(id: "e") { config(decrypt: true) } }',
      ['environment:read', 'Environment.config:escalate'],
    ],
    [
      'what leads out',
      '{ environment(id: "e") { source { config } } }',
      ['environment:read', 'Environment.source:read', 'Environment.config:reveal'],
    ],
    [
      'what leads to a shared object from an environment',
      '{ environment(id: "e") { project { name } } }',
      ['environment:read', 'Environment.project:read'],
    ],
    [
      'an environment given by id',
      '{ project(id: "p") { environment(id: "e") { name } } }',
      ['project:read', 'Project.environment:read'],
    ],
    ['the worst member of an interface', '{ node(id: "n") { id secret } }', ['node:read', 'Node.secret:reveal']],
    ['one member of an interface', '{ node(id: "n") { ... on Project { secret } } }', ['node:read']],
    ['another member of it', '{ node(id: "n") { ... on Volume { secret } } }', ['node:read', 'Volume.secret:reveal']],
    ['an interface inside a union', '{ hits { ... on Node { secret } } }', ['hits:read', 'Node.secret:reveal']],
    [
      'an interface where the type is known',
      '{ environment(id: "e") { ... on Node { secret } } }',
      ['environment:read'],
    ],
    ['a nested read that stays', '{ environment(id: "e") { volumes { id size } } }', ['environment:read']],
    [
      'a nested field raised by an enum',
      '{ environment(id: "e") { volumes(state: DELETED) { id } } }',
      ['environment:read', 'Environment.volumes:reveal'],
    ],
    ['introspection', '{ __schema { types { name } } }', ['__schema:read']],
    ['introspection of a type', '{ __type(name: "Query") { name fields { name } } }', ['__type:read']],
    ['only a type name', '{ __typename }', ['__typename:read']],
    ['a type name next to something', 'mutation { __typename ping }', ['ping:write']],
    [
      'leading comments, commas and a byte order mark',
      '\ufeff# query {\n,,, mutation { volumeDelete(volumeId: "v") }',
      ['volumeDelete:destroy'],
    ],
  ])('%s', (_, query, expected) => {
    expect(judged(query)).toEqual(expected);
  });

  test('the operation that operationName picks, not the first', () => {
    const query = 'query A { environment(id: "e") { id } } mutation B { volumeDelete(volumeId: "v") }';
    expect(judged(query, { operationName: 'B' })).toEqual(['volumeDelete:destroy']);
    expect(judged(query, { operationName: 'A' })).toEqual(['environment:read']);
  });
});

describe('arguments are judged as the server sees them', () => {
  const UPDATE =
    'mutation ($input: VolumeInput!, $e: String) { volumeUpdate(volumeId: "v", input: $input, environmentId: $e) { id } }';

  test.each<[string, Record<string, unknown>, string]>([
    ['nothing set', { input: {} }, 'write'],
    ['an enum in a variable', { input: { state: 'DELETED' } }, 'destroy'],
    ['another value of it', { input: { state: 'READY' } }, 'write'],
    ['an empty list', { input: { labels: [] } }, 'destroy'],
    ['one value where a list is wanted', { input: { labels: 'x' } }, 'write'],
    ['null in any element of a list', { input: { nested: [{ name: 'a' }, { name: null }] } }, 'execute'],
    ['null in the one element given without a list', { input: { nested: { name: null } } }, 'execute'],
    ['null where omitting is harmless', { input: {}, e: null }, 'execute'],
    ['given where null is not', { input: {}, e: 'e' }, 'write'],
  ])('%s', (_, variables, effect) => {
    expect(judged(UPDATE, { variables })).toEqual([`volumeUpdate:${effect}`]);
  });

  test('defaults of variables, arguments and input fields are filled in; omitted and null stay apart', () => {
    const query = 'mutation ($c: Boolean = true, $n: JSON) { settingsPatch(patch: {a: [1, x, $n]}, commit: $c) }';
    expect(classify(query, { variables: { n: null } }).operations[0]).toMatchObject({
      effect: 'destroy',
      base_effect: 'write',
      arguments: { patch: { a: [1, 'x', null] }, commit: true },
      secret_arguments: ['patch'],
    });
    const update = 'mutation ($e: String) { volumeUpdate(volumeId: 7, input: {name: null}, environmentId: $e) { id } }';
    expect(() => classify(update)).toThrow('not valid');
    const fixed = update.replace('7', '"7"');
    expect(classify(fixed).operations[0]?.arguments).toEqual({ volumeId: '7', input: { name: null } });
    expect(classify(fixed, { variables: { e: null } }).operations[0]?.arguments).toHaveProperty('environmentId', null);
    const upsert = 'mutation { variablesUpsert(input: {environmentId: "e", variables: {}}) }';
    expect(classify(upsert).operations[0]?.arguments).toEqual({
      input: { environmentId: 'e', variables: {}, replace: false },
    });
  });

  test('block strings are judged by their value', () => {
    const query = 'mutation { volumeDelete(volumeId: """\n    v\n      w\n  """) }';
    expect(classify(query).operations[0]?.arguments).toEqual({ volumeId: 'v\n  w' });
  });
});

describe('a nested operation says where it lies', () => {
  test('parent is its root and under the last place that was settled', () => {
    const query =
      '{ a: environment(id: "e") { id } environment(id: "e") { config source { project { name } config } } }';
    const { operations } = classify(query);
    expect(operations.map(({ name, parent, note }) => [name, parent, note.at === 'nested' && note.under])).toEqual([
      ['environment', undefined, false],
      ['environment', undefined, false],
      ['Environment.config', 1, 1],
      ['Environment.source', 1, 1],
      ['Environment.project', 1, 3],
      ['Environment.config', 1, 3],
    ]);
  });

  test.each<[string, boolean]>([
    ['{ project(id: "p") { environments { edges { cursor node { id name __typename } } } } }', true],
    ['{ project(id: "p") { environments { edges { node { id project { secret } } } } } }', true],
    ['{ project(id: "p") { environments { edges { node { id secret } } } } }', false],
    ['{ project(id: "p") { environments { edges { node { id config } } } } }', false],
    ['{ project(id: "p") { environments { edges { node { volumes { id } } } } } }', false],
  ])('only directory fields below a way out: %s', (query, directoryOnly) => {
    const out = classify(query).operations.find(({ name }) => name === 'Project.environments');
    expect(out?.note.directory_only).toBe(directoryOnly);
  });
});

describe('an override', () => {
  test('raises a known operation, and its base effect', () => {
    const overrides = new Map([['ping', 'destroy'] as const]);
    expect(classify('mutation { ping }', { overrides }).operations[0]).toMatchObject({
      effect: 'destroy',
      base_effect: 'destroy',
    });
  });

  test('never lowers one', () => {
    const overrides = new Map([['volumeDelete', 'read'] as const]);
    expect(judged('mutation { volumeDelete(volumeId: "v") }', { overrides })).toEqual(['volumeDelete:destroy']);
  });

  test('gives an unreviewed operation an effect; it then reaches everything', () => {
    const overrides = new Map([['unreviewed', 'write'] as const]);
    const [operation] = classify('{ unreviewed }', { overrides }).operations;
    expect(operation).toMatchObject({ effect: 'write', note: { review: { reach: { in: 'everything' } } } });
  });

  test('gives an unreviewed field an effect; it then leads anywhere', () => {
    const overrides = new Map([['Environment.unreviewed', 'read'] as const]);
    const { operations } = classify('{ environment(id: "e") { unreviewed } }', { overrides });
    expect(operations[1]).toMatchObject({ name: 'Environment.unreviewed', note: { step: 'out' } });
  });

  test.each<[string, string]>([
    ['Volume.id', '{ node(id: "n") { id } }'],
    ['Node.id', '{ node(id: "n") { ... on Volume { id } } }'],
    ['Node.id', '{ node(id: "n") { id } }'],
  ])('of %s counts at every place where that field can be reached: %s', (name, query) => {
    expect(judged(query)).toEqual(['node:read']);
    expect(judged(query, { overrides: new Map([[name, 'reveal'] as const]) })[1]).toMatch(/id:reveal$/);
  });

  test('of one member never hides what another does', () => {
    const overrides = new Map([['Volume.secret', 'read'] as const]);
    expect(judged('{ node(id: "n") { secret } }', { overrides })).toEqual(['node:read', 'Node.secret:reveal']);
  });

  test('that makes a directory field worse than a read ends the directory rule above it', () => {
    const query = '{ project(id: "p") { environments { edges { node { id name } } } } }';
    const overrides = new Map([['Environment.name', 'reveal'] as const]);
    const { operations } = classify(query, { overrides });
    expect(operations.map(({ name }) => name)).toEqual(['project', 'Project.environments', 'Environment.name']);
    expect(operations[1]?.note.directory_only).toBe(false);
    expect(classify(query).operations[1]?.note.directory_only).toBe(true);
  });
});
