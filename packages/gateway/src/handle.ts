/** The whole pipeline of one request, on Node's raw request and response (model#authorized). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { WritError } from '@writ/core';
import { ClientBudgets } from './judge/client-budgets.ts';
import type { GatewayLimits } from './limits.ts';
import { errorKind, type GatewayLog } from './log.ts';
import type { ConnectionPort, GatewayConnection, GatewayPorts, RequestPort } from './ports.ts';
import { refuse } from './refuse/refuse.ts';
import { createDialler, type Dispatch } from './send/dial.ts';
import { forward } from './send/forward.ts';
import { giveKept, settle } from './settle.ts';
import { Budget, bothOf } from './take/budget.ts';
import type { Exchange } from './take/exchange.ts';
import { HeaderTable } from './take/header-table.ts';
import { Ingress } from './take/ingress.ts';
import { findToken, type Shown } from './take/present.ts';
import { createRateLimit, type RateLimit } from './take/rate-limit.ts';
import { type Route, routeOf, type Site, siteOf } from './take/route.ts';

/** What the gateway is made with. */
export interface GatewayOptions {
  readonly ports: GatewayPorts;
  readonly publicUrl: string;
  /** `gw.example.com`: connections are reached as its subdomains too. */
  readonly gatewayDomain?: string;
  readonly limits: GatewayLimits;
  readonly log: GatewayLog;
  /** The ingress that all endpoints of the process share; by default the gateway makes its own. */
  readonly ingress?: Ingress;
  /** The budgets of clients, shared by all endpoints of the process; by default the gateway makes its own. */
  readonly clients?: ClientBudgets;
  /** The `dispatch` of a dialler; by default the gateway makes a dialler whose connections stay open until the process ends. */
  readonly dispatch?: Dispatch;
}

/** Answers one raw request. Never rejects. */
export type Gateway = (request: IncomingMessage, response: ServerResponse, expect?: boolean) => Promise<void>;

interface Context extends Required<Pick<GatewayOptions, 'ports' | 'limits' | 'log' | 'dispatch' | 'ingress'>> {
  readonly site: Site;
  readonly memory: Budget;
  /** The budgets of clients. */
  readonly clients: ClientBudgets;
  readonly rate: RateLimit;
  readonly now: () => number;
  /** Takes the places of a client for a request; returns a function that gives them back. */
  readonly enterAs: (clientId: string) => () => void;
}

/** Makes the gateway. The server gives it every request for which `isGatewayTarget` holds, before any framework has seen it. */
export function createGateway(options: GatewayOptions): Gateway {
  const context = contextOf(options);
  return async (request, response, expect) => {
    const arrival = context.ingress.arrive(request, response, expect);
    if (arrival === undefined) return;
    const exchange = exchangeOf(context, { request, response, arrival });
    try {
      await run(context, exchange);
    } catch (error) {
      await arrival.letWait(error, exchange.leave);
      await refuse(context, { exchange, error }).catch((fault: unknown) => {
        context.log.error({ request_id: exchange.request_id, ...errorKind(fault) }, 'a refusal could not be answered');
        response.destroy();
      });
    } finally {
      arrival.body.release();
      exchange.leave();
    }
  };
}

function contextOf(options: GatewayOptions): Context {
  const { ports, limits, log } = options;
  const now = () => ports.now();
  const slots = new Budget(limits.concurrent);
  const clients = options.clients ?? new ClientBudgets(limits, now);
  return {
    ports,
    limits,
    log,
    now,
    ingress: options.ingress ?? new Ingress({ now }),
    dispatch: options.dispatch ?? createDialler(limits).dispatch,
    site: siteOf(options),
    memory: new Budget(limits.body_memory_bytes),
    clients,
    enterAs: (clientId) => enterAs({ slots, clients }, clientId),
    rate: createRateLimit({ per_second: limits.per_second, burst: limits.burst, keys: limits.tasks, now }),
  };
}

function exchangeOf(context: Context, raw: Pick<Exchange, 'request' | 'response' | 'arrival'>): Exchange {
  return {
    ...raw,
    headers: new HeaderTable(raw.request.rawHeaders),
    request_id: context.ports.requestId(),
    arrived: context.ports.now(),
    presented: false,
    scheme: 'Bearer',
    progress: { operations: [], read: false },
    leave: () => undefined,
  };
}

