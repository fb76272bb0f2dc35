/** What a token covers, and for how long: what was asked, within the grants as they stand. */
import type { Detail } from '@writ/core';
import type { Grant } from '@writ/store';
import type { Ctx } from '../context.ts';
import { DEFAULT_TTL } from '../grants/view.ts';
import type { Issuing } from './client-credentials.ts';
import { checkDetails, detailsOfGrants, overlaps, readDetails } from './details.ts';
import { OAuthError } from './oauth-error.ts';

/** The life of a token that asks for no other, seconds: CI jobs are short. */
const LIFE = { agent: 900, automation: 900, ci: 600 } as const;

/** What a token is to cover. */
export interface Coverage {
  readonly details: readonly Detail[];
  /** Those that have to do with the details: what limits the token's life. */
  readonly grants: readonly Grant[];
}

/** Says what a token covers. Throws `OAuthError`: `access_denied` without any grant, `invalid_authorization_details`. */
export async function coverage(ctx: Ctx, { form, resource, facts }: Issuing): Promise<Coverage> {
  const connection = resource.kind === 'gateway' ? resource.connection : undefined;
  const grants = facts.grants.filter(({ scope, expires_at }) => {
    const live = expires_at === null || ctx.now() < expires_at;
    return live && (connection === undefined || scope.connection === connection);
  });
  const text = form.get('authorization_details');
  if (text === undefined) {
    if (grants.length === 0)
      throw new OAuthError(
        'access_denied',
        'No grant allows this client anything here. Ask an administrator.',
        'no_grant',
      );
    return { details: detailsOfGrants(grants), grants };
  }
  const details = readDetails(text);
  await checkDetails(ctx, { details, grants, connection });
  return { details, grants: await concerned(ctx, { details, grants }) };
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

/** How long it lives, seconds: at most what the shortest of the grants allows. */
export function lifeOf(
  { client, resource }: Issuing,
  by: { readonly asked: number | undefined; readonly grants: readonly Grant[] },
): number {
  const limits = by.grants.map(({ max_ttl_seconds }) => max_ttl_seconds ?? DEFAULT_TTL);
  const most = Math.min(...(resource.kind === 'api' ? [DEFAULT_TTL] : limits));
  return Math.min(by.asked ?? LIFE[client.kind], most);
}
