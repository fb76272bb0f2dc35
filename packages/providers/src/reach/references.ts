import type { Operation } from '@writ/core';
import { idAt, idsAt } from '../review/arguments.ts';
import type { OperationReview, ReachRule, ResourceRef } from '../review/review.ts';
import { unresolved } from '../review/unresolved.ts';
import type { ReachWords } from './directory.ts';
import type { Need } from './knowledge.ts';
import { isFork, type Located } from './located.ts';
import { demand, justNow, type ResolveDeps } from './resolve-deps.ts';

/** Everything an operation names by id, found. */
export interface References {
  readonly targets: readonly Located[];
  readonly context: readonly Located[];
  /** The environment that its reach rule names, if any. */
  readonly named: Located | undefined;
  /** The container that its reach rule names, or the thing whose instances it names, if it does. */
  readonly container: Located | undefined;
  /** The part of the reach rule that holds for these arguments. */
  readonly rule: ReachRule;
}

/** Finds all that an operation names by id, and makes sure that it agrees. Throws `environment_unresolved`. */
export async function readReferences(
  deps: ResolveDeps,
  { operation, review, need }: { readonly operation: Operation; readonly review: OperationReview; readonly need: Need },
): Promise<References> {
  const find = (refs: readonly ResourceRef[] | undefined) => findAll(deps, { operation, refs: refs ?? [], need });
  const rule = settleRule(review.reach, operation);
  const targets = await find(review.targets);
  const context = await find(review.context);
  const named = await findNamed(deps, { operation, rule, need });
  const container = await findContainer(deps, { operation, rule, need });
  const references = { targets, context, named, container, rule };
  agree(deps, operation, references);
  return references;
}

async function findAll(
  deps: ResolveDeps,
  { operation, refs, need }: { operation: Operation; refs: readonly ResourceRef[]; need: Need },
): Promise<readonly Located[]> {
  const found: Located[] = [];
  for (const { kind, path, of } of refs) {
    const inside = of === undefined ? undefined : idAt(operation.arguments, of);
    for (const id of idsAt(operation.arguments, path)) {
      found.push(await demand(deps, { kind, id, ...(inside !== undefined && { of: inside }) }, need));
    }
  }
  return found;
}

/**
 * The part of a rule that holds for these arguments: where the argument is omitted or null, the rule's `absent`, and without one
 * everything.
 */
function settleRule(rule: ReachRule, operation: Operation): ReachRule {
  if (rule.in !== 'environment' && rule.in !== 'container' && rule.in !== 'inside') return rule;
  if (idAt(operation.arguments, rule.path) !== undefined) return rule;
  return settleRule(rule.absent ?? { in: 'everything' }, operation);
}

interface RuleUse {
  readonly operation: Operation;
  readonly rule: ReachRule;
  readonly need: Need;
}

async function findNamed(deps: ResolveDeps, { operation, rule, need }: RuleUse): Promise<Located | undefined> {
  const [path, how] = namedPath(rule, need, () => justNow(deps.context));
  const id = path === undefined ? undefined : idAt(operation.arguments, path);
  return id === undefined ? undefined : demand(deps, { kind: deps.directory.words.environment, id }, how);
}

/**
 * How new the answer must be: an environment counts as ephemeral only if the provider has just said so (model#fork); for anything else
 * what the operation needs is enough.
 */
function namedPath(rule: ReachRule, need: Need, fresh: () => Need): readonly [string | undefined, Need] {
  if (rule.in === 'environment') return [rule.path, need];
  if (rule.in === 'resource') return [rule.narrowed_by, need];
  return rule.in === 'container' || rule.in === 'instances' ? [rule.fork, fresh()] : [undefined, need];
}

async function findContainer(deps: ResolveDeps, { operation, rule, need }: RuleUse): Promise<Located | undefined> {
  const place = placeOf(rule);
  const id = place && idAt(operation.arguments, place.path);
  return place && id !== undefined ? demand(deps, { kind: place.kind, id }, need) : undefined;
}

function placeOf(rule: ReachRule): { kind: string; path: string } | undefined {
  const hasPlace = rule.in === 'container' || rule.in === 'inside' || rule.in === 'instances';
  return hasPlace ? { kind: rule.kind, path: rule.path } : undefined;
}

/** Throws where the ids of one call are of several containers, or where what should lie in an environment does not lie there. */
function agree(
  { directory: { words } }: ResolveDeps,
  operation: Operation,
  { targets, context, named, container, rule }: References,
): void {
  const all = [...targets, ...context, ...(named ? [named] : []), ...(container ? [container] : [])];
  const outer = all.filter((each) => each.kind === words.outer);
  const inner = all.filter((each) => each.kind !== words.outer);
  const containers = new Set(inner.flatMap((each) => each.containers.map(({ id }) => id)));
  // Targets that are containers themselves may be several: each is named by its own id, and none of them says anything about another.
  const list = inner.length === targets.length && targets.every((each) => each.kind === words.container);
  if (containers.size > 1 && !list) throw disagree(words, operation);
  for (const each of outer) {
    const inside = new Set(each.containers.map(({ id }) => id));
    if ([...containers].some((id) => !inside.has(id))) throw disagree(words, operation);
  }
  if (!named) return;
  // A call that reaches more than the environment it names may act on what lies elsewhere; one that a fork limits to itself may not.
  const limits = rule.in === 'instances' || rule.in === 'container';
  if (limits && !isFork(named)) return;
  const isPlaced = (each: Located) => !words.aside.has(each.kind);
  const placed = [...(limits ? targets.filter(isPlaced) : targets), ...context.filter(isPlaced)];
  if (placed.some((each) => !each.environments.some(({ id }) => id === named.id))) throw disagree(words, operation);
}

function disagree({ container }: ReachWords, { name }: Operation): Error {
  return unresolved(`The ids in ${name} do not belong together: they lie in different ${container}s or environments.`);
}
