import type { Effect, Operation } from '@writ/core';
import { isReviewed } from '../review/note.ts';
import { unresolved } from '../review/unresolved.ts';
import type { Need } from './knowledge.ts';
import { type Container, isFork, type Located, type Place } from './located.ts';
import { type Reach, SHARED_REACH, union } from './reach.ts';
import type { References } from './references.ts';
import type { ResolveDeps } from './resolving.ts';

interface RuleInput {
  readonly operation: Operation;
  readonly references: References;
  readonly need: Need;
}

/** Applies the reach rule of an operation to what its arguments name. */
export async function applyRule(resolving: ResolveDeps, { operation, references, need }: RuleInput): Promise<Reach> {
  const { rule, named, container, targets } = references;
  switch (rule.in) {
    case 'shared':
      return SHARED_REACH;
    case 'environment':
      if (rule.stored && named) return only(allOf(resolving, named.containers));
      return named ? only(named.environments) : everything(resolving, need);
    case 'resource':
      if (named) return only(named.environments);
      return targets.length > 0
        ? union(targets.map((each) => ofTarget(resolving, each, operation.effect)))
        : everything(resolving, need);
    case 'container':
      if (isFork(named)) return only(named.environments);
      return container ? ofContainer(resolving, container, operation.effect) : everything(resolving, need);
    case 'inside':
      if (rule.directory && isDirectoryRead(operation)) return SHARED_REACH;
      return container
        ? { shared: true, environments: environmentsOf(resolving, container) }
        : everything(resolving, need);
    case 'instances':
      if (isFork(named)) return only(named.environments);
      return container ? ofInstances(resolving, container, operation) : everything(resolving, need);
    case 'everything':
      return everything(resolving, need);
  }
}

/** Reaches `shared` and every environment the credential reaches. */
export async function everything(resolving: ResolveDeps, need: Need): Promise<Reach> {
  const containers = await resolving.directory.containers(need);
  return { shared: true, environments: allOf(resolving, containers), everything: true };
}

/** Reaches every environment of the containers. Throws where a credential hides all but one. */
export function allOf({ directory }: ResolveDeps, containers: readonly Container[]): readonly Place[] {
  if (containers.some(({ partial }) => partial)) throw unresolved(directory.words.partial);
  return containers.flatMap(({ environments }) => environments);
}

/** Reaches the environments that a target lies in; for a target that lies in none yet, all of its container. */
export function ofTarget(resolving: ResolveDeps, target: Located, effect: Effect): Reach {
  if (target.extent === 'inside') return ofContainer(resolving, target, effect);
  // A thing of a kind that spans environments may also lie in environments that a narrow credential does not see.
  if (resolving.directory.words.spanning.has(target.kind)) environmentsOf(resolving, target);
  if (target.environments.length > 0) return only(target.environments);
  return { shared: true, environments: environmentsOf(resolving, target) };
}

function ofContainer(resolving: ResolveDeps, container: Located, effect: Effect): Reach {
  return effect === 'read' ? SHARED_REACH : { shared: true, environments: environmentsOf(resolving, container) };
}

function ofInstances(resolving: ResolveDeps, located: Located, { name }: Operation): Reach {
  const all = environmentsOf(resolving, located);
  const appearsEverywhere = resolving.directory.words.everywhere.has(name) || located.environments.length === 0;
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

function environmentsOf(resolving: ResolveDeps, located: Located): readonly Place[] {
  return allOf(resolving, located.containers);
}
