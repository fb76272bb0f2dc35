import { buildSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { engine } from '../../../../../test/support/graphql/classify.ts';
import { argumentInputs } from './arguments.ts';

const listed = (name: string) => engine.operations.find((operation) => operation.name === name);

describe('the list of operations', () => {
  test('has every reviewed root, qualified where it is query and mutation', () => {
    const names = engine.operations.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    expect(names).toEqual(
      expect.arrayContaining(['volumeDelete', 'query.invite', 'mutation.invite', '__schema', '__type']),
    );
    expect(names).not.toContain('invite');
    expect(names).not.toContain('unreviewed');
  });

  test('has the nested fields that can be operations of their own, and no others', () => {
    const nested = engine.operations.map(({ name }) => name).filter((name) => /^[A-Z]/.test(name));
    expect(nested.sort()).toEqual([
      'Environment.config',
      'Environment.project',
      'Environment.source',
      'Environment.volumes',
      'Node.secret',
      'Project.environment',
      'Project.environments',
      'Volume.secret',
    ]);
  });

  test('says what arguments can raise an effect to', () => {
    expect(listed('volumeUpdate')).toMatchObject({ effect: 'write', raised_to: ['execute', 'destroy'] });
    expect(listed('Environment.config')).toMatchObject({ effect: 'reveal', raised_to: ['escalate'] });
    expect(listed('volumeDelete')).toMatchObject({ effect: 'destroy', raised_to: [], targets: ['volume:volumeId'] });
  });

  test('names the arguments by path, and does not follow an input type into itself', () => {
    expect(listed('volumeUpdate')?.arguments).toEqual([
      'volumeId',
      'input.state',
      'input.name',
      'input.labels[]',
      'environmentId',
    ]);
  });
});

describe('the inputs of an operation', () => {
  const input = (path: string) => listed('volumeUpdate')?.inputs.find((each) => each.path === path);

  test('are its arguments, each with its type', () => {
    for (const { name, inputs, arguments: paths } of engine.operations)
      expect(
        inputs.map(({ path }) => path),
        name,
      ).toEqual(paths);
    expect(input('volumeId')).toEqual({ path: 'volumeId', type: 'text', list: false, secret: false, required: true });
    expect(input('input.labels[]')).toMatchObject({ type: 'text', list: true, required: false });
    expect(input('input.state')).toMatchObject({ type: 'enum', values: expect.arrayContaining(['DELETED']) });
  });

  const types = `scalar Json scalar When enum Size { S L } input Part { id: ID! port: Int = 1 plan: Json more: [Part!] }
    type Query { make(part: Part!, parts: [Part!]!, at: When!, on: Boolean, size: Size! = S, whole: Json): Int }`;
  const { args = [] } = buildSchema(types).getQueryType()?.getFields()['make'] ?? {};

  test('are required where every call has them, secret where anything in them is, and opaque where only the provider knows', () => {
    const found = argumentInputs(args, { plain: ['When'], secret: ['parts[].plan', 'whole.keys.*'] });
    const words = found.map(({ path, type, values, ...is }) => {
      const marks = Object.entries(is).flatMap(([name, holds]) => (holds ? [name] : []));
      return [path, type, ...(values ?? []), ...marks].join(' ');
    });
    expect(words).toEqual([
      ...['part.id text required', 'part.port number', 'part.plan opaque'],
      ...['parts[].id text list required', 'parts[].port number list', 'parts[].plan opaque list secret'],
      ...['at text required', 'on boolean', 'size enum S L', 'whole opaque secret'],
    ]);
  });

  test('are secret in full where the argument is', () => {
    const secret = argumentInputs(args, { secret: ['part'] }).filter((each) => each.secret);
    expect(secret.map(({ path }) => path)).toEqual(['part.id', 'part.port', 'part.plan']);
  });
});

describe('hasArgument', () => {
  test.each<[string, string, boolean]>([
    ['volumeUpdate', 'volumeId', true],
    ['volumeUpdate', 'input.name', true],
    ['volumeUpdate', 'input.labels[]', true],
    ['volumeUpdate', 'input.nested[].nested[].name', true],
    ['volumeUpdate', 'input.labels', false],
    ['volumeUpdate', 'input.name[]', false],
    ['volumeUpdate', 'input.nested.name', false],
    ['volumeUpdate', 'input', false],
    ['volumeUpdate', 'input.nothing', false],
    ['volumeUpdate', 'volumeId.x', false],
    ['volumeUpdate', 'constructor', false],
    ['volumeUpdate', '', false],
    ['variablesUpsert', 'input.variables.ANY_NAME', true],
    ['variablesUpsert', 'input.variables.list[].x', true],
    ['variablesUpsert', 'input.variables..x', false],
    ['Environment.volumes', 'state', true],
    ['Environment.volumes', 'labels[]', true],
    ['Environment.config', 'decrypt', true],
    ['query.invite', 'projectId', true],
    ['invite', 'projectId', false],
    ['nothing', 'projectId', false],
    ['toString', 'length', false],
  ])('%s %s: %s', (operation, path, expected) => {
    expect(engine.hasArgument(operation, path)).toBe(expected);
  });
});
