import type { InputOf, OutputOf } from '@writ/api';
import { type Effect, inertLine, isWorse } from '@writ/core';
import type { CatalogOperation } from '@writ/providers';
import { putEffectOverride } from '@writ/store';
import { actorId, change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import type { ConnectionState } from '../live.ts';
import { wrong } from '../validation.ts';
import { admit } from './admit.ts';
import { inCatalog, operationView, viewByName } from './list.ts';

/**
 * Gives an effect to an operation or field that the live schema has and the catalog lacks, or raises a known one, for this connection.
 * Throws `not_found`, and `validation_failed` for lowering, which takes a release.
 */
export async function putOperation(
  ctx: Ctx<AdminActor>,
  input: InputOf<'operations.put'>,
): Promise<OutputOf<'operations.put'>> {
  const { name, effect, note } = input;
  const state = await ctx.live.connections.require(input.connection);
  const known = inCatalog(state, name);
  if (known === undefined) {
    await admit(ctx, { state, operation: name, parts: [''], effect, note });
    return viewByName(await ctx.live.connections.require(input.connection), name);
  }
  checkEffect({ state, known }, effect);
  await raise(ctx, state, { name, effect, note, before: state.overrides.get(name) ?? known.effect });
  return operationView(await ctx.live.connections.require(input.connection), known);
}

interface EffectChange {
  readonly name: string;
  readonly effect: Effect;
  readonly note: string;
  readonly before: Effect;
}

async function raise(ctx: Ctx<AdminActor>, state: ConnectionState, raised: EffectChange): Promise<void> {
  const { organization_id } = ctx;
  const { name, effect, note, before } = raised;
  await change(ctx, async (tx) => {
    const made = { note, created_by: actorId(ctx.actor), created_at: ctx.now() };
    await putEffectOverride(tx, { organization_id, connection_id: state.id, operation: name, effect, ...made });
    return {
      result: undefined,
      happened: {
        kind: 'operation.changed',
        connection: state.slug,
        operations: [inertLine(name, 200)],
        data: { operation: name, effect, before, note },
      },
      epochs: [{ scope: 'connection', subject: state.id }],
    };
  });
}

/** Throws for an effect that is milder than the catalog's, or than the one that an owner recorded before. */
function checkEffect(
  { state, known }: { readonly state: ConnectionState; readonly known: CatalogOperation },
  effect: Effect,
): void {
  const least = state.overrides.get(known.name) ?? known.effect;
  if (effect === least || isWorse(effect, least)) return;
  throw wrong({
    field: 'effect',
    problem: `must not be milder than ${least}: lowering takes a release`,
    found: effect,
    nearest: least,
  });
}
