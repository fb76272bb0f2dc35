/** The request that is sent, made of the judged bytes and the root credential: only here the gateway reads a credential to send it. */
import { type Authorized, type ProviderRequest, WritError } from '@writ/core';
import type { Signature } from '@writ/providers';
import type { Dispatcher } from 'undici';
import { addressOf, type GatewayConnection } from '../ports.ts';
import type { DialTarget } from './dial.ts';

/** A request ready to be dispatched. */
export interface UpstreamRequest {
  readonly target: DialTarget;
  readonly options: Dispatcher.DispatchOptions;
}

const USER_AGENT = 'writ';

/** The part of a connection that says where its requests go. */
export type Destinations = Pick<GatewayConnection, 'base_url' | 'origin' | 'allow_private' | 'others'>;

/**
 * Builds the request that is sent. Throws `WritError('unavailable')` if the connection changed after the request was authorized, or if the
 * request names a host that the connection does not have (invariant 9).
 */
export function upstreamRequest(
  connection: Destinations,
  order: { readonly authorized: Authorized; readonly signature: Signature },
): UpstreamRequest {
  const { forward, origin } = order.authorized.value;
  const address = origin === connection.origin ? addressOf(connection, forward) : undefined;
  const base = address && baseOf(address.base_url);
  if (address === undefined || base?.origin !== address.origin || !forward.path.startsWith('/')) {
    throw new WritError('unavailable', { cause: new Error('the connection and the authorized origin differ') });
  }
  const path = `${base.path}${forward.path}${forward.query === '' ? '' : `?${forward.query}`}`;
  return {
    target: { origin: address.origin, allow_private: address.allow_private },
    options: {
      path,
      method: forward.method,
      headers: headersOf(forward, order.signature),
      body:
        forward.body.length === 0
          ? null
          : Buffer.from(forward.body.buffer, forward.body.byteOffset, forward.body.length),
    },
  };
}

interface Base {
  readonly origin: string;
  /** The path, without a trailing slash. */
  readonly path: string;
}

/** The base URLs of connections, each parsed once. */
const bases = new Map<string, Base>();
const MOST_BASES = 1_000;

function baseOf(url: string): Base {
  const known = bases.get(url);
  if (known !== undefined) return known;
  const { origin, pathname } = new URL(url);
  const base = { origin, path: pathname.replace(/\/+$/, '') };
  if (bases.size === MOST_BASES) bases.clear();
  bases.set(url, base);
  return base;
}

/** The headers that are never taken from the client, even if a provider lists them: they frame the request, or carry a credential. */
const OWN: ReadonlySet<string> = new Set([
  ...['host', 'connection', 'keep-alive', 'content-length', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'expect'],
  ...['user-agent', 'accept-encoding', 'authorization', 'proxy-authorization', 'cookie', 'dpop'],
]);

/**
 * Returns the judged headers, Writ's own, and those of the credential. Identity encoding is asked for, so that an echo of the credential
 * can be found.
 */
function headersOf(forward: ProviderRequest, signature: Signature): string[] {
  const headers: string[] = [];
  for (const [name, value] of Object.entries(forward.headers)) {
    if (!OWN.has(name) && !signature.some(({ header }) => header === name)) headers.push(name, value);
  }
  headers.push('user-agent', USER_AGENT, 'accept-encoding', 'identity');
  for (const { header, value } of signature) headers.push(header, value.expose());
  return headers;
}
