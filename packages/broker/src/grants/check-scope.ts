/** Checks that every name in a scope exists: in a grant when it is saved, in a detail when it is issued. */
import { type Effect, type GrantScope, measureOf, parseSelector, restricts, SHARED } from '@writ/core';
import type { ConnectionState } from '../live.ts';
import { type Problem, unknownName } from '../validation.ts';
import {
  coveredBy,
  type KnownOperation,
  knownOperation,
  knownOperations,
  named,
  operationNames,
  reaches,
} from './known-operations.ts';

type Scope = Pick<GrantScope, 'environments' | 'operations' | 'resources' | 'arguments' | 'limits'>;

/**
 * Every problem of a scope: unknown environments, selectors that reach nothing, unknown kinds, argument paths that do not exist, limits that
 * count nothing or add up what does not add up. One at a time, so that a caller that wants only one need not find all.
 */
export function* scopeProblems(state: ConnectionState, scope: Scope, prefix = ''): Generator<Problem> {
  yield* environmentProblems(state, scope, prefix);
  yield* selectorProblems(state, scope, prefix);
  yield* resourceProblems(state, scope, prefix);
  yield* argumentProblems(state, scope, prefix);
  yield* limitProblems(state, scope, prefix);
}

function* environmentProblems(state: ConnectionState, { environments }: Scope, prefix: string): Generator<Problem> {
  const slugs = [SHARED, ...state.environments.map(({ slug }) => slug)];
  const known = new Set(['*', ...slugs]);
  for (const [index, found] of environments.entries()) {
    if (known.has(found)) continue;
    const problem = `must be an environment of ${state.slug}, or *: there are ${slugs.slice(0, 20).join(', ')}`;
    yield unknownName({ field: `${prefix}environments.${index}`, found, problem }, slugs);
  }
}

function* selectorProblems(state: ConnectionState, scope: Scope, prefix: string): Generator<Problem> {
  for (const [index, found] of scope.operations.entries()) {
    const selector = parseSelector(found);
    const matched = named(state, selector);
    if (matched.some((operation) => reaches(selector, operation))) continue;
    const field = `${prefix}operations.${index}`;
    yield matched.length === 0 && selector.exact
      ? unknownOperation(state, { field, found })
      : unreached({ field, found, matched });
  }
}

function unknownOperation(
  state: ConnectionState,
  { field, found }: { readonly field: string; readonly found: string },
): Problem {
  const { pattern, effect } = parseSelector(found);
  const { suggest, ...problem } = unknownName(
    { field, found: pattern, problem: 'names no operation of the catalog' },
    operationNames(state),
  );
  const suffix = effect === undefined ? '' : `:${effect}`;
  const near = (): string | undefined => {
    const name = suggest?.();
    return name === undefined ? undefined : `${name}${suffix}`;
  };
  return { ...problem, found, suggest: near };
}

interface IdlePattern {
  readonly field: string;
  readonly found: string;
  readonly matched: readonly KnownOperation[];
}

/** The problem of a pattern that reaches nothing: only its effect, or the rule for globs, may be wrong. */
function unreached({ field, found, matched }: IdlePattern): Problem {
  const [first] = matched;
  if (first === undefined) return { field, problem: 'matches no operation of the catalog', found };
  const { pattern, effect } = parseSelector(found);
  const effects = [...new Set(matched.flatMap((operation): readonly Effect[] => operation.effects))];
  const problem =
    effect === undefined
      ? `reaches nothing: a pattern without an effect covers only read and write, and what it matches is ${effects.join(', ')}`
      : `reaches nothing: what it matches is ${effects.join(', ')}, never ${effect}`;
  return { field, problem, found, nearest: `${pattern}:${effects[0] ?? first.base_effect}` };
}

function* resourceProblems(state: ConnectionState, { resources = [] }: Scope, prefix: string): Generator<Problem> {
  const kinds = state.provider.resourceKinds;
  for (const [index, resource] of resources.entries()) {
    const kind = resource.slice(0, resource.indexOf(':'));
    if (kinds.includes(kind)) continue;
    const field = `${prefix}resources.${index}`;
    yield unknownName(
      { field, found: kind, problem: `must begin with a kind of resource: ${kinds.join(', ')}` },
      kinds,
    );
  }
}

