import type { InputOf, OutputOf } from '@writ/api';
import {
  coversEnvironment,
  defined,
  type GrantScope,
  type Guardrail,
  guardPair,
  limitKey,
  type ReachedEnvironment,
  type SelectedOperation,
} from '@writ/core';
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
import { coveredBy, knownOperations } from './known-operations.ts';

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
  const page = judging(ctx, () => sliceOut(reached(state, scope), input));
  const limits = await limitStates(ctx, input);
  return { ...page, items: page.items.map((pair) => itemOf({ state, guardrails }, pair)), limits };
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

interface Pair {
  readonly operation: SelectedOperation;
  readonly environment: ReachedEnvironment;
}

/** Every (operation, effect, environment) that a scope covers, without regard to its resources and arguments. */
function* reached(state: ConnectionState, scope: GrantScope): Generator<Pair> {
  const covered = coveredBy(state, scope.operations);
  const environments = namedEnvironments(state).filter(({ slug }) => coversEnvironment(scope, slug));
  for (const { name, base_effect, effects } of knownOperations(state)) {
    for (const effect of effects.filter((each) => covered.has(`${name}:${each}`))) {
      for (const environment of environments) yield { operation: { name, base_effect, effect }, environment };
    }
  }
}

interface GuardedConnection {
  readonly state: ConnectionState;
  readonly guardrails: readonly Guardrail[];
}

function itemOf({ state, guardrails }: GuardedConnection, { operation, environment }: Pair): Item {
  const { outcome, approve, hold_minutes, quorum } = guardPair(guardrails, state.slug, operation, environment);
  return {
    operation: operation.name,
    effect: operation.effect,
    environment: environment.slug,
    outcome,
    approve,
    hold_minutes,
    ...defined({ quorum }),
  };
}
