import type { InputOf, OutputOf } from '@writ/api';
import type { Ctx } from '../context.ts';
import { sliceOut } from '../slice.ts';
import { environmentView, sharedView } from './view.ts';

/** Lists the environments of a connection, the reserved `shared` first. Throws `not_found`. */
export async function listEnvironments(
  ctx: Ctx,
  input: InputOf<'environments.list'>,
): Promise<OutputOf<'environments.list'>> {
  const state = await ctx.live.connections.require(input.connection);
  const views = state.environment_rows.map((row) => environmentView(row, state.provider.selectors));
  return sliceOut([sharedView(state.row), ...views], input);
}
