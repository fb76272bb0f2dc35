/** Whose access token it is outside the gateway: the holder's at the self endpoints, an automation client's at the admin API. */
import { isAtLeast, type Role } from '@writ/api';
import { connectionSlugSchema, defined, WritError } from '@writ/core';
import { getUser } from '@writ/store';
import { readCompact } from '@writ/tokens';
import type { AutomationActor, Services, TokenActor } from '../context.ts';
import { authenticateToken, type PresentedToken, verifyAlone } from '../dpop/authenticate-token.ts';

/**
 * The holder of a token for the gateway. Throws `WritError`: `invalid_token`, `task_ended`, `frozen`, `rate_limited`, `unavailable`.
 */
export async function authenticateHolder(services: Services, presented: PresentedToken): Promise<TokenActor> {
  const { live, config } = services;
  const audience = gatewayAudience(presented.token, config.publicUrl);
  // Counted before anything is looked up for it.
  const { claims } = await verifyAlone(services, { ...presented, audience });
  const wait = live.holderRate.take(claims.task_id);
  if (wait > 0) throw new WritError('rate_limited', { retry_after: wait });
  const { token, facts, content_digest } = await authenticateToken(services, { presented, audience });
  const { client_id, task_id, jti, kid, aud, act_chain, expires_at, authorization_details, chain, guardrails } = facts;
  return {
    kind: 'token',
    client_id,
    task_id,
    jti,
    kid,
    aud,
    act_chain,
    expires_at,
    authorization_details,
    chain,
    guardrails,
    is_bound: token.claims.cnf !== undefined,
    ...defined({ content_digest }),
  };
}

/** The gateway's own resource, and where the token says it is for one connection, that one: it is verified right after. */
function gatewayAudience(token: string, issuer: string): string[] {
  const gateway = `${issuer}/gateway`;
  const said = audienceOf(token) ?? '';
  const slug = said.startsWith(`${gateway}/`) ? said.slice(gateway.length + 1) : '';
  return connectionSlugSchema.safeParse(slug).success ? [gateway, said] : [gateway];
}

function audienceOf(token: string): string | undefined {
  try {
    const { aud } = readCompact(token).payload;
    return typeof aud === 'string' ? aud : undefined;
  } catch {
    return undefined;
  }
}

/**
 * An automation client with a token for the admin API: at most `admin`, never above its owner. Throws `WritError`:
 * `invalid_token`, `task_ended`, `frozen`, `unavailable`.
 */
export async function authenticateAutomation(services: Services, presented: PresentedToken): Promise<AutomationActor> {
  const { config, store, organization_id } = services;
  const audience = [`${config.publicUrl}/api/v1`];
  const { facts, content_digest } = await authenticateToken(services, { presented, audience });
  const { client, client_id, task_id, jti } = facts;
  if (client.kind !== 'automation') throw new WritError('invalid_token');
  const owner = await getUser(store.db, { organization_id, id: client.owner_id });
  if (owner === undefined) throw new WritError('invalid_token');
  const role: Role = isAtLeast(owner.role, 'admin') ? 'admin' : owner.role;
  const demands = defined({ content_digest });
  return { kind: 'automation', client_id, role, owner_id: client.owner_id, task_id, jti, ...demands };
}
