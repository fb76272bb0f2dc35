import { type MemberKey, selectorsByField } from '../selectors.ts';

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

/** What says which environment of Railway's is meant. */
interface EnvironmentIds {
  readonly id: string;
  readonly projectId: string;
  /** True for a fork. */
  readonly ephemeral: boolean;
}

/** Every key by which an environment can be named: by its own id before by that of its project. */
export function membersOf({ id, projectId, ephemeral }: EnvironmentIds): readonly MemberKey[] {
  const own = `environment_ids:${id}`;
  return ephemeral ? [own, `ephemeral_of:${projectId}`] : [own];
}
