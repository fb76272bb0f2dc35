/** The test whether one allowance covers one (operation, environment) pair. Allowances never combine within a pair (model#decision). */

import { valuesAt } from '../json/dotted-path.ts';
import type { JsonObject, JsonValue } from '../json/json.ts';
import { onceFor } from '../once-for.ts';
import type { Operation, ResolvedOperation, Resource } from '../request/pipeline.ts';
import type { ArgumentCondition, Detail, GrantScope } from '../scope/detail.ts';
import { allows, parseSelector, type SelectedOperation } from '../scope/selector.ts';
import type { Allowance } from './decision.ts';

/** The first thing that an allowance lacks for a pair; `covered` if it lacks nothing. */
export type Coverage = 'covered' | 'operation' | 'environment' | 'resource' | 'argument';

/** Tells whether an allowance is for the connection and has not expired. `now` in milliseconds since the epoch. */
export function isLive(
  { connection, now }: { readonly connection: string; readonly now: number },
  allowance: Allowance,
): boolean {
  return allowance.scope.connection === connection && !hasExpired(allowance, now);
}

/** Tells whether an allowance has expired. `now` in milliseconds since the epoch. */
export function hasExpired({ expires_at }: Allowance, now: number): boolean {
  return expires_at !== undefined && now >= expires_at;
}

/** Tells whether a scope that selects the operation covers it in the environments it names, or else the first thing it lacks. */
export function coverOperation(
  scope: Detail | GrantScope,
  operation: ResolvedOperation,
): Exclude<Coverage, 'environment' | 'operation'> {
  if (scope.resources !== undefined && !coversResources(scope.resources, operation)) return 'resource';
  return coversArguments(scope, operation) ? 'covered' : 'argument';
}

/** Returns the parsed selectors of a scope, parsed once: a scope object is kept as long as it is in force, and every call uses it. */
const selectorsOf = onceFor(({ operations }: Detail | GrantScope) => operations.map(parseSelector));

/** Tells whether one of a scope's selectors covers the operation; the rest of the scope is not checked. */
export function selectsOperation(scope: Detail | GrantScope, operation: SelectedOperation): boolean {
  return selectorsOf(scope).some((selector) => allows(selector, operation));
}

/** The length from which on a list of allowances has a memory of which of them select an operation. To search a shorter list is faster. */
const MANY = 32;

/** The most that is remembered for one list: operations, plus the allowances that select them. */
const MOST_REMEMBERED = 10_000;

/** The memory of a list of allowances: which of them select an operation. */
interface Sorted {
  readonly known: Map<string, readonly Allowance[]>;
  /** The remembered amount, of `MOST_REMEMBERED`. */
  size: number;
}

/** Returns the memory of a list. A list is kept as long as it is in force, and never changes: a new list replaces it. */
const sortedOf = onceFor((_: readonly Allowance[]): Sorted => ({ known: new Map(), size: 0 }));

/**
 * Returns the allowances for the connection that select an operation, in their order; their expiry and the rest of their scope are not
 * checked. A client with a thousand grants uses the same few operations all the time.
 */
export function selecting(
  allowances: readonly Allowance[],
  connection: string,
  operation: SelectedOperation,
): readonly Allowance[] {
  const find = () =>
    allowances.filter(({ scope }) => scope.connection === connection && selectsOperation(scope, operation));
  if (allowances.length < MANY) return find();
  const { name, effect, base_effect, spelled_out = false } = operation;
  // The name stands last, since it alone may hold spaces.
  const key = `${connection} ${effect} ${base_effect} ${spelled_out} ${name}`;
  const sorted = sortedOf(allowances);
  const found = sorted.known.get(key) ?? find();
  if (!sorted.known.has(key)) remember(sorted, key, found);
  return found;
}

function remember(sorted: Sorted, key: string, found: readonly Allowance[]): void {
  const size = 1 + found.length;
  if (sorted.size + size > MOST_REMEMBERED) {
    sorted.known.clear();
    sorted.size = 0;
  }
  sorted.known.set(key, found);
  sorted.size += size;
}

/** The coverages from the furthest to the closest: the order in which their codes count. */
const RANK: readonly Coverage[] = ['operation', 'environment', 'resource', 'argument', 'covered'];

/** Returns the closer of two coverages. */
export function closer(one: Coverage, other: Coverage): Coverage {
  return RANK.indexOf(other) > RANK.indexOf(one) ? other : one;
}

/** Returns the best coverage of a pair by one of some scopes: each on its own, whatever it selects. */
export function coverageWithin(
  scopes: readonly (Detail | GrantScope)[],
  { connection, environment, operation }: { connection: string; environment: string; operation: ResolvedOperation },
): Coverage {
  let found: Coverage = 'operation';
  for (const scope of scopes) {
    if (scope.connection !== connection || !selectsOperation(scope, operation)) continue;
    found = closer(found, coversEnvironment(scope, environment) ? coverOperation(scope, operation) : 'environment');
  }
  return found;
}

/** Tells whether a scope names the environment, or `*`. */
export function coversEnvironment(scope: Pick<GrantScope, 'environments'>, environment: string): boolean {
  return scope.environments.includes(environment) || scope.environments.includes('*');
}

function coversResources(resources: readonly string[], operation: ResolvedOperation): boolean {
  if (operation.targets.length > 0) return operation.targets.every((target) => coversTarget(resources, target));
  return operation.containers.some((container) => resources.includes(container));
}

function coversTarget(resources: readonly string[], target: Resource): boolean {
  return resources.includes(`${target.kind}:${target.id}`) || target.within.some((outer) => resources.includes(outer));
}

/** Tells whether a scope's conditions on the operation's arguments hold; true if it has none. */
export function coversArguments(scope: Detail | GrantScope, operation: Pick<Operation, 'name' | 'arguments'>): boolean {
  const all = scope.arguments;
  if (all === undefined || !Object.hasOwn(all, operation.name)) return true;
  const conditions = Object.entries(all[operation.name] ?? {});
  return (
    conditions.length > 0 &&
    conditions.every(([path, condition]) => argumentHolds(operation.arguments, path, condition))
  );
}

/**
 * Tells whether a condition holds at a dotted path; `name[]` stands for every element of a list.
 * A path that is absent, null, an empty list or of another type fails.
 */
function argumentHolds(values: JsonObject, path: string, condition: ArgumentCondition): boolean {
  return everyThere(valuesAt(values, path, 'exact'), (value) => conditionHolds(value, condition));
}

/** Tells whether all values at a path are there and pass. An empty list proves nothing, and neither does a list with a place that is empty. */
export function everyThere(found: readonly (JsonValue | undefined)[], holds: (value: JsonValue) => boolean): boolean {
  return found.length > 0 && found.every((value) => value !== undefined && value !== null && holds(value));
}

/** Tells whether a value meets a condition: exactly, and by its own type. */
export function conditionHolds(value: JsonValue, condition: ArgumentCondition): boolean {
  if ('equals' in condition) return value === condition.equals;
  if ('one_of' in condition) return condition.one_of.some((option) => option === value);
  if ('starts_with' in condition) return typeof value === 'string' && value.startsWith(condition.starts_with);
  if ('ends_with' in condition) return typeof value === 'string' && value.endsWith(condition.ends_with);
  if ('at_least' in condition) return typeof value === 'number' && value >= condition.at_least;
  return typeof value === 'number' && value <= condition.at_most;
}
