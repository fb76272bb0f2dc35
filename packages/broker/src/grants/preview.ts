import type { InputOf, OutputOf } from '@writ/api';
import {
  coversEnvironment,
  type GrantScope,
  type Guardrail,
  guardPair,
  parseSelector,
  type ReachedEnvironment,
  selects,
} from '@writ/core';
import type { Ctx } from '../context.ts';
import { createRules } from '../gateway/callers.ts';
import { sliceOut } from '../slice.ts';
import { type ConnectionState, namedEnvironments } from '../upstream/connections.ts';
import { throwIfAny } from '../validation.ts';
import { clientProblems, deployOnlyProblems, expiryProblems, namedConnection } from './check.ts';
import { knownOperations, scopeProblems } from './check-scope.ts';
import { scopeOf } from './create.ts';

type Item = OutputOf<'grants.preview'>['items'][number];

/** Lists each operation a grant would reach, at each effect, in each environment, and what the guardrails make of it. Saves nothing. */
export async function previewGrant(ctx: Ctx, input: InputOf<'grants.preview'>): Promise<OutputOf<'grants.preview'>> {
  const state = await namedConnection(ctx, input.connection);
  const scope = scopeOf(input);
  throwIfAny([
    ...(await clientProblems(ctx, input.client_id)),
    ...scopeProblems(state, scope),
    ...(await deployOnlyProblems(ctx, { client_id: input.client_id, scope, state })),
    ...expiryProblems(ctx, input.expires_at),
  ]);
  const guardrails = await createRules(ctx)();
  return sliceOut(reachOf({ state, scope, guardrails }), input);
}

interface Reaching {
  readonly state: ConnectionState;
  readonly scope: GrantScope;
  readonly guardrails: readonly Guardrail[];
}

/** Every (operation, effect, environment) a scope covers, whatever its resources and arguments narrow. */
export function reachOf({ state, scope, guardrails }: Reaching): Item[] {
  const selectors = scope.operations.map(parseSelector);
  const environments = namedEnvironments(state).filter(({ slug }) => coversEnvironment(scope, slug));
  return knownOperations(state).flatMap(({ name, base_effect, effects }) =>
    effects
      .map((effect) => ({ name, base_effect, effect }))
      .filter((operation) => selectors.some((selector) => selects(selector, operation)))
      .flatMap((operation) => environments.map((environment) => itemOf({ state, guardrails }, operation, environment))),
  );
}

function itemOf(
  { state, guardrails }: Pick<Reaching, 'state' | 'guardrails'>,
  operation: { readonly name: string; readonly base_effect: Item['effect']; readonly effect: Item['effect'] },
  environment: ReachedEnvironment,
): Item {
  const { outcome, approve, hold_minutes } = guardPair(guardrails, state.slug, operation, environment);
  return {
    operation: operation.name,
    effect: operation.effect,
    environment: environment.slug,
    outcome,
    approve,
    hold_minutes,
  };
}
