import { checkDeployOnly, type FieldProblem, type GrantScope } from '@writ/core';
import { getClient, listClients, listConnections } from '@writ/store';
import type { Ctx } from '../context.ts';
import type { ConnectionState } from '../live.ts';
import { type Problem, unknownName, wrong } from '../validation.ts';
import { knownOperation } from './known-operations.ts';

/** The problem of a client that does not exist, with the nearest name; none where it exists. */
export async function clientProblems(ctx: Ctx, client_id: string): Promise<Problem[]> {
  const { organization_id, store } = ctx;
  if ((await getClient(store.db, { organization_id, client_id })) !== undefined) return [];
  const { items } = await listClients(store.db, { organization_id, limit: 1000 });
  const names = items.map((client) => client.client_id);
  return [unknownName({ field: 'client_id', found: client_id, problem: 'must be a client' }, names)];
}

/** The problems of a scope that would allow a client of kind `ci` more than deploying (model#deploy-only); nothing for other clients. */
export async function deployOnlyProblems(
  ctx: Ctx,
  {
    client_id,
    scope,
    state,
  }: { readonly client_id: string; readonly scope: GrantScope; readonly state: ConnectionState },
): Promise<FieldProblem[]> {
  const { organization_id, store } = ctx;
  const client = await getClient(store.db, { organization_id, client_id });
  return client?.kind === 'ci' ? beyondDeploying(state, scope) : [];
}

/** The operations of a scope that go beyond deploying, by their effects as they stand for the connection. */
export function beyondDeploying(
  state: ConnectionState,
  scope: Pick<GrantScope, 'operations'>,
  field = 'operations',
): FieldProblem[] {
  return checkDeployOnly(scope, { effectOf: (operation) => knownOperation(state, operation)?.base_effect, field });
}

/** The connection that a grant or detail names. Throws `validation_failed` with the nearest name. */
export async function namedConnection(ctx: Ctx, slug: string, field = 'connection'): Promise<ConnectionState> {
  const { organization_id, store, live } = ctx;
  const state = await live.connections.get(slug);
  if (state !== undefined) return state;
  const { items } = await listConnections(store.db, { organization_id, limit: 1000 });
  const names = items.map((connection) => connection.slug);
  throw wrong(unknownName({ field, found: slug, problem: 'must be a connection' }, names));
}

/** The problem of an expiry that is past already. */
export function expiryProblems(ctx: Ctx, expires_at: string | null | undefined): FieldProblem[] {
  if (expires_at === undefined || expires_at === null || Date.parse(expires_at) > ctx.now()) return [];
  return [{ field: 'expires_at', problem: 'must lie in the future', found: expires_at }];
}