async function run(context: Context, exchange: Exchange): Promise<void> {
  const wait = exchange.arrival.takeTurn();
  if (wait > 0) await letGenuineIn(context, exchange, wait);
  const port = enter(context, exchange);
  const connection = await findConnection(context, { exchange, port });
  const requestPort = await authenticate(context, { exchange, port, connection });
  const allowed = await settle(context, { exchange, connection, requestPort });
  const { request_id, arrived, response } = exchange;
  if ('kept' in allowed) {
    giveKept(exchange, allowed);
    return;
  }
  const publicBase = exchange.route?.publicBase ?? '';
  await forward(context, { request_id, arrived, ...allowed, publicBase, response });
}

/** Refuses a stranger that has no turn now, unless it shows a new token that Writ made. */
async function letGenuineIn(context: Context, exchange: Exchange, wait: number): Promise<void> {
  if (exchange.arrival.isNew && (await isGenuine(context, exchange))) return;
  throw new WritError('rate_limited', { retry_after: wait });
}

/** Finds the connection that the request names. */
function enter(context: Context, exchange: Exchange): ConnectionPort {
  exchange.route = routeTo(context, exchange);
  exchange.port = context.ports.open(exchange.route.slug);
  return exchange.port;
}

function routeTo({ site }: Context, { request, headers }: Exchange): Route {
  return routeOf(site, { url: request.url ?? '', host: headers.get('host') ?? '' });
}

/**
 * Tells whether a request shows a token that Writ made. This is checked in memory when the strangers of a network have used all their
 * turns, so that they cannot keep out a client with a new token.
 */
async function isGenuine(context: Context, exchange: Exchange): Promise<boolean> {
  const { ports } = context;
  try {
    await ports.open(routeTo(context, exchange).slug).verify(show(exchange, ports.tokenHeaders));
    return true;
  } catch {
    return false;
  }
}

interface At {
  readonly exchange: Exchange;
  readonly port: ConnectionPort;
}

/** Finds the connection for a caller whose token Writ made for it; for any other caller nothing is looked up. */
async function findConnection({ ports }: Context, { exchange, port }: At): Promise<GatewayConnection> {
  await port.verify(show(exchange, port.provider?.tokenHeaders ?? ports.tokenHeaders));
  const connection = await port.find();
  if (connection === undefined) throw new WritError('connection_unknown');
  exchange.connection = connection;
  return connection;
}

/** Finds the token a request shows. Throws `WritError`: `invalid_token` where it shows none. */
function show(exchange: Exchange, tokenHeaders: readonly string[]): Shown {
  const { headers } = exchange;
  exchange.presented = headers.has('authorization') || tokenHeaders.some((name) => headers.has(name));
  const found = findToken(headers, tokenHeaders);
  if (found === undefined) throw new WritError('invalid_token');
  if (found.scheme === 'dpop') exchange.scheme = 'DPoP';
  if (headers.repeats('dpop'))
    throw new WritError('request_not_canonical', { detail: 'The header dpop came more than once.' });
  return found;
}

async function authenticate(
  context: Context,
  { exchange, port, connection }: At & { readonly connection: GatewayConnection },
): Promise<RequestPort> {
  const { request, headers } = exchange;
  const found = show(exchange, connection.provider.tokenHeaders);
  const sent = { method: request.method ?? '', url: exchange.route?.url ?? '', proofs: headers.all('dpop') };
  const requestPort = await port.authenticate({ ...found, ...sent }).catch((error: unknown) => {
    // A frozen token, and one whose task is over, count as refused too, although the answer in the provider's shape can have the status
    // 200.
    if (error instanceof WritError && error.status < 429) exchange.arrival.refused();
    throw error;
  });
  const { client_id, task_id } = requestPort.caller;
  exchange.caller = requestPort.caller;
  exchange.arrival.authenticated(`client ${client_id}`);
  exchange.leave = context.enterAs(client_id);
  const wait = context.rate.take(task_id);
  if (wait > 0) throw new WritError('rate_limited', { retry_after: wait });
  return requestPort;
}

/** Takes one of all places and one of the client's own until the request is over, even if the client's connection closes earlier. */
function enterAs(
  { slots, clients }: { readonly slots: Budget; readonly clients: ClientBudgets },
  clientId: string,
): () => void {
  const places = bothOf(clients.requests.accountOf(clientId), slots);
  places.take(1);
  let held = 1;
  return () => {
    places.give(held);
    held = 0;
  };
}
