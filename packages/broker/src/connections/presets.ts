import type { InputOf, OutputOf } from '@writ/api';
import type { Ctx } from '../context.ts';
import { beyondDeploying } from '../grants/check.ts';
import { sliceOut } from '../slice.ts';

/** Lists what people often grant of a connection, as its provider says. Throws `not_found`. */
export async function listPresets(
  ctx: Ctx,
  input: InputOf<'connections.presets'>,
): Promise<OutputOf<'connections.presets'>> {
  const state = await ctx.live.connections.require(input.connection);
  const items = state.provider.presets.map(({ operations, needs = [], ...preset }) => ({
    ...preset,
    operations: [...operations],
    needs: needs.map((need) => ({ ...need })),
    ci: beyondDeploying(state, { operations: [...operations] }).length === 0,
  }));
  return sliceOut(items, input);
}
