import type { Effect, Operation } from '@writ/core';
import { isReviewed } from '../review/note.ts';
import { unresolved } from '../review/unresolved.ts';
import type { Need } from './knowledge.ts';
import { type Container, isFork, type Located, type Place } from './located.ts';
import { type Reach, SHARED_REACH, union } from './reach.ts';
import type { References } from './references.ts';
import type { ResolveDeps } from './resolve-deps.ts';

interface RuleInput {
  readonly operation: Operation;
  readonly references: References;
  readonly need: Need;
}

/** Applies the reach rule of an operation to what its arguments name. */
export async function applyRule(deps: ResolveDeps, { operation, references, need }: RuleInput): Promise<Reach> {
  const { rule, named, container, targets } = references;
  switch (rule.in) {
    case 'shared':
      return SHARED_REACH;
    case 'environment':
      if (rule.stored && named) return only(allOf(deps, named.containers));
      return named ? only(named.environments) : everything(deps, need);
    case 'resource':
      if (named) return only(named.environments);
      return targets.length > 0
        ? union(targets.map((each) => ofTarget(deps, each, operation.effect)))
        : everything(deps, need);
    case 'container':
      if (isFork(named)) return only(named.environments);
      return container ? ofContainer(deps, container, operation.effect) : everything(deps, need);
    case 'inside':
      if (rule.directory && isDirectoryRead(operation)) return SHARED_REACH;
      return container ? { shared: true, environments: environmentsOf(deps, container) } : everything(deps, need);
    case 'instances':
      if (isFork(named)) return only(named.environments);
      return container ? ofInstances(deps, container, operation) : everything(deps, need);
    case 'everything':
      return everything(deps, need);
  }
}

/** Reaches `shared` and every environment the credential reaches. */
export async function everything(deps: ResolveDeps, need: Need): Promise<Reach> {
  const containers = await deps.directory.containers(need);
  return { shared: true, environments: allOf(deps, containers), everything: true };
}

/** Reaches every environment of the containers. Throws where a credential hides all but one. */
export function allOf({ directory }: ResolveDeps, containers: readonly Container[]): readonly Place[] {
  if (containers.some(({ partial }) => partial)) throw unresolved(directory.words.partial);
  return containers.flatMap(({ environments }) => environments);
}

/** Reaches the environments that a target lies in; for a target that lies in none yet, all of its container. */
export function ofTarget(deps: ResolveDeps, target: Located, effect: Effect): Reach {
  if (target.extent === 'inside') return ofContainer(deps, target, effect);
  // A thing of a kind that spans environments may also lie in environments that a narrow credential does not see.
  if (deps.directory.words.spanning.has(target.kind)) environmentsOf(deps, target);
  if (target.environments.length > 0) return only(target.environments);
  return { shared: true, environments: environmentsOf(deps, target) };
}

function ofContainer(deps: ResolveDeps, container: Located, effect: Effect): Reach {
  return effect === 'read' ? SHARED_REACH : { shared: true, environments: environmentsOf(deps, container) };
}

function ofInstances(deps: ResolveDeps, located: Located, { name }: Operation): Reach {
  const all = environmentsOf(deps, located);
  const appearsEverywhere = deps.directory.words.everywhere.has(name) || located.environments.length === 0;
  const lasting = all.filter((environment) => !environment.ephemeral);
  const reach = union([only(located.environments), only(appearsEverywhere ? lasting : [])]);
  return reach.environments.length > 0 ? reach : { shared: true, environments: all };
}

/** A read that selects directory fields only (model#directory-field). */
function isDirectoryRead(operation: Operation): boolean {
  return operation.effect === 'read' && isReviewed(operation) && operation.note.directory_only;
}

/** Reaches these environments, and nothing outside any. */
export function only(environments: readonly Place[]): Reach {
  return { shared: false, environments };
}

function environmentsOf(deps: ResolveDeps, located: Located): readonly Place[] {
  return allOf(deps, located.containers);
}
