import { describe, expect, test } from 'vitest';
import { engine } from '../../../../../test/support/graphql/classify.ts';

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
