/** Reads the whole body of a request whose sender is known, and charges the sender for it. */
import { WritError } from '@writ/core';
import { contentDigest, Rejection } from '@writ/tokens';
import type { GatewayLimits } from '../limits.ts';
import type { Caller } from '../ports.ts';
import { type Account, bothOf } from './budget.ts';
import type { Exchange } from './exchange.ts';
import type { Shares } from './shares.ts';

/** The parts that reading uses. */
export interface ReadContext {
  readonly limits: Pick<GatewayLimits, 'body_bytes'>;
  /** The memory for all bodies, and the memory for the bodies of each client. */
  readonly memory: Account;
  readonly clients: { readonly bodies: Shares };
}

/**
 * Reads the body. Throws `WritError`: what `Body.whole` throws, `not_supported` for trailers, `invalid_token` for a body with another
 * digest than the proof names; `ClientGone`.
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

/** Compares the body with the digest in the proof of a bound token (MCP's DPoP profile). */
function checkDigest(demanded: string | undefined, body: Uint8Array): void {
  if (demanded === undefined || demanded === contentDigest(body)) return;
  throw new WritError('invalid_token', {
    dpop: { error: 'invalid_dpop_proof' },
    cause: new Rejection('content_digest'),
  });
}
