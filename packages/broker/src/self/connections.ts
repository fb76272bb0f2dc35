import { WritError } from '@writ/core';
import type { Ctx, TokenActor } from '../context.ts';
import type { ConnectionState } from '../live.ts';

/** The one connection that a token is for; undefined where it is for every connection its details name. */
function onlyConnection({ actor, config }: Ctx<TokenActor>): string | undefined {
  const prefix = `${config.publicUrl}/gateway/`;
  return actor.aud.startsWith(prefix) ? actor.aud.slice(prefix.length) : undefined;
}

/** Slugs of the connections a token can be used with. */
export function ownConnections(ctx: Ctx<TokenActor>): string[] {
  const only = onlyConnection(ctx);
  const named = new Set(ctx.actor.authorization_details.map(({ connection }) => connection));
  return [...named].filter((slug) => only === undefined || slug === only).sort();
}

/** One of them. Throws `WritError` (`forbidden`) for any other, whether or not it is there. */
export async function ownConnection(ctx: Ctx<TokenActor>, slug: string): Promise<ConnectionState> {
  const state = ownConnections(ctx).includes(slug) ? await ctx.live.connections.get(slug) : undefined;
  if (state === undefined)
    throw new WritError('forbidden', { detail: `This token is not for the connection ${slug}.` });
  return state;
}
