import { expect, test } from 'vitest';
import { GROUPS } from './groups.ts';
import { railway } from './index.ts';

const spelled = railway.operations.map(({ name }) => {
  const bare = name.replace(/^(?:query|mutation)\./, '');
  return bare.slice(0, 1).toLowerCase() + bare.slice(1);
});

test('every operation of the catalog is in a group, and no group waits for a name that nothing has', () => {
  expect(railway.operations.filter(({ group }) => group === 'other').map(({ name }) => name)).toEqual([]);
  const names = GROUPS.flatMap((group) => group.names);
  const used = new Set(spelled.map((name) => names.find((prefix) => name.startsWith(prefix))));
  expect(names.filter((name) => !used.has(name))).toEqual([]);
});

test.each([
  ['volumeInstanceBackupRestore', 'backups'],
  ['volumeDelete', 'volumes'],
  ['serviceDomainCreate', 'domains'],
  ['serviceInstanceRedeploy', 'deployments'],
  ['serviceInstanceUpdate', 'services'],
  ['Project.services', 'projects'],
  ['mutation.sandboxTemplateBuild', 'sandboxes'],
])('%s is about %s', (name, group) => {
  expect(railway.operations.find((operation) => operation.name === name)?.group).toBe(group);
});
