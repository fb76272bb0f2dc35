import type { InputOf, OutputOf } from '@writ/api';
import { effectSchema } from '@writ/core';
import type { CatalogOperation } from '@writ/providers';
import type { Ctx } from '../context.ts';
import { sliceOut } from '../slice.ts';
import type { ConnectionState } from '../upstream/connections.ts';

type View = OutputOf<'operations.put'>;

/** Lists a connection's operations: the catalog's, and the unknown ones an owner gave an effect. Throws `not_found`. */
export async function listOperations(
  ctx: Ctx,
  input: InputOf<'operations.list'>,
): Promise<OutputOf<'operations.list'>> {
  const state = await ctx.live.connections.require(input.connection);
  const wanted = input.q?.toLowerCase() ?? '';
  const all = operationsOf(state).filter(({ name, effect, override }) => {
    const effective = override?.effect ?? effect;
    return name.toLowerCase().includes(wanted) && (input.effect === undefined || input.effect === effective);
  });
  return sliceOut(all, input);
}

/** Every operation of a connection, by name. */
export function operationsOf(state: ConnectionState): View[] {
  const known = new Set(state.provider.operations.map(({ name }) => name));
  const added = [...state.overrides.keys()]
    .filter((name) => !known.has(name))
    .map((name) => unknownOperation(state, name));
  return [...state.provider.operations.map((operation) => operationView(state, operation)), ...added];
}

/** One operation as the API shows it. */
export function operationView(state: ConnectionState, operation: CatalogOperation): View {
  const { name, effect, reach, why } = operation;
  const row = state.override_rows.find((override) => override.operation === name);
  return {
    name,
    effect,
    raised_to: [...operation.raised_to],
    reach,
    targets: [...operation.targets],
    arguments: [...operation.arguments],
    why,
    override: row === undefined ? null : { effect: effectSchema.parse(row.effect), note: row.note ?? '' },
  };
}

/** An operation that only an owner's override knows: it reaches everything. */
export function unknownOperation(state: ConnectionState, name: string): View {
  const effect = state.overrides.get(name) ?? 'escalate';
  const why = 'Not in the catalog: an owner gave it this effect.';
  return operationView(state, {
    name,
    effect,
    raised_to: [],
    reach: 'shared and everything',
    targets: [],
    arguments: [],
    why,
  });
}
