/** What grants let their client do: every operation at every effect, by environment, with the outcome of the guardrails. */
import {
  coversEnvironment,
  type GrantScope,
  type GuardedPair,
  type Guardrail,
  guardPair,
  type ReachedEnvironment,
  type SelectedOperation,
} from '@writ/core';
import { namedEnvironments } from '../live/connections.ts';
import type { ConnectionState } from '../live.ts';
import { knownPairs, pairsOf } from './known-operations.ts';

/** A grant as far as it is asked what it reaches. */
export interface ReachingGrant {
  readonly id: string;
  readonly name: string | null;
  readonly scope: GrantScope;
}

/** The grants that cover a pair: the first of them, and how many there are. */
export interface Covering {
  readonly grants: readonly ReachingGrant[];
  readonly count: number;
  /** True where each of them covers it for some resources or arguments only. */
  readonly narrowed: boolean;
}

/** One operation in one environment. */
export interface ReachedPair extends Covering {
  readonly operation: SelectedOperation;
  readonly environment: ReachedEnvironment;
  readonly guarded: GuardedPair;
}

/** The most grants that are named of those that cover one pair. */
const MOST_NAMED = 20;

/** Every pair that the grants cover, by operation, effect and environment. `grants`: of this connection. */
export function* reachedPairs(
  state: ConnectionState,
  { grants, guardrails }: { readonly grants: readonly ReachingGrant[]; readonly guardrails: readonly Guardrail[] },
): Generator<ReachedPair> {
  const judge = outcomesOf(state, guardrails);
  const places = coveredPlaces(state, grants);
  for (const [at, operation] of knownPairs(state).entries()) {
    for (const { environment, covers } of places) {
      const covering = covers[at];
      if (covering !== undefined) yield { operation, environment, guarded: judge(operation, environment), ...covering };
    }
  }
}

/** Judges pairs by the guardrails. Of environments that the same rules guard, each operation is judged once. */
function outcomesOf(
  state: Pick<ConnectionState, 'slug'>,
  guardrails: readonly Guardrail[],
): (operation: SelectedOperation, environment: ReachedEnvironment) => GuardedPair {
  const alike = new Map<string, GuardedAlike>();
  const bySlug = new Map<string, GuardedAlike>();
  const guardsOf = (environment: ReachedEnvironment): GuardedAlike => {
    const rules = [...guardrails.keys()].filter((at) => mayGuard(guardrails[at], state.slug, environment));
    const key = rules.join(' ');
    const known = alike.get(key) ?? { rules: rules.flatMap((at) => guardrails[at] ?? []), judged: new Map() };
    alike.set(key, known);
    bySlug.set(environment.slug, known);
    return known;
  };
  return (operation, environment) => {
    const { rules, judged } = bySlug.get(environment.slug) ?? guardsOf(environment);
    const key = `${operation.name}:${operation.effect}`;
    const known = judged.get(key) ?? guardPair(rules, state.slug, operation, environment);
    judged.set(key, known);
    return known;
  };
}

interface GuardedAlike {
  readonly rules: readonly Guardrail[];
  readonly judged: Map<string, GuardedPair>;
}

function mayGuard(rule: Guardrail | undefined, connection: string, { slug, kind }: ReachedEnvironment): boolean {
  if (rule === undefined || (rule.connection !== undefined && rule.connection !== connection)) return false;
  return rule.environments === slug || rule.environments === kind;
}

type Cover = { grants: ReachingGrant[]; count: number; narrowed: boolean };

/** What is covered, by the places of `knownPairs`. */
type Covers = readonly (Covering | undefined)[];

interface CoveredPlace {
  readonly environment: ReachedEnvironment;
  readonly covers: Covers;
}

/** What the grants cover in each environment of the connection. Environments that the same grants name share one answer. */
function coveredPlaces(state: ConnectionState, grants: readonly ReachingGrant[]): readonly CoveredPlace[] {
  const groups = [...Map.groupBy(grants, ({ scope }) => scope.environments.join(' '))].map(([environments, alike]) => ({
    environments: environments.split(' '),
    covers: coversOf(state, alike),
  }));
  const merged = new Map<string, Covers>();
  return namedEnvironments(state).map((environment) => {
    const here = groups.filter((group) => coversEnvironment(group, environment.slug));
    const key = here.map((group) => groups.indexOf(group)).join(' ');
    const covers = merged.get(key) ?? merge(here.map((group) => group.covers));
    merged.set(key, covers);
    return { environment, covers };
  });
}

/** What grants cover, wherever they do. */
function coversOf(state: ConnectionState, grants: readonly ReachingGrant[]): Covers {
  const pairs = knownPairs(state);
  const covers = new Array<Cover | undefined>(pairs.length).fill(undefined);
  for (const grant of grants) {
    const places = new Set(grant.scope.operations.flatMap((selector) => pairsOf(state, selector)));
    for (const at of places) {
      const narrowed = isNarrowed(grant.scope, pairs[at]?.name ?? '');
      covers[at] = joined(covers[at], { grants: [grant], count: 1, narrowed });
    }
  }
  return covers;
}

function merge(all: readonly Covers[]): Covers {
  const [first = [], ...others] = all;
  if (others.length === 0) return first;
  const covers = first.map((covering) => covering && { ...covering, grants: [...covering.grants] });
  for (const each of others) {
    for (const [at, covering] of each.entries()) if (covering !== undefined) covers[at] = joined(covers[at], covering);
  }
  return covers;
}

/** Adds to what is known of a pair. */
function joined(known: Cover | undefined, { grants, count, narrowed }: Covering): Cover {
  if (known === undefined) return { grants: [...grants], count, narrowed };
  known.count += count;
  known.narrowed &&= narrowed;
  if (known.grants.length < MOST_NAMED) known.grants.push(...grants.slice(0, MOST_NAMED - known.grants.length));
  return known;
}

/** True where a scope covers an operation for some resources or arguments only. */
function isNarrowed({ resources, arguments: conditions }: GrantScope, operation: string): boolean {
  return resources !== undefined || (conditions !== undefined && Object.hasOwn(conditions, operation));
}
