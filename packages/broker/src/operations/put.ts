import type { InputOf, OutputOf } from '@writ/api';
import { type Effect, inertLine, isWorse } from '@writ/core';
import type { CatalogOperation } from '@writ/providers';
import { putEffectOverride, updateConnection } from '@writ/store';
import { change } from '../audit/record.ts';
import { actorId } from '../connections/actor-id.ts';
import type { AdminActor, Ctx } from '../context.ts';
import type { ConnectionState } from '../upstream/connections.ts';
import { unknownName, wrong } from '../validation.ts';
import { operationView, unknownOperation } from './list.ts';

/**
 * Gives an operation that the provider's live schema has and the catalog lacks an effect, or raises a known one, for this
 * connection. Throws `not_found`, and `validation_failed` for lowering, which takes a release.
 */
export async function putOperation(
  ctx: Ctx<AdminActor>,
  input: InputOf<'operations.put'>,
): Promise<OutputOf<'operations.put'>> {
  const { organization_id } = ctx;
  const { name, effect, note } = input;
  const state = await ctx.live.connections.require(input.connection);
  const known = state.provider.operations.find((operation) => operation.name === name);
  checkEffect({ state, known }, { name, effect });
  if (known === undefined) await checkNews(state, name);
  await change(ctx, async (tx) => {
    const made = { note, created_by: actorId(ctx.actor), created_at: ctx.now() };
    await putEffectOverride(tx, { organization_id, connection_id: state.id, operation: name, effect, ...made });
    await updateConnection(tx, { organization_id, id: state.id, set: {} });
    const data = { operation: name, effect, before: state.overrides.get(name) ?? known?.effect ?? 'unknown', note };
    return {
      result: undefined,
      happened: { kind: 'operation.changed', connection: state.slug, operations: [inertLine(name, 200)], data },
      epochs: [{ scope: 'connection', subject: state.id }],
    };
  });
  const after = await ctx.live.connections.require(input.connection);
  return known === undefined ? unknownOperation(after, name) : operationView(after, known);
}

/** Neither below the catalog nor below what an owner recorded before. */
function checkEffect(
  { state, known }: { readonly state: ConnectionState; readonly known: CatalogOperation | undefined },
  { name, effect }: { readonly name: string; readonly effect: Effect },
): void {
  const least = state.overrides.get(name) ?? known?.effect;
  if (least === undefined || effect === least || isWorse(effect, least)) return;
  throw wrong({
    field: 'effect',
    problem: `must not be milder than ${least}: lowering takes a release`,
    found: effect,
    nearest: least,
  });
}

/** An unknown name must be one the provider has, so that a slip of the pen is not taken for a review. */
async function checkNews(state: ConnectionState, name: string): Promise<void> {
  const news = await state.upstream.schemaNews();
  if (news.includes(name)) return;
  const names = [...news, ...state.provider.operations.map((operation) => operation.name)];
  throw wrong(
    unknownName(
      { field: 'name', found: name, problem: "must be in the catalog, or new in the provider's live schema" },
      names,
    ),
  );
}
