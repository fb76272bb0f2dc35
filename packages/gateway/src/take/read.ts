/** Reads a request's body whole, once its sender is known, and at the sender's expense. */
import { WritError } from '@writ/core';
import { contentDigest, Rejection } from '@writ/tokens';
import type { GatewayLimits } from '../limits.ts';
import type { Caller } from '../ports.ts';
import { type Account, bothOf } from './budget.ts';
import type { Exchange } from './exchange.ts';
import type { Shares } from './shares.ts';

/** What reading works with. */
export interface ReadContext {
  readonly limits: Pick<GatewayLimits, 'body_bytes'>;
  /** What the bodies of all may hold, and those of each client. */
  readonly memory: Account;
  readonly clients: { readonly bodies: Shares };
}

/**
 * Reads the body. Throws `WritError`: what `Body.whole` throws, `not_supported` for trailers, `invalid_token` for a body that the proof
 * does not speak of; `ClientGone`.
 */
export async function readBody(
  { limits, memory, clients }: ReadContext,
  { exchange, caller }: { readonly exchange: Exchange; readonly caller: Caller },
): Promise<Buffer> {
  const { arrival, request } = exchange;
  arrival.body.moveTo(bothOf(clients.bodies.accountOf(caller.client_id), memory));
  const body = await arrival.body.whole(limits.body_bytes);
  if (request.rawTrailers.length > 0) throw new WritError('not_supported', { detail: 'Trailers are not supported.' });
  checkDigest(caller.content_digest, body);
  return body;
}

/** The proof of a bound token may say which body it is for (MCP's DPoP profile). */
function checkDigest(demanded: string | undefined, body: Uint8Array): void {
  if (demanded === undefined || demanded === contentDigest(body)) return;
  throw new WritError('invalid_token', {
    dpop: { error: 'invalid_dpop_proof' },
    cause: new Rejection('content_digest'),
  });
}