function* argumentProblems(state: ConnectionState, scope: Scope, prefix: string): Generator<Problem> {
  for (const [name, conditions] of Object.entries(scope.arguments ?? {})) {
    const field = `${prefix}arguments.${name}`;
    const operation = knownOperation(state, name);
    if (operation === undefined) {
      yield unknownName({ field, found: name, problem: 'names no operation of the catalog' }, operationNames(state));
    } else if (!isCovered(state, { scope, operation })) {
      yield unknownName(
        { field, found: name, problem: 'is not among the operations allowed here' },
        coveredNames(state, scope),
      );
    } else if (Object.keys(conditions).length === 0) {
      yield { field, problem: 'must name at least one argument' };
    } else {
      yield* pathProblems(state, { name, paths: Object.keys(conditions), field });
    }
  }
}

function isCovered(
  state: ConnectionState,
  { scope, operation }: { readonly scope: Scope; readonly operation: KnownOperation },
): boolean {
  const covered = coveredBy(state, scope.operations);
  return operation.effects.some((effect) => covered.has(`${operation.name}:${effect}`));
}

/** The nearest name is searched only where it is told. */
function* coveredNames(state: ConnectionState, scope: Scope): Generator<string> {
  for (const operation of knownOperations(state)) if (isCovered(state, { scope, operation })) yield operation.name;
}

function* limitProblems(state: ConnectionState, scope: Scope, prefix: string): Generator<Problem> {
  for (const [index, limit] of (scope.limits ?? []).entries()) {
    const field = `${prefix}limits.${index}`;
    const { operations: found } = limit;
    const selector = parseSelector(found);
    const counted = named(state, selector).filter(
      (operation) =>
        isCovered(state, { scope, operation }) &&
        operation.effects.some((effect) => restricts(selector, { ...operation, effect })),
    );
    const path = measureOf(limit);
    if (counted.length === 0) {
      const problem = 'counts none of the operations allowed here';
      yield unknownName({ field: `${field}.operations`, found, problem }, coveredNames(state, scope));
    } else if (path !== undefined) {
      yield* sumProblems(state, scope, { path, field, names: counted.map(({ name }) => name) });
    }
  }
}

/** The end of a path to a currency. */
const CURRENCY = /currency(?:_?code)?$/i;

/** Amounts add up only where they are there, and in one currency. */
function* sumProblems(
  { provider }: ConnectionState,
  scope: Scope,
  { path, field, names }: { readonly path: string; readonly field: string; readonly names: readonly string[] },
): Generator<Problem> {
  const operations = provider.operations.filter(({ name }) => names.includes(name));
  const adding = operations.filter(({ name }) => provider.hasArgument(name, path));
  if (adding.length === 0) {
    const known = operations.flatMap((operation) => operation.arguments);
    yield unknownName({ field: `${field}.sum`, found: path, problem: 'is no argument of what it counts' }, known);
  }
  for (const { name, arguments: paths } of adding) {
    for (const currency of paths.filter((each) => CURRENCY.test(each))) {
      const condition = scope.arguments?.[name]?.[currency];
      if (condition !== undefined && 'equals' in condition) continue;
      const problem = `must allow one ${currency} of ${name}, by \`equals\`: amounts in different currencies do not add up`;
      yield { field: 'arguments', problem };
    }
  }
}

function* pathProblems(
  { provider }: ConnectionState,
  { name, paths, field }: { readonly name: string; readonly paths: readonly string[]; readonly field: string },
): Generator<Problem> {
  const known = provider.operations.find((operation) => operation.name === name)?.arguments ?? [];
  for (const path of paths) {
    if (provider.hasArgument(name, path)) continue;
    const problem = `is not an argument of ${name} that can be tested`;
    yield unknownName({ field: `${field}.${path}`, found: path, problem }, known);
  }
}
