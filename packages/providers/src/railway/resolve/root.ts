import type { Operation, Resource } from '@writ/core';
import type { OperationReview } from '../../catalog.ts';
import type { ProjectFacts } from '../inventory/facts.ts';
import { environmentsWith, hostNamesOf } from './names.ts';
import { type Reach, union } from './reach.ts';
import { readReferences } from './references.ts';
import { needFor, type Resolving } from './resolving.ts';
import { containersFor, nameTarget, toTarget } from './resource.ts';
import { applyRule } from './rule.ts';

/** An operation with its targets and reach in the provider's own terms. */
export interface Placed {
  readonly operation: Operation;
  readonly reach: Reach;
  readonly targets: readonly Resource[];
  readonly containers: readonly string[];
  /** The projects it is about; `undefined` where they are not known: then a step out leads anywhere. */
  readonly projects: readonly ProjectFacts[] | undefined;
}

/** Settles targets and reach of a root operation. Throws `environment_unresolved`. */
export async function placeRoot(
  resolving: Resolving,
  { operation, review }: { readonly operation: Operation; readonly review: OperationReview },
): Promise<Placed> {
  const need = needFor(resolving, operation.effect);
  const names = hostNamesOf(operation, review.names ?? []);
  const references = await readReferences(resolving, { operation, review, need });
  const ruled = await applyRule(resolving, { operation, references, need });
  const elsewhere = await environmentsWith(resolving, names);
  const reach = union([ruled, { shared: false, environments: elsewhere }]);
  const { targets, context, named, container } = references;
  const about = [...context, ...(named ? [named] : []), ...(container ? [container] : [])];
  const containers = containersFor(about, reach);
  return {
    operation,
    reach,
    targets: [...targets.map((each) => toTarget(each, reach)), ...names.map((name) => nameTarget(name, containers))],
    containers,
    projects: projectsOf([...targets, ...about].flatMap((each) => each.projects)),
  };
}

function projectsOf(projects: readonly ProjectFacts[]): readonly ProjectFacts[] | undefined {
  const byId = new Map(projects.map((project) => [project.id, project]));
  return byId.size === 0 ? undefined : [...byId.values()];
}
