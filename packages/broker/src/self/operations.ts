import type { InputOf, OutputOf } from '@writ/api';
import {
  type ChainLink,
  coversEnvironment,
  guardPair,
  type Outcome,
  type ReachedEnvironment,
  type SelectedOperation,
} from '@writ/core';
import type { Ctx, TokenActor } from '../context.ts';
import { coveredBy, knownOperations } from '../grants/known-operations.ts';
import { namedEnvironments } from '../live/connections.ts';
import type { ConnectionState } from '../live.ts';
import { judging } from '../payer.ts';
import { sliceOut } from '../slice.ts';
import { ownConnection, ownConnections } from './connections.ts';

type Item = OutputOf<'self.operations'>['items'][number];

/** Lists what an access token may do, as its grants stand now, with the outcome in each environment. */
export async function listOwnOperations(
  ctx: Ctx<TokenActor>,
  input: InputOf<'self.operations'>,
): Promise<OutputOf<'self.operations'>> {
  const slugs = input.connection === undefined ? ownConnections(ctx) : [input.connection];
  const states = await Promise.all(slugs.map((slug) => ownConnection(ctx, slug)));
  const wanted = input.q?.toLowerCase() ?? '';
  return judging(ctx, () => sliceOut(allowed(ctx, { states, wanted, outcome: input.outcome }), input));
}

interface OperationFilter {
  readonly states: readonly ConnectionState[];
  /** A part of the name, in lower case. */
  readonly wanted: string;
  readonly outcome: Outcome | undefined;
}

function* allowed(ctx: Ctx<TokenActor>, { states, wanted, outcome }: OperationFilter): Generator<Item> {
  for (const state of states) {
    for (const item of operationsIn(ctx, { state, wanted })) {
      if (outcome === undefined || item.environments.some((one) => one.outcome === outcome)) yield item;
    }
  }
}

function* operationsIn(
  ctx: Ctx<TokenActor>,
  { state, wanted }: { readonly state: ConnectionState; readonly wanted: string },
): Generator<Item> {
  const facts = new Map(state.provider.operations.map((operation) => [operation.name, operation]));
  for (const { effects, ...operation } of knownOperations(state)) {
    const { name } = operation;
    const known = facts.get(name);
    if (known === undefined || !name.toLowerCase().includes(wanted)) continue;
    for (const effect of effects) {
      const environments = outcomes(ctx, state, { ...operation, effect });
      if (environments.length === 0) continue;
      const { arguments: paths, targets, reach } = known;
      yield {
        connection: state.slug,
        name,
        effect,
        arguments: [...paths],
        targets: [...targets],
        reach,
        environments,
      };
    }
  }
}

function outcomes(
  ctx: Ctx<TokenActor>,
  state: ConnectionState,
  operation: SelectedOperation,
): { environment: string; outcome: Outcome }[] {
  const { chain, guardrails } = ctx.actor;
  return namedEnvironments(state)
    .filter((environment) => chain.every((link) => isCovered(ctx, { state, link, operation, environment })))
    .map((environment) => {
      const { outcome } = guardPair(guardrails, state.slug, operation, environment);
      return { environment: environment.slug, outcome };
    });
}

interface PairQuestion {
  readonly state: ConnectionState;
  readonly link: ChainLink;
  readonly operation: SelectedOperation;
  readonly environment: ReachedEnvironment;
}

/** Whether one allowance of the link covers the pair, for some resources and arguments. */
function isCovered(ctx: Ctx, { state, link, operation, environment }: PairQuestion): boolean {
  const covers = (scope: ChainLink['allowances'][number]['scope']): boolean =>
    scope.connection === state.slug &&
    coversEnvironment(scope, environment.slug) &&
    coveredBy(state, scope.operations).has(`${operation.name}:${operation.effect}`);
  return link.allowances.some(
    ({ scope, expires_at, within }) =>
      (expires_at === undefined || ctx.now() < expires_at) && covers(scope) && (within?.some(covers) ?? true),
  );
}
