/** Connections to upstreams: one pool per origin. Every address is checked when it is dialled. */
import { type LookupAddress, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector, type Dispatcher, Pool } from 'undici';
import type { GatewayLimits } from '../limits.ts';
import { isForbiddenAddress } from '../take/address.ts';
import { RecentMap } from '../take/recent.ts';

/** The target of a request. */
export interface DialTarget {
  /** The origin: scheme, host and port. */
  readonly origin: string;
  readonly allow_private: boolean;
}

/** Sends one request to a target. Never follows a redirect, and never repeats a request. */
export type Dispatch = (
  target: DialTarget,
  options: Dispatcher.DispatchOptions,
  handler: Dispatcher.DispatchHandler,
) => void;

/** All pools of a process. */
export interface Dialler {
  readonly dispatch: Dispatch;
  /** Closes every connection. */
  close(): Promise<void>;
}

/** Resolves names. Tests give one of their own. */
export type Resolver = (hostname: string, done: (error: Error | null, found: readonly LookupAddress[]) => void) => void;

/** The error for an address that no upstream may have. Its text names the host, not the address. */
class ForbiddenAddress extends Error {
  constructor(hostname: string) {
    super(`${hostname} has an address that may not be dialled`);
    this.name = 'ForbiddenAddress';
  }
}

const MOST_POOLS = 256;
const CONNECTIONS = 128;

const systemResolver: Resolver = (hostname, done) => lookup(hostname, { all: true }, done);

/** Makes a dialler. A name is resolved once for each connection, and exactly the checked addresses are dialled. */
export function createDialler(
  limits: Pick<GatewayLimits, 'connect_ms' | 'headers_ms' | 'idle_ms'>,
  resolver: Resolver = systemResolver,
): Dialler {
  const pools = new RecentMap<Pool>(MOST_POOLS);
  const poolFor = (target: DialTarget): Pool => {
    const key = target.allow_private ? target.origin : `public ${target.origin}`;
    const known = pools.get(key);
    if (known !== undefined) return known;
    const pool = makePool(target, { limits, resolver });
    pools
      .add(key, pool)
      ?.close()
      .catch(() => undefined);
    return pool;
  };
  return {
    dispatch: (target, options, handler) => {
      poolFor(target).dispatch(options, handler);
    },
    close: async () => {
      await Promise.all(pools.values().map((pool) => pool.destroy()));
      pools.clear();
    },
  };
}

interface PoolDeps {
  readonly limits: Pick<GatewayLimits, 'connect_ms' | 'headers_ms' | 'idle_ms'>;
  readonly resolver: Resolver;
}

function makePool(target: DialTarget, { limits, resolver }: PoolDeps): Pool {
  return new Pool(target.origin, {
    connect: checkedConnector(target, { limits, resolver }),
    connections: CONNECTIONS,
    pipelining: 1,
    allowH2: false,
    headersTimeout: limits.headers_ms,
    bodyTimeout: limits.idle_ms,
    // Idle connections are kept only briefly: if the provider closes one just when it is used again, the outcome of that call is unknown.
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 30_000,
    maxHeaderSize: 64 * 1024,
  });
}

function checkedConnector(target: DialTarget, { limits, resolver }: PoolDeps): buildConnector.connector {
  const rule = { allowPrivate: target.allow_private };
  const connect = buildConnector({
    timeout: limits.connect_ms,
    allowH2: false,
    rejectUnauthorized: true,
    lookup: checkedLookup(resolver, rule),
  });
  return (options, done) => {
    const hostname = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(hostname) !== 0 && isForbiddenAddress(hostname, rule)) {
      done(new ForbiddenAddress(hostname), null);
      return;
    }
    connect(options, (...result) => {
      const [error, socket] = result;
      const dialled = socket?.remoteAddress;
      if (error !== null || socket === null || (dialled !== undefined && !isForbiddenAddress(dialled, rule))) {
        done(...result);
        return;
      }
      socket.destroy();
      done(new ForbiddenAddress(hostname), null);
    });
  };
}

/** Makes a lookup that refuses a name if one of its addresses is forbidden: a name with a good and a bad address is an attack. */
function checkedLookup(resolver: Resolver, rule: { readonly allowPrivate: boolean }): LookupFunction {
  return (hostname, options, done) => {
    resolver(hostname, (error, found) => {
      const [first] = found ?? [];
      if (error !== null || first === undefined) {
        done(error ?? new Error('the name has no address'), '', 0);
        return;
      }
      if (found.some(({ address }) => isForbiddenAddress(address, rule))) {
        done(new ForbiddenAddress(hostname), '', 0);
        return;
      }
      if (options.all === true) done(null, [...found]);
      else done(null, first.address, first.family);
    });
  };
}
