import type { Effect, Operation } from '@writ/core';
import { isGraphqlOperation } from '../../graphql/operation.ts';
import type { EnvironmentFacts, ProjectFacts } from '../inventory/facts.ts';
import type { Need } from '../inventory/knowledge.ts';
import type { Located } from '../inventory/located.ts';
import { unresolved } from '../inventory/unresolved.ts';
import { type Reach, SHARED_REACH, union } from './reach.ts';
import type { References } from './references.ts';
import type { Resolving } from './resolving.ts';

/** Services these make appear in every environment that is not a fork; where the service they start from has instances does not count. */
const CREATE: ReadonlySet<string> = new Set(['serviceDuplicate', 'serviceFeatureFlagAdd']);

interface Judged {
  readonly operation: Operation;
  readonly references: References;
  readonly need: Need;
}

/** Applies the reach rule of an operation to what its arguments name. */
export async function applyRule(resolving: Resolving, { operation, references, need }: Judged): Promise<Reach> {
  const { rule, named, container, targets } = references;
  switch (rule.in) {
    case 'shared':
      return SHARED_REACH;
    case 'environment':
      if (rule.stored && named) return only(allOf(named.projects));
      return named ? only(named.environments) : everything(resolving, need);
    case 'resource':
      if (named) return only(named.environments);
      return targets.length > 0
        ? union(targets.map((each) => ofTarget(each, operation.effect)))
        : everything(resolving, need);
    case 'container':
      if (isFork(named)) return only(named.environments);
      return container ? ofContainer(container, operation.effect) : everything(resolving, need);
    case 'inside':
      if (rule.directory && isDirectoryRead(operation)) return SHARED_REACH;
      return container ? { shared: true, environments: environmentsOf(container) } : everything(resolving, need);
    case 'service':
      if (isFork(named)) return only(named.environments);
      return container ? ofService(container, operation) : everything(resolving, need);
    case 'everything':
      return everything(resolving, need);
  }
}

/** Reaches `shared` and every environment the credential reaches. */
export async function everything({ inventory }: Resolving, need: Need): Promise<Reach> {
  const projects = await inventory.projects(need);
  return { shared: true, environments: allOf(projects), everything: true };
}

/** Every environment of the projects. Throws where a project token hides all but its own. */
export function allOf(projects: readonly ProjectFacts[]): readonly EnvironmentFacts[] {
  if (projects.some((project) => project.partial)) {
    throw unresolved('A project token sees one environment only, and this call may reach others of the project.');
  }
  return projects.flatMap((project) => project.environments);
}

/** Kinds that can lie in several environments of their project. */
const SPANNING: ReadonlySet<string> = new Set(['service', 'volume', 'bucket', 'plugin']);

/** Reaches what a target lies in; one that lies in no environment yet, all of its project. */
export function ofTarget(target: Located, effect: Effect): Reach {
  if (target.extent === 'inside') return ofContainer(target, effect);
  if (SPANNING.has(target.kind)) allOf(target.projects);
  if (target.environments.length > 0) return only(target.environments);
  return { shared: true, environments: environmentsOf(target) };
}

function ofContainer(container: Located, effect: Effect): Reach {
  return effect === 'read' ? SHARED_REACH : { shared: true, environments: environmentsOf(container) };
}

function ofService(service: Located, { name }: Operation): Reach {
  const unforked = environmentsOf(service).filter((environment) => !environment.ephemeral);
  const appearsEverywhere = CREATE.has(name) || service.environments.length === 0;
  const reach = union([only(service.environments), only(appearsEverywhere ? unforked : [])]);
  return reach.environments.length > 0 ? reach : { shared: true, environments: environmentsOf(service) };
}

/** A read of which all that is selected is directory fields (model#directory-field). */
function isDirectoryRead(operation: Operation): boolean {
  return operation.effect === 'read' && isGraphqlOperation(operation) && operation.graphql.directory_only;
}

function isFork(named: Located | undefined): named is Located {
  return named?.environments.length === 1 && named.environments[0]?.ephemeral === true;
}

/** Reaches these environments, and nothing outside any. */
export function only(environments: readonly EnvironmentFacts[]): Reach {
  return { shared: false, environments };
}

function environmentsOf(located: Located): readonly EnvironmentFacts[] {
  return allOf(located.projects);
}
