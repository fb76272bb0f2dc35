import type { InputOf } from '@writ/api';
import type { ProviderEnvironment } from '@writ/providers';
import { deleteEnvironment as deleteRow } from '@writ/store';
import { change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import type { ConnectionState } from '../live.ts';
import { noSuchEnvironment, refuseShared } from './check.ts';
import { refuseUnprotecting, renamed } from './loosening.ts';

/** Removes an environment: calls that reach what it stood for are refused from then on, and a root credential bound to it alone is erased. Throws `not_found`, `forbidden`, `conflict`. */
export async function deleteEnvironment(
  ctx: Ctx<AdminActor>,
  input: InputOf<'environments.delete'>,
): Promise<undefined> {
  const { organization_id } = ctx;
  const { environment: slug } = input;
  refuseShared(slug);
  const state = await ctx.live.connections.require(input.connection);
  const known = await mayFallTo(ctx, state);
  return await change(ctx, async (tx) => {
    await refuseUnprotecting(ctx, tx, { state, slug, becoming: undefined });
    const { result: row, data } = await renamed(ctx, tx, {
      state,
      claims: [],
      slugs: [slug],
      known,
      work: () => deleteRow(tx, { organization_id, connection_id: state.id, slug, now: ctx.now() }),
    });
    if (row === undefined) throw noSuchEnvironment(state.slug, slug);
    return {
      result: undefined,
      happened: {
        kind: 'environment.deleted',
        connection: state.slug,
        data: { environment_id: row.id, slug, ...data },
      },
      epochs: [{ scope: 'connection', subject: state.id }],
    };
  });
}

/**
 * The provider's environments, where they matter: an ephemeral one that is no longer named by its id comes under the environment for its
 * container's ephemeral ones. Undefined where there is none of these. A silent provider does not keep an owner from removing anything.
 */
async function mayFallTo(
  ctx: Ctx<AdminActor>,
  state: ConnectionState,
): Promise<readonly ProviderEnvironment[] | undefined> {
  const { selectors } = state.provider;
  if (!state.environments.some(({ selector }) => selectors.isEphemeral(selector))) return undefined;
  const asked = state.upstream.environments();
  return ctx.actor.role === 'owner' ? await asked.catch(() => []) : await asked;
}
