/** The whole pipeline, on Node's raw request and response (model#authorized). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Authorized,
  type Canonical,
  type Classified,
  decide,
  type Resolved,
  refuseUncoverable,
  WritError,
} from '@writ/core';
import { admit } from './judge/admit.ts';
import { classify } from './judge/classify.ts';
import { ClientBudgets } from './judge/client-budgets.ts';
import { readCanonical } from './judge/read.ts';
import { resolve } from './judge/resolve.ts';
import type { GatewayLimits } from './limits.ts';
import { errorKind, type GatewayLog } from './log.ts';
import type { Caller, GatewayConnection, GatewayPorts } from './ports.ts';
import { refuse } from './refuse/refuse.ts';
import { createDialler, type Dispatch } from './send/dial.ts';
import { forward } from './send/forward.ts';
import { DecidedAgainst, type Exchange } from './take/exchange.ts';
import { HeaderTable } from './take/header-table.ts';
import { Ingress } from './take/ingress.ts';
import { Budget, bothOf } from './take/memory.ts';
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
  /** The way in that all doors share; by default one of the gateway's own. */
  readonly ingress?: Ingress;
  /** What each client may cost, at all doors together; by default the gateway's own. */
  readonly clients?: ClientBudgets;
  /** A dialler's `dispatch`; by default one of the gateway's own, whose connections end with the process. */
  readonly dispatch?: Dispatch;
}

/** Answers one raw request. Never rejects. */
export type Gateway = (request: IncomingMessage, response: ServerResponse, expect?: boolean) => Promise<void>;

interface Context extends Required<Pick<GatewayOptions, 'ports' | 'limits' | 'log' | 'dispatch' | 'ingress'>> {
  readonly site: Site;
  /** Places, which only the authenticated take. */
  readonly slots: Budget;
  readonly memory: Budget;
  /** What each client may cost. */
  readonly clients: ClientBudgets;
  readonly rate: RateLimit;
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
  return {
    ports,
    limits,
    log,
    ingress: options.ingress ?? new Ingress({ now }),
    dispatch: options.dispatch ?? createDialler(limits).dispatch,
    site: siteOf(options),
    slots: new Budget(limits.concurrent),
    memory: new Budget(limits.body_memory_bytes),
    clients: options.clients ?? new ClientBudgets(limits, now),
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
    operations: [],
    read: false,
    leave: () => undefined,
  };
}

async function run(context: Context, exchange: Exchange): Promise<void> {
  const { slug } = await enter(context, exchange);
  const connection = await findConnection(context, { exchange, slug });
  const caller = await authenticate(context, { exchange, connection });
  admit({
    method: exchange.request.method ?? '',
    httpVersion: exchange.request.httpVersion,
    headers: exchange.headers,
  });
  const canonical = await readCanonical(context, { exchange, connection });
  const classified = await judge(context, { connection, caller, canonical });
  exchange.operations = classified.operations;
  refuseUncovered(context, { exchange, connection, caller, classified });
  const asked = { connection, client_id: caller.client_id, arrived: exchange.arrived };
  const { value: resolved, giveBack } = await resolve(context.clients, asked, classified);
  exchange.operations = resolved.operations;
  const authorized = await authorize(context, { exchange, connection, caller, resolved });
  giveBack();
  const { request_id, arrived, response } = exchange;
  const publicBase = exchange.route?.publicBase ?? '';
  await forward(context, { request_id, arrived, authorized, resolved, connection, caller, publicBase, response });
}

/** Takes a stranger's turn, before anything is looked up, and reads which connection is meant. */
async function enter(context: Context, exchange: Exchange): Promise<Route> {
  const { request, headers, arrival } = exchange;
  const wait = arrival.admit();
  if (wait > 0 && !(arrival.isNew && (await isGenuine(context, exchange))))
    throw new WritError('rate_limited', { retry_after: wait });
  const route = routeOf(context.site, { url: request.url ?? '', host: headers.get('host') ?? '' });
  exchange.route = route;
  const provider = context.ports.providerOf(route.slug);
  if (provider !== undefined) exchange.known = { slug: route.slug, provider };
  return route;
}

/**
 * Tells whether it shows a token that Writ made. Looked at in memory where strangers of its network have taken all turns, so that they
 * cannot keep out a client that comes with a new token.
 */
