import type { InputOf, OutputOf } from '@writ/api';
import { type Environment, inertLine } from '@writ/core';
import type { InventoryItem } from '@writ/providers';
import type { Ctx } from '../context.ts';
import { type ConnectionState, namedEnvironments } from '../live/connections.ts';
import { sliceOut } from '../slice.ts';
import { type Problem, throwIfAny, unknownName } from '../validation.ts';

/** Lists the provider's resources and the environments they lie in. Throws `not_found`, `validation_failed`, `upstream_unavailable`. */
export async function listInventory(ctx: Ctx, input: InputOf<'inventory.list'>): Promise<OutputOf<'inventory.list'>> {
  const state = await ctx.live.connections.require(input.connection);
  throwIfAny(unknownFilters(state, input));
  const found = await state.upstream.inventory();
  const ephemeral = new Set(found.filter((item) => item.facts['ephemeral'] === true).map(({ id }) => id));
  const wanted = input.q?.toLowerCase() ?? '';
  const items = found
    .map((item) => itemView(item, { environments: state.environments, ephemeral }))
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

interface Places {
  readonly environments: readonly Environment[];
  /** Ids of the provider environments that are ephemeral. */
  readonly ephemeral: ReadonlySet<string>;
}

function itemView(item: InventoryItem, places: Places) {
  const slugs = new Set<string>();
  const unmapped: string[] = [];
  for (const id of item.environment_ids) {
    const slug = slugOf(item, id, places);
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

/** The environment that names this provider environment, or, for an ephemeral one, that stands for those of its project. */
function slugOf({ within }: InventoryItem, id: string, { environments, ephemeral }: Places): string | undefined {
  const stands = ({ selector }: Environment): boolean =>
    'environment_ids' in selector
      ? selector.environment_ids.includes(id)
      : ephemeral.has(id) && selector.ephemeral_of.some((project) => within.includes(`project:${project}`));
  const named = environments.find((environment) => 'environment_ids' in environment.selector && stands(environment));
  return (named ?? environments.find(stands))?.slug;
}
