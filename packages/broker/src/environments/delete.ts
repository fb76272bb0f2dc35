import type { InputOf } from '@writ/api';
import { deleteEnvironment as deleteRow, updateConnection } from '@writ/store';
import { change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { refuseUnprotecting } from './loosening.ts';
import { noSuchEnvironment, refuseShared } from './missing.ts';

/** Forgets an environment: calls that reach what it stood for are refused from then on. Throws `not_found`, `forbidden`. */
export async function deleteEnvironment(
  ctx: Ctx<AdminActor>,
  input: InputOf<'environments.delete'>,
): Promise<undefined> {
  const { organization_id } = ctx;
  const { environment: slug } = input;
  refuseShared(slug);
  const state = await ctx.live.connections.require(input.connection);
  return await change(ctx, async (tx) => {
    await refuseUnprotecting(ctx, tx, { connection_id: state.id, slug, becoming: undefined });
    const row = await deleteRow(tx, { organization_id, connection_id: state.id, slug });
    if (row === undefined) throw noSuchEnvironment(state.slug, slug);
    await updateConnection(tx, { organization_id, id: state.id, set: {} });
    return {
      result: undefined,
      happened: { kind: 'environment.deleted', connection: state.slug, data: { environment_id: row.id, slug } },
      epochs: [{ scope: 'connection', subject: state.id }],
    };
  });
}
