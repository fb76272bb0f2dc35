/** What a token covers, and for how long: what was asked, within the grants as they stand. */
import { DEFAULT_TOKEN_LIFE, type Detail } from '@writ/core';
import type { Grant } from '@writ/store';
import { isJobSubject } from '@writ/tokens';
import type { Ctx } from '../../context.ts';
import { beyondDeploying } from '../../grants/check.ts';
import { OAuthError } from '../client/oauth-error.ts';
import { checkDetails, detailsOfGrants, overlaps, readDetails } from './details.ts';
import type { Issuing } from './issuing.ts';

/** The life of a token that asks for no other, seconds: CI jobs are short. */
const LIFE = { agent: 900, automation: 900, ci: 600 } as const;

/** What a token is to cover. */
export interface Coverage {
  readonly details: readonly Detail[];
  /** The grants that overlap with the details: they limit the token's life. */
  readonly grants: readonly Grant[];
}

/**
 * Says what a token covers: what was asked, else all of what it is made from, else what the grants do. Throws `OAuthError`:
 * `access_denied` without any grant, `invalid_authorization_details`.
 */
export async function coverage(ctx: Ctx, issuing: Issuing): Promise<Coverage> {
  const covered = await covering(ctx, issuing);
  if (issuing.client.kind === 'ci' || isJobSubject(issuing.origin.sub)) await demandDeployOnly(ctx, covered.details);
  return covered;
}

async function covering(ctx: Ctx, { form, resource, facts, origin, client }: Issuing): Promise<Coverage> {
  const connection = resource.kind === 'gateway' ? resource.connection : undefined;
  const isThere = (slug: string): boolean => connection === undefined || slug === connection;
  const grants = (origin.grants ?? facts.grants).filter(
    ({ scope, expires_at }) => isThere(scope.connection) && (expires_at === null || ctx.now() < expires_at),
  );
  const within = origin.within?.filter((detail) => isThere(detail.connection));
  const text = form.get('authorization_details');
  if (text === undefined) {
    const details = within ?? detailsOfGrants(grants);
    if (grants.length === 0 || details.length === 0) throw noGrant();
    return { details, grants: within === undefined ? grants : await concerned(ctx, { details, grants }) };
  }
  const { client_id } = client;
  const details = ctx.live.budgets.judge(client_id, () => readDetails(text));
  await checkDetails(ctx, { details, grants, connection, client_id, ...(within === undefined ? {} : { within }) });
  return { details, grants: await concerned(ctx, { details, grants }) };
}

function noGrant(): OAuthError {
  return new OAuthError(
    'access_denied',
    'No grant allows this client anything here. Ask an administrator.',
    'no_grant',
  );
}

/** A grant was deploy-only when it was saved; since then an owner may have raised an effect (model#deploy-only). */
async function demandDeployOnly(ctx: Ctx, details: readonly Detail[]): Promise<void> {
  for (const [index, detail] of details.entries()) {
    const state = await ctx.live.connections.get(detail.connection);
    const [problem] = state === undefined ? [] : beyondDeploying(state, detail, `${index}.operations`);
    if (problem === undefined) continue;
    throw new OAuthError(
      'invalid_authorization_details',
      `authorization_details ${problem.field} ${problem.problem}: ${problem.found ?? ''}`,
      'not_deploy_only',
    );
  }
}

async function concerned(
  ctx: Ctx,
  { details, grants }: { readonly details: readonly Detail[]; readonly grants: readonly Grant[] },
): Promise<Grant[]> {
  const found: Grant[] = [];
  for (const grant of grants) {
    const state = await ctx.live.connections.get(grant.scope.connection);
    const theirs = details.filter((detail) => detail.connection === grant.scope.connection);
    if (state !== undefined && theirs.some((detail) => overlaps(state, { detail, scope: grant.scope })))
      found.push(grant);
  }
  return found;
}

/** How long it lives, seconds: at most what the shortest of the grants allows, and never longer than what it is made from. */
export function lifeOf(
  { client, resource, origin }: Issuing,
  by: { readonly asked: number | undefined; readonly grants: readonly Grant[]; readonly iat: number },
): number {
  const limits = by.grants.map(({ max_ttl_seconds }) => max_ttl_seconds ?? DEFAULT_TOKEN_LIFE);
  const most = Math.min(...(resource.kind === 'api' ? [DEFAULT_TOKEN_LIFE] : limits));
  return Math.min(by.asked ?? LIFE[client.kind], most, origin.most_life, origin.exp - by.iat);
}
