import type { Operation } from '@writ/core';
import type { OperationReview, ReachRule, ResourceRef } from '../../catalog.ts';
import type { Need } from '../inventory/knowledge.ts';
import type { Located } from '../inventory/located.ts';
import { unresolved } from '../inventory/unresolved.ts';
import { idAt, idsAt } from './arguments.ts';
import { demand, justNow, type Resolving } from './resolving.ts';

/** Everything an operation names by id, found. */
export interface References {
  readonly targets: readonly Located[];
  readonly context: readonly Located[];
  /** The environment its reach rule names, if it does. */
  readonly named: Located | undefined;
  /** The workspace, project or service its reach rule names, if it does. */
  readonly container: Located | undefined;
  /** The part of the reach rule that holds for these arguments. */
  readonly rule: ReachRule;
}

/** Finds all that an operation names by id, and makes sure that it agrees. Throws `environment_unresolved`. */
export async function readReferences(
  resolving: Resolving,
  { operation, review, need }: { readonly operation: Operation; readonly review: OperationReview; readonly need: Need },
): Promise<References> {
  const find = (refs: readonly ResourceRef[] | undefined) => findAll(resolving, { operation, refs: refs ?? [], need });
  const rule = settleRule(review.reach, operation);
  const targets = await find(review.targets);
  const context = await find(review.context);
  const named = await findNamed(resolving, { operation, rule, need });
  const container = await findContainer(resolving, { operation, rule, need });
  const references = { targets, context, named, container, rule };
  agree(operation, references);
  return references;
}

async function findAll(
  resolving: Resolving,
  { operation, refs, need }: { operation: Operation; refs: readonly ResourceRef[]; need: Need },
): Promise<readonly Located[]> {
  const found: Located[] = [];
  for (const { kind, path, of } of refs) {
    const inside = of === undefined ? undefined : idAt(operation.arguments, of);
    for (const id of idsAt(operation.arguments, path)) {
      found.push(await demand(resolving, { kind, id, ...(inside === undefined ? {} : { of: inside }) }, need));
    }
  }
  return found;
}

/** An argument that is omitted or null leaves the rule to what it says of that: everything, unless it says otherwise. */
function settleRule(rule: ReachRule, operation: Operation): ReachRule {
  if (rule.in !== 'environment' && rule.in !== 'container' && rule.in !== 'inside') return rule;
  if (idAt(operation.arguments, rule.path) !== undefined) return rule;
  return settleRule(rule.absent ?? { in: 'everything' }, operation);
}

interface Ruled {
  readonly operation: Operation;
  readonly rule: ReachRule;
  readonly need: Need;
}

async function findNamed(resolving: Resolving, { operation, rule, need }: Ruled): Promise<Located | undefined> {
  const [path, how] = namedPath(rule, need, justNow(resolving.context));
  const id = path === undefined ? undefined : idAt(operation.arguments, path);
  return id === undefined ? undefined : demand(resolving, { kind: 'environment', id }, how);
}

/** A fork is one only if the provider has just shown it (model#fork); elsewhere the operation's own need will do. */
function namedPath(rule: ReachRule, need: Need, fresh: Need): readonly [string | undefined, Need] {
  if (rule.in === 'environment') return [rule.path, need];
  if (rule.in === 'resource') return [rule.narrowed_by, need];
  if (rule.in === 'container') return [rule.fork, fresh];
  return rule.in === 'service' ? [rule.environment, fresh] : [undefined, need];
}

async function findContainer(resolving: Resolving, { operation, rule, need }: Ruled): Promise<Located | undefined> {
  const place = placeOf(rule);
  const id = place && idAt(operation.arguments, place.path);
  return place && id !== undefined ? demand(resolving, { kind: place.kind, id }, need) : undefined;
}

function placeOf(rule: ReachRule): { kind: string; path: string } | undefined {
  if (rule.in === 'container' || rule.in === 'inside') return { kind: rule.kind, path: rule.path };
  return rule.in === 'service' ? { kind: 'service', path: rule.service } : undefined;
}

/** Ids of one call must be of one project, and what is said to lie in an environment must lie there. */
function agree(operation: Operation, { targets, context, named, container, rule }: References): void {
  const all = [...targets, ...context, ...(named ? [named] : []), ...(container ? [container] : [])];
  const workspaces = all.filter((each) => each.kind === 'workspace');
  const inProject = all.filter((each) => each.kind !== 'workspace');
  const projects = new Set(inProject.flatMap((each) => each.projects.map((project) => project.id)));
  // Several projects acted on by their own ids (`projectsByIds`) say nothing about each other.
  const list = inProject.length === targets.length && targets.every((each) => each.kind === 'project');
  if (projects.size > 1 && !list) throw disagree(operation);
  for (const workspace of workspaces) {
    const inside = new Set(workspace.projects.map((project) => project.id));
    if ([...projects].some((project) => !inside.has(project))) throw disagree(operation);
  }
  if (!named || rule.in === 'service' || rule.in === 'container') return;
  const placed = [...targets, ...context.filter((each) => !SPANNING.has(each.kind))];
  if (placed.some((each) => !each.environments.some(({ id }) => id === named.id))) throw disagree(operation);
}

/** As context these say in which project; a service may be named before it has an instance in the environment. */
const SPANNING: ReadonlySet<string> = new Set(['workspace', 'project', 'environment', 'service', 'bucket', 'plugin']);

function disagree({ name }: Operation): Error {
  return unresolved(`The ids in ${name} do not belong together: they lie in different projects or environments.`);
}
