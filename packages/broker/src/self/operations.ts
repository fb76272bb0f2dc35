import type { InputOf, OutputOf } from '@writ/api';
import {
  type ChainLink,
  coversEnvironment,
  guardPair,
  type Outcome,
  parseSelector,
  type ReachedEnvironment,
  type SelectedOperation,
  selects,
} from '@writ/core';
import type { Ctx, TokenActor } from '../context.ts';
import { knownOperations } from '../grants/check-scope.ts';
import { operationsOf } from '../operations/list.ts';
import { sliceOut } from '../slice.ts';
import { type ConnectionState, namedEnvironments } from '../upstream/connections.ts';
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
  const items = states
    .flatMap((state) => operationsIn(ctx, state))
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .filter(
      ({ environments }) =>
        input.outcome === undefined || environments.some(({ outcome }) => outcome === input.outcome),
    );
  return sliceOut(items, input);
}

function operationsIn(ctx: Ctx<TokenActor>, state: ConnectionState): Item[] {
  const facts = new Map(operationsOf(state).map((operation) => [operation.name, operation]));
  return knownOperations(state).flatMap(({ name, base_effect, effects }) =>
    effects.flatMap((effect) => {
      const environments = outcomes(ctx, state, { name, base_effect, effect });
      const known = facts.get(name);
      if (environments.length === 0 || known === undefined) return [];
      const { arguments: paths, targets, reach } = known;
      return [{ connection: state.slug, name, effect, arguments: paths, targets, reach, environments }];
    }),
  );
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

interface Covering {
  readonly state: ConnectionState;
  readonly link: ChainLink;
  readonly operation: SelectedOperation;
  readonly environment: ReachedEnvironment;
}

/** Whether one allowance of the link covers the pair, whatever resources and arguments it narrows it to. */
function isCovered(ctx: Ctx, { state, link, operation, environment }: Covering): boolean {
  return link.allowances.some(
    ({ scope, expires_at }) =>
      scope.connection === state.slug &&
      (expires_at === undefined || ctx.now() < expires_at) &&
      coversEnvironment(scope, environment.slug) &&
      scope.operations.some((text) => selects(parseSelector(text), operation)),
  );
}
