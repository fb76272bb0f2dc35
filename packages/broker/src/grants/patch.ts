import type { InputOf, OutputOf } from '@writ/api';
import { defined, digestOf, type GrantScope, type JsonObject, WritError } from '@writ/core';
import { type Grant, type GrantChange, getGrant, type Tx, updateGrant } from '@writ/store';
import { actorId, change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { missing } from '../missing.ts';
import { judging } from '../payer.ts';
import { throwIfAny } from '../validation.ts';
import { deployOnlyProblems, expiryProblems, namedConnection } from './check.ts';
import { scopeProblems } from './check-scope.ts';
import { limitsData, nameData, scopeData } from './create.ts';
import { grantView } from './view.ts';

type Input = InputOf<'grants.patch'>;

/** Changes a grant; it counts for live tokens from their next request on. Throws `not_found`, `validation_failed`, `conflict`. */
export async function patchGrant(ctx: Ctx<AdminActor>, input: Input): Promise<OutputOf<'grants.patch'>> {
  const { organization_id, store } = ctx;
  const { id } = input;
  const before = await getGrant(store.db, { organization_id, id });
  if (before === undefined) throw missing('grant', id);
  const scope = changedScope(before.scope, input);
  const state = await namedConnection(ctx, scope.connection);
  throwIfAny([
    ...judging(ctx, () => [...scopeProblems(state, scope)]),
    ...(await deployOnlyProblems(ctx, { client_id: before.client_id, scope, state })),
    ...expiryProblems(ctx, input.expires_at),
  ]);
  return await change(ctx, async (tx) => {
    const { held, grant } = await write(tx, { ctx, scope, input });
    const { client_id } = grant;
    return {
      result: grantView(grant),
      happened: {
        kind: 'grant.changed',
        client_id,
        connection: state.slug,
        data: { grant_id: id, ...dataOf(grant), before: dataOf(held) },
      },
      epochs: [{ scope: 'client', subject: client_id }],
    };
  });
}

interface Write {
  readonly ctx: Ctx<AdminActor>;
  /** What was checked. */
  readonly scope: GrantScope;
  readonly input: Input;
}

function dataOf(grant: Grant): JsonObject {
  return { ...nameData(grant), ...scopeData(grant.scope), ...limitsData(grant) };
}

/**
 * Writes the change, and returns the grant before and after. The first write changes nothing and locks the row, so that a part of the scope
 * that somebody else removed meanwhile does not come back.
 */
async function write(tx: Tx, { ctx, scope, input }: Write): Promise<{ readonly held: Grant; readonly grant: Grant }> {
  const key = { organization_id: ctx.organization_id, id: input.id, now: ctx.now() };
  const held = await updateGrant(tx, { ...key, set: {} });
  if (held === undefined) throw missing('grant', input.id);
  const { if_updated_at } = input;
  const isOther = if_updated_at !== undefined && Date.parse(if_updated_at) !== held.updated_at;
  if (isOther || digestOf(changedScope(held.scope, input)) !== digestOf(scope))
    throw new WritError('conflict', { detail: 'Somebody else changed this grant meanwhile. Read it again.' });
  const changed_by = changersOf(held, { ctx, input });
  const grant = await updateGrant(tx, { ...key, set: { scope, changed_by, ...limitsOf(input) } });
  if (grant === undefined) throw missing('grant', input.id);
  return { held, grant };
}

/** Who changes more than the name or the note counts from then on as one who made the grant. */
function changersOf(held: Grant, { ctx, input }: Omit<Write, 'scope'>): string[] | null {
  const { id: _, name: __, note: ___, if_updated_at: ____, ...changed } = input;
  if (Object.keys(changed).length === 0) return held.changed_by;
  return [...new Set([...(held.changed_by ?? []), actorId(ctx.actor)])];
}

function changedScope(before: GrantScope, input: Input): GrantScope {
  const resources = input.resources === null ? undefined : (input.resources ?? before.resources);
  const limits = input.limits === null ? undefined : (input.limits ?? before.limits);
  const conditions = input.arguments === null ? undefined : (input.arguments ?? before.arguments);
  return {
    connection: before.connection,
    environments: input.environments ?? before.environments,
    operations: input.operations ?? before.operations,
    ...defined({ resources, arguments: conditions, limits }),
  };
}

function limitsOf({ name, max_ttl_seconds, expires_at, note }: Input): GrantChange {
  return {
    ...defined({ name, max_ttl_seconds, note }),
    ...(expires_at !== undefined && { expires_at: expires_at === null ? null : Date.parse(expires_at) }),
  };
}
