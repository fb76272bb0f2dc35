import { type Operation, type Resource, worstEffect } from '@writ/core';
import type { OperationReview } from '../review/review.ts';
import type { Container, Located } from './located.ts';
import { environmentsWith, hostNamesOf } from './names.ts';
import { readPatches } from './patches.ts';
import { type Reach, union } from './reach.ts';
import { readReferences } from './references.ts';
import { justNow, needFor, type ResolveDeps } from './resolve-deps.ts';
import { containersFor, nameTarget, toTarget } from './resource.ts';
import { applyRule, ofTarget, only } from './rule.ts';
import { raisedByState } from './state.ts';

/** An operation with its targets and reach in the provider's own terms. */
export interface Placed {
  readonly operation: Operation;
  readonly reach: Reach;
  readonly targets: readonly Resource[];
  readonly containers: readonly string[];
  /** The containers of everything it is about. Where they are not known, `undefined`: a step out then reaches everything. */
  readonly about: readonly Container[] | undefined;
}

/** Settles targets and reach of a root operation. Throws `environment_unresolved`. */
export async function placeRoot(
  deps: ResolveDeps,
  { operation: asked, review }: { readonly operation: Operation; readonly review: OperationReview },
): Promise<Placed> {
  const need = review.state_raises ? justNow(deps.context) : needFor(deps, asked.effect);
  const names = hostNamesOf(asked, review.names ?? []);
  const references = await readReferences(deps, { operation: asked, review, need });
  const operation = await settleEffect(deps, { operation: asked, review, targets: references.targets });
  const ruled = await applyRule(deps, { operation, references, need });
  const patched = await readPatches(deps, { operation, patches: review.patches ?? [], need });
  const elsewhere = await environmentsWith(deps, [...names, ...patched.names]);
  const inPatches = patched.targets.map((each) => ofTarget(deps, each, operation.effect));
  const reach = union([ruled, only(elsewhere), ...inPatches]);
  const { words } = deps.directory;
  const { context, named, container } = references;
  const targets = [...references.targets, ...patched.targets];
  const about = [...context, ...(named ? [named] : []), ...(container ? [container] : [])];
  const containers = containersFor(words, about, reach);
  const hosts = [...new Set([...names, ...patched.names])];
  return {
    operation,
    reach,
    targets: [
      ...targets.map((each) => toTarget(words, each, reach)),
      ...hosts.map((name) => nameTarget(name, containers)),
    ],
    containers,
    about: eachOnce([...targets, ...about].flatMap((each) => each.containers)),
  };
}

async function settleEffect(
  deps: ResolveDeps,
  { operation, review, targets }: { operation: Operation; review: OperationReview; targets: readonly Located[] },
): Promise<Operation> {
  const { state_raises: raises } = review;
  if (!raises) return operation;
  const effects = await raisedByState(deps, { operation, raises, targets });
  return { ...operation, effect: worstEffect([operation.effect, ...effects]) };
}

function eachOnce(containers: readonly Container[]): readonly Container[] | undefined {
  const byId = new Map(containers.map((container) => [container.id, container]));
  return byId.size === 0 ? undefined : [...byId.values()];
}