async function isGenuine({ ports, site }: Context, exchange: Exchange): Promise<boolean> {
  const { request, headers } = exchange;
  try {
    const { slug } = routeOf(site, { url: request.url ?? '', host: headers.get('host') ?? '' });
    await ports.verify(show(exchange, ports.tokenHeaders), slug);
    return true;
  } catch {
    return false;
  }
}

/** Finds the connection for a caller with a token that Writ made for it; nothing is looked up for anybody else. */
async function findConnection(
  { ports }: Context,
  { exchange, slug }: { readonly exchange: Exchange; readonly slug: string },
): Promise<GatewayConnection> {
  const shown = show(exchange, exchange.known?.provider.tokenHeaders ?? ports.tokenHeaders);
  await ports.verify(shown, slug);
  const connection = await ports.connection(slug);
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

interface At {
  readonly exchange: Exchange;
  readonly connection: GatewayConnection;
}

async function authenticate(context: Context, { exchange, connection }: At): Promise<Caller> {
  const { request, headers } = exchange;
  const found = show(exchange, connection.provider.tokenHeaders);
  const sent = { method: request.method ?? '', url: exchange.route?.url ?? '', proofs: headers.all('dpop') };
  const presented = { ...found, ...sent };
  const caller = await context.ports.authenticate(presented, connection.slug).catch((error: unknown) => {
    // Also what was good and is frozen, or over: in the shape of its provider that can be a 200.
    if (error instanceof WritError && error.status < 429) exchange.arrival.refused();
    throw error;
  });
  exchange.caller = caller;
  exchange.arrival.authenticated(`client ${caller.client_id}`);
  exchange.leave = enterAs(context, caller.client_id);
  const wait = context.rate.take(caller.task_id);
  if (wait > 0) throw new WritError('rate_limited', { retry_after: wait });
  return caller;
}

/** Takes a place, of all and of the client's share, until the request is over, be its own connection gone before. */
function enterAs({ slots, clients }: Context, clientId: string): () => void {
  const places = bothOf(clients.requests.accountOf(clientId), slots);
  places.take(1);
  let held = 1;
  return () => {
    places.give(held);
    held = 0;
  };
}

interface Judging {
  readonly connection: GatewayConnection;
  readonly caller: Caller;
  readonly canonical: Canonical;
}

/** A longer body is judged in the client's turn: that takes milliseconds. */
const SHORT_BODY = 2 * 1024;

/** Classifies. Each request's cost is bounded; so is here what one client's cost together, since all share one thread. */
function judge({ clients }: Context, { connection, caller, canonical }: Judging): Classified | Promise<Classified> {
  const work = () => clients.judge(caller.client_id, () => classify(connection, canonical));
  return canonical.request.body.length > SHORT_BODY ? clients.inTurn(caller.client_id, work) : work();
}

/** Refuses what nothing covers in any environment, before anything is asked of the provider. */
function refuseUncovered(
  { ports, clients }: Context,
  { exchange, connection, caller, classified }: At & { readonly caller: Caller; readonly classified: Classified },
): void {
  const { provider, slug } = connection;
  const call = { connection: slug, chain: caller.chain, operations: classified.operations, now: ports.now() };
  const decision = clients.judgeOn(caller.client_id, () => refuseUncoverable(call));
  if (decision === undefined) return;
  exchange.decision = decision;
  exchange.operations = classified.operations.map((each) => ({ ...each, names: provider.names?.(each) ?? [] }));
  throw new WritError(decision.code ?? 'operation_not_granted');
}

/** Decides, and waits until that is written down: the point of no return. */
async function authorize(
  context: Context,
  { exchange, connection, caller, resolved }: At & { readonly caller: Caller; readonly resolved: Resolved },
): Promise<Authorized> {
  const { chain, guardrails, client_id } = caller;
  const { operations } = resolved;
  const call = { connection: connection.slug, chain, guardrails, operations, now: context.ports.now() };
  const decision = context.clients.judgeOn(client_id, () => decide(call));
  exchange.decision = decision;
  const { request_id } = exchange;
  const authorized = await context.ports.authorize({ request_id, connection, caller, resolved, decision });
  if (authorized === undefined || decision.result !== 'allow') throw new DecidedAgainst(decision);
  const { value } = authorized;
  if (value.forward !== resolved.classified.forward || value.connection_id !== connection.id) {
    throw new WritError('unavailable', {
      cause: new Error('another request was authorized than the one that was judged'),
    });
  }
  return authorized;
}
