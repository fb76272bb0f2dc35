/** Says of what is to be allowed whether every name in it is there: in a grant when it is saved, in a detail when it is issued. */
import {
  EFFECTS,
  type Effect,
  type FieldProblem,
  type GrantScope,
  matchesName,
  parseSelector,
  SHARED,
  selects,
} from '@writ/core';
import type { CatalogOperation } from '@writ/providers';
import type { ConnectionState } from '../upstream/connections.ts';
import { unknownName } from '../validation.ts';

type Scope = Pick<GrantScope, 'environments' | 'operations' | 'resources' | 'arguments'>;

/** An operation at every effect it can be judged to have. */
export interface KnownOperation {
  readonly name: string;
  readonly base_effect: Effect;
  readonly effects: readonly Effect[];
}

/** The operations of a connection, with what an owner recorded. */
export function knownOperations(state: Pick<ConnectionState, 'provider' | 'overrides'>): KnownOperation[] {
  const { provider, overrides } = state;
  const known = provider.operations.map((operation) => atEffects(operation, overrides.get(operation.name)));
  const names = new Set(provider.operations.map(({ name }) => name));
  const added = [...overrides].filter(([name]) => !names.has(name));
  return [...known, ...added.map(([name, effect]) => ({ name, base_effect: effect, effects: [effect] }))];
}

function atEffects({ name, effect, raised_to }: CatalogOperation, override: Effect | undefined): KnownOperation {
  const base_effect = override ?? effect;
  const least = EFFECTS.indexOf(base_effect);
  const effects = EFFECTS.filter(
    (each) => each === base_effect || (raised_to.includes(each) && EFFECTS.indexOf(each) >= least),
  );
  return { name, base_effect, effects };
}

/** Every problem of a scope: unknown environments, selectors that reach nothing, unknown kinds, argument paths that are not there. */
export function scopeProblems(state: ConnectionState, scope: Scope, prefix = ''): FieldProblem[] {
  const operations = knownOperations(state);
  return [
    ...environmentProblems(state, scope, prefix),
    ...selectorProblems(operations, scope, prefix),
    ...resourceProblems(state, scope, prefix),
    ...argumentProblems(state, { operations, scope, prefix }),
  ];
}

function environmentProblems(state: ConnectionState, { environments }: Scope, prefix: string): FieldProblem[] {
  const slugs = [SHARED, ...state.environments.map(({ slug }) => slug)];
  return environments.flatMap((found, index) => {
    if (found === '*' || slugs.includes(found)) return [];
    const problem = `must be an environment of ${state.slug}, or *: there are ${slugs.slice(0, 20).join(', ')}`;
    return [unknownName({ field: `${prefix}environments.${index}`, found, problem }, slugs)];
  });
}

function selectorProblems(operations: readonly KnownOperation[], scope: Scope, prefix: string): FieldProblem[] {
  return scope.operations.flatMap((found, index) => {
    if (operations.some((operation) => reaches(found, operation))) return [];
    const field = `${prefix}operations.${index}`;
    const { pattern, exact, effect } = parseSelector(found);
    const named = operations.filter((operation) => matchesName(parseSelector(found), operation.name));
    if (named.length === 0 && exact) {
      const nearby = unknownName(
        { field, found: pattern, problem: 'names no operation of the catalog' },
        operations.map(({ name }) => name),
      );
      const suffix = effect === undefined ? '' : `:${effect}`;
      return [{ ...nearby, found, ...(nearby.nearest === undefined ? {} : { nearest: `${nearby.nearest}${suffix}` }) }];
    }
    return [unreached({ field, found, named })];
  });
}

interface Unreached {
  readonly field: string;
  readonly found: string;
  readonly named: readonly KnownOperation[];
}

/** A pattern that reaches nothing, though its effect or the rule for globs may be all that is wrong. */
function unreached({ field, found, named }: Unreached): FieldProblem {
  const [first] = named;
  if (first === undefined) return { field, problem: 'matches no operation of the catalog', found };
  const { pattern, effect } = parseSelector(found);
  const effects = [...new Set(named.flatMap((operation) => operation.effects))];
  const problem =
    effect === undefined
      ? `reaches nothing: a pattern without an effect covers only read and write, and what it matches is ${effects.join(', ')}`
      : `reaches nothing: what it matches is ${effects.join(', ')}, never ${effect}`;
  return { field, problem, found, nearest: `${pattern}:${effects[0] ?? first.base_effect}` };
}

/** Tells whether a selector covers the operation at any effect it can have. */
export function reaches(selector: string, { name, base_effect, effects }: KnownOperation): boolean {
  return effects.some((effect) => selects(parseSelector(selector), { name, base_effect, effect }));
}

function resourceProblems(state: ConnectionState, { resources = [] }: Scope, prefix: string): FieldProblem[] {
  const kinds = state.provider.resourceKinds;
  return resources.flatMap((resource, index) => {
    const kind = resource.slice(0, resource.indexOf(':'));
    if (kinds.includes(kind)) return [];
    const field = `${prefix}resources.${index}`;
    return [
      unknownName({ field, found: kind, problem: `must begin with a kind of resource: ${kinds.join(', ')}` }, kinds),
    ];
  });
}

interface Conditions {
  readonly operations: readonly KnownOperation[];
  readonly scope: Scope;
  readonly prefix: string;
}

function argumentProblems(state: ConnectionState, { operations, scope, prefix }: Conditions): FieldProblem[] {
  const covered = operations.filter((operation) => scope.operations.some((selector) => reaches(selector, operation)));
  return Object.entries(scope.arguments ?? {}).flatMap(([name, conditions]) => {
    const field = `${prefix}arguments.${name}`;
    if (!operations.some((operation) => operation.name === name)) {
      return [
        unknownName(
          { field, found: name, problem: 'names no operation of the catalog' },
          operations.map((operation) => operation.name),
        ),
      ];
    }
    if (!covered.some((operation) => operation.name === name)) {
      return [
        unknownName(
          { field, found: name, problem: 'is not among the operations allowed here' },
          covered.map((operation) => operation.name),
        ),
      ];
    }
    if (Object.keys(conditions).length === 0) return [{ field, problem: 'must name at least one argument' }];
    return pathProblems(state, { name, paths: Object.keys(conditions), field });
  });
}

function pathProblems(
  { provider }: ConnectionState,
  { name, paths, field }: { readonly name: string; readonly paths: readonly string[]; readonly field: string },
): FieldProblem[] {
  const known = provider.operations.find((operation) => operation.name === name)?.arguments ?? [];
  return paths
    .filter((path) => !provider.hasArgument(name, path))
    .map((path) =>
      unknownName(
        { field: `${field}.${path}`, found: path, problem: `is not an argument of ${name} that can be tested` },
        known,
      ),
    );
}
