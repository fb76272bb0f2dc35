import type { InputOf, OutputOf } from '@writ/api';
import { defined, EFFECTS, type GuardedPair, limitKey } from '@writ/core';
import { limitUsed } from '@writ/store';
import type { Ctx } from '../context.ts';
import { endOut } from '../limits/period.ts';
import { namedEnvironments } from '../live/connections.ts';
import { createRules } from '../live/rules.ts';
import type { ConnectionState } from '../live.ts';
import { judging } from '../payer.ts';
import { sliceOut } from '../slice.ts';
import { throwIfAny } from '../validation.ts';
import { clientProblems, deployOnlyProblems, expiryProblems, namedConnection } from './check.ts';
import { scopeProblems } from './check-scope.ts';
import { scopeOf } from './create.ts';
import { knownOperations } from './known-operations.ts';
import { type ReachedPair, reachedPairs } from './reached.ts';

type Item = OutputOf<'grants.preview'>['items'][number];

/** Lists each operation that a grant would reach, at each effect, in each environment, and the outcome of the guardrails. Saves nothing. */
export async function previewGrant(ctx: Ctx, input: InputOf<'grants.preview'>): Promise<OutputOf<'grants.preview'>> {
  const state = await namedConnection(ctx, input.connection);
  const scope = scopeOf(input);
  throwIfAny([
    ...(await clientProblems(ctx, input.client_id)),
    ...judging(ctx, () => [...scopeProblems(state, scope)]),
    ...(await deployOnlyProblems(ctx, { client_id: input.client_id, scope, state })),
    ...expiryProblems(ctx, input.expires_at),
  ]);
  const guardrails = await createRules(ctx)();
  const grants = [{ id: '', name: null, scope }];
  const page = judging(ctx, () => {
    const pairs = () => reachedPairs(state, { grants, guardrails });
    const { items, next_cursor } = sliceOut(listed(pairs(), input), input);
    return { items: items.map(itemOf), next_cursor, ...countsOf(state, pairs()) };
  });
  return { ...page, limits: await limitStates(ctx, input) };
}

/** Those pairs that are asked for. */
function* listed(pairs: Iterable<ReachedPair>, asked: InputOf<'grants.preview'>): Generator<ReachedPair> {
  for (const pair of pairs) {
    const isThere = asked.environment === undefined || pair.environment.slug === asked.environment;
    if (isThere && (asked.effect === undefined || pair.operation.effect === asked.effect)) yield pair;
  }
}

/** What the client has used of the limits; of one per task a new task has used nothing. */
async function limitStates(ctx: Ctx, input: InputOf<'grants.preview'>) {
  const { organization_id, store } = ctx;
  const { client_id, connection, limits = [] } = input;
  return await Promise.all(
    limits.map(async (limit) => {
      const limit_key = limitKey(connection, limit);
      const place = { organization_id, client_id, task_id: '', limit_key, per: limit.per };
      return { limit, used: await limitUsed(store.db, place), ends_at: endOut(limit, ctx.now()) };
    }),
  );
}

/** How a page shows one pair. */
export function itemOf({ operation, environment, guarded, narrowed }: ReachedPair): Item {
  return {
    operation: operation.name,
    effect: operation.effect,
    environment: environment.slug,
    ...outcomeOf(guarded),
    narrowed,
  };
}

/** What the guardrails make of a pair. */
export function outcomeOf({ outcome, approve, hold_minutes, quorum }: GuardedPair) {
  return { outcome, approve, hold_minutes, ...defined({ quorum }) };
}

type Counts = Pick<OutputOf<'grants.preview'>, 'summary' | 'impossible'>;

/** Counts all pairs, by environment and effect, and what is possible in none. */
function countsOf(state: ConnectionState, pairs: Iterable<ReachedPair>): Counts {
  const counts = new Map<string, Counts['summary'][number]>();
  const possible = new Set<string>();
  for (const { operation, environment, guarded, narrowed } of pairs) {
    const { slug } = environment;
    const { effect } = operation;
    const { outcome, approve, hold_minutes, quorum } = guarded;
    if (outcome !== 'deny') possible.add(`${operation.name}:${effect}`);
    const key = `${slug} ${effect} ${outcome} ${approve} ${hold_minutes} ${quorum}`;
    const known = counts.get(key);
    const count = known ?? { environment: slug, effect, ...outcomeOf(guarded), operations: 0, narrowed: 0 };
    count.operations += 1;
    if (narrowed) count.narrowed += 1;
    if (known === undefined) counts.set(key, count);
  }
  return { summary: sorted(state, [...counts.values()]), impossible: impossible(state, possible) };
}

/** In the order of the connection's environments, and of effects: the mildest first. */
function sorted(state: ConnectionState, counts: Counts['summary']): Counts['summary'] {
  const places = new Map(namedEnvironments(state).map(({ slug }, at) => [slug, at]));
  const placeOf = ({ environment, effect }: Counts['summary'][number]): number =>
    (places.get(environment) ?? 0) * EFFECTS.length + EFFECTS.indexOf(effect);
  return counts.sort((one, other) => placeOf(one) - placeOf(other));
}

function impossible(state: ConnectionState, possible: ReadonlySet<string>): Counts['impossible'] {
  const counts = EFFECTS.map((effect) => ({ effect, refused: 0, all: 0 }));
  for (const { name, effects } of knownOperations(state)) {
    for (const count of counts.filter(({ effect }) => effects.includes(effect))) {
      count.all += 1;
      if (!possible.has(`${name}:${count.effect}`)) count.refused += 1;
    }
  }
  return counts;
}
