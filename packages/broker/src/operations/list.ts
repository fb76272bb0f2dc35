import type { InputOf, OutputOf } from '@writ/api';
import { effectSchema, WritError } from '@writ/core';
import type { CatalogOperation } from '@writ/providers';
import type { Ctx } from '../context.ts';
import type { ConnectionState } from '../live.ts';
import { sliceOut } from '../slice.ts';

type View = OutputOf<'operations.put'>;

/** Lists a connection's operations: the catalog's, and what owners admitted that counts. Throws `not_found`. */
export async function listOperations(
  ctx: Ctx,
  input: InputOf<'operations.list'>,
): Promise<OutputOf<'operations.list'>> {
  const state = await ctx.live.connections.require(input.connection);
  const wanted = input.q?.toLowerCase() ?? '';
  const all = state.provider.operations
    .map((operation) => operationView(state, operation))
    .filter(({ name, effect, override }) => {
      const effective = override?.effect ?? effect;
      return name.toLowerCase().includes(wanted) && (input.effect === undefined || input.effect === effective);
    });
  return sliceOut(all, input);
}

/** One operation as the API shows it, with what owners recorded of it. */
export function operationView(state: ConnectionState, operation: CatalogOperation): View {
  const { name, effect, reach, group, why, admitted = false } = operation;
  const counting = state.admission_rows.filter((row) => row.operation === name && row.stale_since === null);
  const row = admitted
    ? counting.find(({ part }) => part === '')
    : state.override_rows.find((override) => override.operation === name);
  return {
    name,
    effect,
    raised_to: [...operation.raised_to],
    reach,
    targets: [...operation.targets],
    arguments: [...operation.arguments],
    inputs: operation.inputs.map(({ values, ...input }) => ({ ...input, ...(values && { values: [...values] }) })),
    group,
    why,
    override: row === undefined ? null : { effect: effectSchema.parse(row.effect), note: row.note ?? '' },
    admitted,
    admitted_arguments: counting
      .filter(({ part }) => part !== '')
      .map(({ part, effect, note }) => ({ argument: part, effect: effectSchema.parse(effect), note })),
  };
}

/** The operation of a name. Throws `not_found`. */
export function viewByName(state: ConnectionState, name: string): View {
  const operation = state.provider.operations.find((each) => each.name === name);
  if (operation === undefined) throw new WritError('not_found', { detail: 'There is no operation of that name.' });
  return operationView(state, operation);
}

/** The operation as the catalog itself has it; undefined for one that was admitted. */
export function inCatalog({ provider }: ConnectionState, name: string): CatalogOperation | undefined {
  return provider.operations.find((operation) => operation.name === name && operation.admitted !== true);
}
