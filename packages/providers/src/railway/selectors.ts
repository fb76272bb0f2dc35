import { type MemberKey, selectorsByField } from '../selectors.ts';

/** How an environment of a connection selects Railway's environments: by their ids, or as all forks of a project. */
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

/** What tells one environment of Railway from another. */
interface EnvironmentIds {
  readonly id: string;
  readonly projectId: string;
  /** True for a fork. */
  readonly ephemeral: boolean;
}

/** Every key by which an environment can be named: first its own id, then, for a fork, that of its project. */
export function membersOf({ id, projectId, ephemeral }: EnvironmentIds): readonly MemberKey[] {
  const own = `environment_ids:${id}`;
  return ephemeral ? [own, `ephemeral_of:${projectId}`] : [own];
}
