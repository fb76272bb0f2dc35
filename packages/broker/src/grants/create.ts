import type { InputOf, OutputOf } from '@writ/api';
import { compactScope, defined, type GrantScope, type JsonObject, limitText, makeId, WritError } from '@writ/core';
import { type Grant, getClient, insertGrant } from '@writ/store';
import { actorId, change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { judging } from '../payer.ts';
import { throwIfAny } from '../validation.ts';
import { clientProblems, deployOnlyProblems, expiryProblems, namedConnection } from './check.ts';
import { scopeProblems } from './check-scope.ts';
import { grantView } from './view.ts';

/** The scope of a grant as given, and nothing else of it. */
export function scopeOf(input: GrantScope): GrantScope {
  const { connection, environments, operations, resources, arguments: conditions, limits } = input;
  return {
    connection,
    environments,
    operations,
    ...defined({ resources, arguments: conditions, limits }),
  };
}

/** A grant's scope as the audit log has it: short, and of names alone. */
export function scopeData(scope: GrantScope): JsonObject {
  const conditions = Object.entries(scope.arguments ?? {}).map(
    ([name, paths]) => `${name}: ${Object.keys(paths).join(', ')}`,
  );
  return {
    allows: compactScope(scope).slice(0, 200),
    ...defined({ resources: scope.resources?.slice(0, 100) }),
    ...(conditions.length > 0 && { arguments: conditions.slice(0, 100) }),
    ...defined({ limits: scope.limits?.map(limitText) }),
  };
}

/** What people call a grant, as the audit log has it. */
export function nameData({ name }: Pick<Grant, 'name'>): JsonObject {
  return name === null ? {} : { name };
}

/** How long a grant and its tokens last, as the audit log has it: making either longer is a widening like any other. */
export function limitsData({ max_ttl_seconds, expires_at }: Pick<Grant, 'max_ttl_seconds' | 'expires_at'>): JsonObject {
  return {
    ...defined({ max_ttl_seconds: max_ttl_seconds ?? undefined }),
    ...(expires_at !== null && { expires_at: new Date(expires_at).toISOString() }),
  };
}

/** Makes a grant. Throws `validation_failed` naming every field that is wrong, what was found, and the nearest right name. */
export async function createGrant(
  ctx: Ctx<AdminActor>,
  input: InputOf<'grants.create'>,
): Promise<OutputOf<'grants.create'>> {
  const { organization_id } = ctx;
  const { client_id, name, max_ttl_seconds, note } = input;
  const state = await namedConnection(ctx, input.connection);
  const scope = scopeOf(input);
  throwIfAny([
    ...(await clientProblems(ctx, client_id)),
    ...judging(ctx, () => [...scopeProblems(state, scope)]),
    ...(await deployOnlyProblems(ctx, { client_id, scope, state })),
    ...expiryProblems(ctx, input.expires_at),
  ]);
  const now = ctx.now();
  const row = {
    organization_id,
    id: makeId('grant', { now, randomBytes: ctx.randomBytes }),
    client_id,
    connection_id: state.id,
    name: name ?? null,
    scope,
    max_ttl_seconds: max_ttl_seconds ?? null,
    expires_at: input.expires_at === undefined ? null : Date.parse(input.expires_at),
    note: note ?? null,
    created_by: actorId(ctx.actor),
    created_at: now,
    updated_at: now,
  };
  return await change(ctx, async (tx) => {
    if ((await getClient(tx, { organization_id, client_id })) === undefined) throw new WritError('conflict');
    const grant = await insertGrant(tx, row);
    const data = { grant_id: row.id, ...nameData(row), ...scopeData(scope), ...limitsData(row) };
    return {
      result: grantView(grant),
      happened: { kind: 'grant.created', client_id, connection: state.slug, data },
      epochs: [{ scope: 'client', subject: client_id }],
    };
  });
}
