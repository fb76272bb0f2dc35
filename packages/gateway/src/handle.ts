/** The whole pipeline of one request, on Node's raw request and response (model#authorized). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Authorized, WritError } from '@writ/core';
import { ClientBudgets } from './judge/client-budgets.ts';
import { type Judgement, judge } from './judge/judge.ts';
import type { GatewayLimits } from './limits.ts';
import { errorKind, type GatewayLog } from './log.ts';
import { type ConnectionPort, type GatewayConnection, type GatewayPorts, type RequestPort, Waiting } from './ports.ts';
import { refuse } from './refuse/refuse.ts';
import { createDialler, type Dispatch } from './send/dial.ts';
import { forward } from './send/forward.ts';
import { Budget, bothOf } from './take/budget.ts';
import { DecidedAgainst, type Exchange } from './take/exchange.ts';
import { HeaderTable } from './take/header-table.ts';
import { Ingress } from './take/ingress.ts';
import { findToken, type Shown } from './take/present.ts';
import { createRateLimit, type RateLimit } from './take/rate-limit.ts';
import { readBody } from './take/read.ts';
import { type Route, routeOf, type Site, siteOf } from './take/route.ts';
import { preferredWait, waitForHuman } from './take/wait.ts';

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
  /** The places for requests under way; only authenticated requests take one. */
  readonly slots: Budget;
  readonly memory: Budget;
  /** The budgets of clients. */
  readonly clients: ClientBudgets;
  readonly rate: RateLimit;
  readonly now: () => number;
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
    now,
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
  const publicBase = exchange.route?.publicBase ?? '';
  await forward(context, { request_id, arrived, ...allowed, publicBase, response });
}

/** A request that is judged, with those by whom it is. */
interface Judged {
  readonly exchange: Exchange;
  readonly connection: GatewayConnection;
  readonly requestPort: RequestPort;
}

/** Judges a request until it is allowed. One that waits for a human is judged anew from the beginning once the human has decided. */
async function settle(context: Context, first: Judged) {
  const { exchange } = first;
  let { connection, requestPort } = first;
  let arrived = exchange.arrived;
  let approval_id = exchange.headers.get('writ-approval');
  for (;;) {
    const judged = await judgeOnce(context, { exchange, connection, requestPort, arrived });
    const authorized = await authorize({ exchange, connection, requestPort, judged, arrived, approval_id });
    if (!(authorized instanceof Waiting)) {
      judged.giveBack();
      return { authorized, connection, requestPort, resolved: judged.resolved };
    }
    const { facts } = authorized;
    approval_id = facts.open === true ? facts.approval?.approval_id : undefined;
    const until = exchange.arrived + preferredWait(exchange.headers, context.limits.waiting_ms);
    if (approval_id === undefined || until <= context.now()) throw new DecidedAgainst(judged.decision, facts);
    const end = await waitForHuman(context, { exchange, requestPort, approval_id, until });
    if (typeof end === 'object') throw new DecidedAgainst(judged.decision, end);
    if (end === 'over') throw new DecidedAgainst(judged.decision, { ...facts, code: 'approval_pending' });
    const { client_id } = requestPort.caller;
    ({ connection, requestPort } = await requestPort.again());
    exchange.connection = connection;
    exchange.caller = requestPort.caller;
    exchange.leave = enterAs(context, client_id);
    arrived = context.now();
  }
}

async function judgeOnce(
  context: Context,
  { exchange, connection, requestPort, arrived }: Judged & { arrived: number },
) {
  const { caller } = requestPort;
  const { chain, guardrails, client_id: payer } = caller;
  const { request, headers, progress } = exchange;
  const head = {
    method: request.method ?? '',
    target: exchange.route?.target ?? '',
    httpVersion: request.httpVersion,
    headers,
  };
  const body = () => readBody(context, { exchange, caller });
  return await judge(context, { connection, head, body, chain, guardrails, payer, arrived }, progress);
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
  exchange.leave = enterAs(context, client_id);
  const wait = context.rate.take(task_id);
  if (wait > 0) throw new WritError('rate_limited', { retry_after: wait });
  return requestPort;
}

/** Takes one of all places and one of the client's own until the request is over, even if the client's connection closes earlier. */
function enterAs({ slots, clients }: Context, clientId: string): () => void {
  const places = bothOf(clients.requests.accountOf(clientId), slots);
  places.take(1);
  let held = 1;
  return () => {
    places.give(held);
    held = 0;
  };
}

interface DecidedExchange extends Judged {
  readonly judged: Judgement;
  readonly arrived: number;
  readonly approval_id: string | undefined;
}

/** Waits until the decision is written down: the point of no return. */
async function authorize(decided: DecidedExchange): Promise<Authorized | Waiting> {
  const { exchange, connection, requestPort, judged, arrived, approval_id } = decided;
  const { request_id, route, response } = exchange;
  const { canonical, resolved, decision } = judged;
  const call = { request_id, canonical, public_base: route?.publicBase ?? '', resolved, decision, arrived };
  const authorized = await requestPort.authorize({ ...call, approval_id, isGone: () => response.destroyed });
  if (authorized instanceof Waiting && decision.result === 'wait') return authorized;
  if (authorized instanceof Waiting || authorized === undefined || decision.result === 'refuse')
    throw new DecidedAgainst(decision);
  const { value } = authorized;
  if (value.forward !== resolved.classified.forward || value.connection_id !== connection.id) {
    throw new WritError('unavailable', {
      cause: new Error('another request was authorized than the one that was judged'),
    });
  }
  return authorized;
}
