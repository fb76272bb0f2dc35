import { type MemberKey, selectorsByField } from '../selectors.ts';
import type { EnvironmentFacts } from './inventory/facts.ts';

/** What environments of a connection to Railway stand for: its environments by id, or all forks in a project. */
export const SELECTORS = selectorsByField([
  { name: 'environment_ids', noun: 'environment', title: 'environments', ephemeral: false, before: '', most: 200 },
  {
    name: 'ephemeral_of',
    noun: 'project',
    title: 'every fork in a project',
    ephemeral: true,
    before: 'forks in ',
    most: 50,
  },
]);

/** Every key by which an environment can be named: by its own id before by that of its project. */
export function membersOf({
  id,
  projectId,
  ephemeral,
}: Pick<EnvironmentFacts, 'id' | 'projectId' | 'ephemeral'>): readonly MemberKey[] {
  const own = `environment_ids:${id}`;
  return ephemeral ? [own, `ephemeral_of:${projectId}`] : [own];
}
