import { type Operation, type Resource, worstEffect } from '@writ/core';
import type { OperationReview } from '../../catalog.ts';
import type { ProjectFacts } from '../inventory/facts.ts';
import type { Located } from '../inventory/located.ts';
import { environmentsWith, hostNamesOf } from './names.ts';
import { readPatches } from './patches.ts';
import { type Reach, union } from './reach.ts';
import { readReferences } from './references.ts';
import { justNow, needFor, type Resolving } from './resolving.ts';
import { containersFor, nameTarget, toTarget } from './resource.ts';
import { applyRule, ofTarget, only } from './rule.ts';
import { raisedByState } from './state.ts';

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
  { operation: asked, review }: { readonly operation: Operation; readonly review: OperationReview },
): Promise<Placed> {
  const need = review.state_raises ? justNow(resolving.context) : needFor(resolving, asked.effect);
  const names = hostNamesOf(asked, review.names ?? []);
  const references = await readReferences(resolving, { operation: asked, review, need });
  const operation = await settleEffect(resolving, { operation: asked, review, targets: references.targets });
  const ruled = await applyRule(resolving, { operation, references, need });
  const patched = await readPatches(resolving, { operation, patches: review.patches ?? [], need });
  const elsewhere = await environmentsWith(resolving, [...names, ...patched.names]);
  const inPatches = patched.targets.map((each) => ofTarget(each, operation.effect));
  const reach = union([ruled, only(elsewhere), ...inPatches]);
  const { context, named, container } = references;
  const targets = [...references.targets, ...patched.targets];
  const about = [...context, ...(named ? [named] : []), ...(container ? [container] : [])];
  const containers = containersFor(about, reach);
  const hosts = [...new Set([...names, ...patched.names])];
  return {
    operation,
    reach,
    targets: [...targets.map((each) => toTarget(each, reach)), ...hosts.map((name) => nameTarget(name, containers))],
    containers,
    projects: projectsOf([...targets, ...about].flatMap((each) => each.projects)),
  };
}

async function settleEffect(
  resolving: Resolving,
  { operation, review, targets }: { operation: Operation; review: OperationReview; targets: readonly Located[] },
): Promise<Operation> {
  const { state_raises: raises } = review;
  if (!raises) return operation;
  const effects = await raisedByState(resolving, { operation, raises, targets });
  return { ...operation, effect: worstEffect([operation.effect, ...effects]) };
}

function projectsOf(projects: readonly ProjectFacts[]): readonly ProjectFacts[] | undefined {
  const byId = new Map(projects.map((project) => [project.id, project]));
  return byId.size === 0 ? undefined : [...byId.values()];
}
