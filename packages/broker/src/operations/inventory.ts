import type { InputOf, OutputOf } from '@writ/api';
import { inertLine } from '@writ/core';
import { environmentWith, type InventoryItem } from '@writ/providers';
import type { Ctx } from '../context.ts';
import { namedEnvironments } from '../live/connections.ts';
import type { ConnectionState } from '../live.ts';
import { sliceOut } from '../slice.ts';
import { type Problem, throwIfAny, unknownName } from '../validation.ts';

/** Lists the provider's resources and the environments they lie in. Throws `not_found`, `validation_failed`, `upstream_unavailable`. */
export async function listInventory(ctx: Ctx, input: InputOf<'inventory.list'>): Promise<OutputOf<'inventory.list'>> {
  const state = await ctx.live.connections.require(input.connection);
  throwIfAny(unknownFilters(state, input));
  const found = await state.upstream.inventory();
  const wanted = input.q?.toLowerCase() ?? '';
  const items = found
    .map((item) => itemView(item, state))
    .filter(({ id, name }) => `${id}\n${name ?? ''}`.toLowerCase().includes(wanted))
    .filter(({ kind }) => input.kind === undefined || kind === input.kind)
    .filter(({ environments }) => input.environment === undefined || environments.includes(input.environment));
  return sliceOut(items, input);
}

/** A filter with an unknown name would give an empty list, as if nothing were there. */
function unknownFilters(state: ConnectionState, { kind, environment }: InputOf<'inventory.list'>): Problem[] {
  const kinds = state.provider.resourceKinds;
  const slugs = namedEnvironments(state).map(({ slug }) => slug);
  const problems: Problem[] = [];
  if (kind !== undefined && !kinds.includes(kind))
    problems.push(unknownName({ field: 'kind', found: kind, problem: `must be one of ${kinds.join(', ')}` }, kinds));
  if (environment !== undefined && !slugs.includes(environment))
    problems.push(
      unknownName({ field: 'environment', found: environment, problem: `is none of ${state.slug}` }, slugs),
    );
  return problems;
}

function itemView(item: InventoryItem, { provider, environments }: ConnectionState) {
  const slugs = new Set<string>();
  const unmapped: string[] = [];
  for (const { id, members } of item.environments) {
    const slug = environmentWith(provider.selectors, environments, members)?.slug;
    if (slug === undefined) unmapped.push(inertLine(id, 300));
    else slugs.add(slug);
  }
  return {
    kind: item.kind,
    id: inertLine(item.id, 300),
    name: item.name === undefined ? null : inertLine(item.name, 300),
    environments: [...slugs],
    unmapped,
    within: item.within.map((outer) => inertLine(outer, 300)),
  };
}
