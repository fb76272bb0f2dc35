import type { Need } from '../../reach/knowledge.ts';
import type { Sought } from '../../reach/located.ts';
import type { Filled, Found, ProjectFacts } from './facts.ts';
import type { Inventory } from './inventory.ts';
import { noAnswer } from './unresolved.ts';

/** What is sought, how new the answer must be, and how it is recognised in a project. */
export interface Search {
  readonly sought: Sought;
  readonly need: Need;
  pick(
    sought: Sought,
    project: ProjectFacts,
    filled: readonly Filled[],
  ): Found | undefined | Promise<Found | undefined>;
}

/**
 * Looks through the project where the thing was last seen, and if it is not there through all. An id is only ever in one
 * project; one that appears in two makes the provider's answers worthless.
 */
export async function seek(inventory: Inventory, { sought, need, pick }: Search): Promise<Found | undefined> {
  const look = async (project: ProjectFacts) => pick(sought, project, await inventory.filled(project, need));
  const home = await inventory.home(`${sought.kind}:${sought.id}`, need);
  const atHome = home && (await look(home));
  if (atHome) return atHome;
  const found: Found[] = [];
  for (const project of await inventory.projects(need)) {
    const located = await look(project);
    if (located) found.push(located);
  }
  if (found.length > 1) throw noAnswer(`${sought.kind} ${sought.id}`);
  return found[0];
}
