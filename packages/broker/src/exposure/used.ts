/** What all grants that count now let their clients do on one connection: by environment and effect. */
import { coversEnvironment, EFFECTS, type Effect, type Guardrail, OUTCOMES, type Outcome } from '@writ/core';
import { type GrantInForce, grantsInForce } from '@writ/store';
import type { Ctx } from '../context.ts';
import { effectsOf } from '../grants/known-operations.ts';
import { type ReachingGrant, reachedPairs } from '../grants/reached.ts';
import { namedEnvironments } from '../live/connections.ts';
import type { ConnectionState } from '../live.ts';

/** What can be done in one environment at one effect. */
export interface UsedEffect {
  readonly effect: Effect;
  /** How many clients can do any of it. */
  readonly clients: number;
  readonly operations: number;
  readonly mildest: Outcome;
  readonly strictest: Outcome;
}

/** What can be done in one environment; no effects where nothing can. */
export interface UsedEnvironment {
  readonly environment: ReturnType<typeof namedEnvironments>[number];
  readonly effects: readonly UsedEffect[];
}

/** What can be done on a connection. */
export interface Used {
  readonly environments: readonly UsedEnvironment[];
  /** How many operations any grant covers anywhere, by effect. */
  readonly granted: ReadonlyMap<Effect, number>;
}

/** More grants than a deployment has: of one that has more, the oldest are looked at. */
const MOST = 20_000;

/** The grants that count now, of all connections or of one. */
export async function grantsNow(
  { organization_id, store, now }: Ctx,
  connection_id?: string,
): Promise<readonly GrantInForce[]> {
  const of = connection_id === undefined ? {} : { connection_id };
  return await grantsInForce(store.db, { organization_id, ...of, now: now(), limit: MOST });
}

/** Works out what the grants of a connection come to. Resources and arguments are not looked at. */
export function useOf(
  state: ConnectionState,
  { grants, guardrails }: { readonly grants: readonly GrantInForce[]; readonly guardrails: readonly Guardrail[] },
): Used {
  const alike = [
    ...Map.groupBy(grants, ({ scope }) => JSON.stringify([scope.environments, scope.operations])).values(),
  ];
  const first = alike.flatMap(([one]): ReachingGrant[] => (one === undefined ? [] : [one]));
  const counts = new Map<string, { operations: number; mildest: Outcome; strictest: Outcome }>();
  const covered = new Set<string>();
  for (const { operation, environment, guarded } of reachedPairs(state, { grants: first, guardrails })) {
    const { effect, name } = operation;
    covered.add(`${effect} ${name}`);
    const key = `${environment.slug} ${effect}`;
    const { outcome } = guarded;
    const known = counts.get(key);
    counts.set(key, {
      operations: (known?.operations ?? 0) + 1,
      mildest: known === undefined ? outcome : milder(known.mildest, outcome),
      strictest: known === undefined ? outcome : stricter(known.strictest, outcome),
    });
  }
  const clients = clientsBy(state, alike);
  const environments = namedEnvironments(state).map((environment) => ({
    environment,
    effects: EFFECTS.flatMap((effect): UsedEffect[] => {
      const key = `${environment.slug} ${effect}`;
      const count = counts.get(key);
      return count === undefined ? [] : [{ effect, clients: clients.get(key)?.size ?? 0, ...count }];
    }),
  }));
  const granted = EFFECTS.map((effect) => {
    return [effect, [...covered].filter((key) => key.startsWith(`${effect} `)).length] as const;
  });
  return { environments, granted: new Map(granted) };
}

const milder = (one: Outcome, other: Outcome): Outcome =>
  OUTCOMES.indexOf(one) < OUTCOMES.indexOf(other) ? one : other;
const stricter = (one: Outcome, other: Outcome): Outcome => (milder(one, other) === one ? other : one);

/** The clients that can do anything of an effect in an environment, by `slug effect`. `alike`: grants with the same scope. */
function clientsBy(
  state: ConnectionState,
  alike: readonly (readonly GrantInForce[])[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const places = namedEnvironments(state);
  const clients = new Map<string, Set<string>>();
  for (const grants of alike) {
    const [first] = grants;
    if (first === undefined) continue;
    const effects = effectsOf(state, first.scope.operations);
    for (const { slug } of places.filter((place) => coversEnvironment(first.scope, place.slug))) {
      for (const effect of effects) {
        const known = clients.get(`${slug} ${effect}`) ?? new Set();
        for (const { client_id } of grants) known.add(client_id);
        clients.set(`${slug} ${effect}`, known);
      }
    }
  }
  return clients;
}
