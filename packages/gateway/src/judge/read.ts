/** From the head and the body that came to the one spelling that is judged, at the expense of its sender. */
import { type Canonical, WritError } from '@writ/core';
import { contentDigest, Rejection } from '@writ/tokens';
import type { GatewayLimits } from '../limits.ts';
import type { GatewayConnection } from '../ports.ts';
import type { Exchange } from '../take/exchange.ts';
import { type Account, bothOf } from '../take/memory.ts';
import type { Shares } from '../take/shares.ts';
import { canonicalHead, canonicalise } from './canonicalise.ts';

/** What reading works with. */
export interface ReadContext {
  readonly limits: Pick<GatewayLimits, 'body_bytes'>;
  /** What the bodies of all may hold, and those of each client. */
  readonly memory: Account;
  readonly clients: { readonly bodies: Shares };
}

/**
 * Reads a request whole, once its sender is known. Throws `WritError`: `request_too_large`, `request_not_canonical`,
 * `request_not_understood`, `not_supported`, `invalid_token` for a body that the proof does not speak of; `ClientGone`.
 */
export async function readCanonical(
  context: ReadContext,
  { exchange, connection }: { readonly exchange: Exchange; readonly connection: Pick<GatewayConnection, 'provider'> },
): Promise<Canonical> {
  const { request, headers, route } = exchange;
  const raw = { method: request.method ?? '', target: route?.target ?? '', headers };
  const head = canonicalHead(raw, connection.provider);
  const body = await readWhole(context, exchange);
  checkDigest(exchange.caller?.content_digest, body);
  const canonical = canonicalise(head, body);
  exchange.read = true;
  return canonical;
}

/** Reads the body, at the client's expense. */
async function readWhole(
  { limits, memory, clients }: ReadContext,
  { arrival, caller, request }: Exchange,
): Promise<Buffer> {
  arrival.body.moveTo(bothOf(clients.bodies.accountOf(caller?.client_id ?? ''), memory));
  const body = await arrival.body.whole(limits.body_bytes);
  if (request.rawTrailers.length > 0) throw new WritError('not_supported', { detail: 'Trailers are not supported.' });
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
