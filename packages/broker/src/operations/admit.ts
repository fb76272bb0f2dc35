import type { InputOf, OutputOf } from '@writ/api';
import { type Effect, inertLine, isWorse, WritError } from '@writ/core';
import type { Admission, LiveSchema, NewName } from '@writ/providers';
import { deleteAdmission, newestLiveSchema, putAdmission } from '@writ/store';
import { actorId, change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { admissionOf } from '../live/admissions.ts';
import type { ConnectionState } from '../live.ts';
import { unknownName, wrong } from '../validation.ts';
import { inCatalog, viewByName } from './list.ts';

/**
 * Admits new arguments, fields of arguments (`input.x`) or values of enums (`input.x=VALUE`) of a catalogued operation: a call that uses
 * one reaches everything and has at least this effect. Throws `not_found`, `validation_failed`.
 */
export async function admitArguments(
  ctx: Ctx<AdminActor>,
  input: InputOf<'operations.admit'>,
): Promise<OutputOf<'operations.admit'>> {
  const { name: operation, arguments: parts, effect, note } = input;
  const state = await ctx.live.connections.require(input.connection);
  await admit(ctx, { state, operation, parts, effect, note });
  return viewByName(await ctx.live.connections.require(input.connection), operation);
}

/**
 * Takes back what was admitted: an operation or field with all of its arguments. What the catalog knows stays as it is. Throws `not_found`.
 */
export async function dismissOperation(
  ctx: Ctx<AdminActor>,
  input: InputOf<'operations.dismiss'>,
): Promise<OutputOf<'operations.dismiss'>> {
  return await dismiss(ctx, { connection: input.connection, operation: input.name, part: '' });
}

/** Takes back one admitted argument. Throws `not_found`. */
export async function dismissArgument(
  ctx: Ctx<AdminActor>,
  input: InputOf<'operations.dismiss_argument'>,
): Promise<OutputOf<'operations.dismiss_argument'>> {
  return await dismiss(ctx, { connection: input.connection, operation: input.name, part: input.argument });
}

async function dismiss(
  ctx: Ctx<AdminActor>,
  { connection, operation, part }: { readonly connection: string; readonly operation: string; readonly part: string },
): Promise<undefined> {
  const { organization_id } = ctx;
  const state = await ctx.live.connections.require(connection);
  return await change(ctx, async (tx) => {
    const gone = await deleteAdmission(tx, { organization_id, connection_id: state.id, operation, part });
    if (!gone) throw new WritError('not_found', { detail: `Nothing of that name was admitted for ${state.slug}.` });
    const data = { operation: inertLine(operation, 200), argument: inertLine(part, 300) };
    return {
      result: undefined,
      happened: { kind: 'operation.dismissed', connection: state.slug, operations: [inertLine(operation, 200)], data },
      epochs: [{ scope: 'connection', subject: state.id }],
    };
  });
}

interface AdmitInput {
  readonly state: ConnectionState;
  readonly operation: string;
  /** The parts; a single empty one stands for the operation itself. */
  readonly parts: readonly string[];
  readonly effect: Effect;
  readonly note: string;
}

/** Admits parts of one operation, or the operation itself, in the shapes that the newest live schema has. Throws `validation_failed`. */
export async function admit(
  ctx: Ctx<AdminActor>,
  { state, operation, parts, effect, note }: AdmitInput,
): Promise<void> {
  const { organization_id } = ctx;
  const of = { organization_id, connection_id: state.id };
  const live = await requireSchema(ctx, { state, operation });
  const shapes = parts.map((part) => ({ part, shape: shapeFor({ state, live }, { operation, part, effect }) }));
  tryOut(
    state,
    shapes.map(({ part, shape }) => ({ operation, part, effect, shape })),
  );
  await change(ctx, async (tx) => {
    if ((await newestLiveSchema(tx, of))?.digest !== live.digest) throw newer();
    const made = { note, stale_since: null, created_by: actorId(ctx.actor), created_at: ctx.now() };
    for (const { part, shape } of shapes) {
      await putAdmission(tx, { ...of, operation, part, effect, shape, schema_digest: live.digest, ...made });
    }
    const named = parts.filter(Boolean);
    const what = `${inertLine(operation, 200)}${named.length === 0 ? '' : `(${inertLine(named.join(', '), 300)})`}`;
    const loosened = [`${what} is no longer refused as unknown in ${state.slug}: it counts as ${effect}`];
    const data = { operation, arguments: named, effect, note, schema: live.digest, loosened };
    return {
      result: undefined,
      happened: { kind: 'operation.admitted', connection: state.slug, operations: [inertLine(operation, 200)], data },
      epochs: [{ scope: 'connection', subject: state.id }],
    };
  });
}

function newer(): WritError {
  return new WritError('conflict', {
    detail:
      "The provider's live schema was read anew meanwhile, and is another now. Nothing was admitted; look at it first.",
  });
}

/** Throws where the catalog cannot be built with this admission: were it kept, the connection could not be loaded. */
function tryOut(state: ConnectionState, fresh: readonly Admission[]): void {
  const counting = state.admission_rows.filter(({ stale_since }) => stale_since === null).map(admissionOf);
  const others = counting.filter(
    (row) => !fresh.some((one) => one.operation === row.operation && one.part === row.part),
  );
  try {
    state.provider.admitting([...others, ...fresh]);
  } catch (error) {
    const why = error instanceof Error ? `: ${inertLine(error.message, 200)}` : '';
    throw wrong({ field: 'name', problem: `cannot be judged together with what was admitted before${why}` });
  }
}

async function requireSchema(
  { store, organization_id }: Ctx,
  { state, operation }: Pick<AdmitInput, 'state' | 'operation'>,
): Promise<LiveSchema> {
  const row = await newestLiveSchema(store.db, { organization_id, connection_id: state.id });
  if (row !== undefined) return row;
  const problem = `is not in the catalog, and the provider's live schema was never read: POST connections/${state.slug}/schema`;
  const names = state.provider.operations.map(({ name }) => name);
  throw wrong(unknownName({ field: 'name', found: operation, problem }, names));
}

interface NameToAdmit {
  readonly operation: string;
  readonly part: string;
  readonly effect: Effect;
}

/** The shape of a new name. The schema must have it, so that a mistyped name is not taken for a review. */
function shapeFor(
  { state, live }: { readonly state: ConnectionState; readonly live: LiveSchema },
  wanted: NameToAdmit,
) {
  const { operation, part, effect } = wanted;
  const found = state.provider.compareSchema(live).new;
  const one = found.find((each) => each.name === operation && each.part === part);
  const shape = state.provider.shapeOf(live, wanted);
  const field = part === '' ? 'name' : 'arguments';
  if (one?.refused !== undefined) throw wrong({ field, problem: `cannot be admitted: ${inertLine(one.refused, 200)}` });
  if (one === undefined || shape === undefined) throw unknown({ state, found }, { field, operation, part });
  if (effect === one.least || isWorse(effect, one.least)) return shape;
  throw wrong({ field: 'effect', problem: `must not be milder than ${one.least}`, found: effect, nearest: one.least });
}

function unknown(
  { state, found }: { readonly state: ConnectionState; readonly found: readonly NewName[] },
  { field, operation, part }: { readonly field: string; readonly operation: string; readonly part: string },
): WritError {
  if (part === '') {
    const problem = "must be in the catalog, or new in the provider's live schema";
    const names = [...state.provider.operations, ...found].map(({ name }) => name);
    return wrong(unknownName({ field, found: operation, problem }, names));
  }
  if (inCatalog(state, operation) === undefined && !found.some(({ name }) => name === operation)) {
    const problem = 'must be an operation of the catalog';
    return wrong(
      unknownName(
        { field: 'name', found: operation, problem },
        state.provider.operations.map(({ name }) => name),
      ),
    );
  }
  const problem = `must be a new argument of ${inertLine(operation, 200)} in the provider's live schema`;
  const parts = found.filter(({ name }) => name === operation).map((each) => each.part);
  return wrong(unknownName({ field, found: part, problem }, parts));
}
