import type { IncomingMessage } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { BODY_LIMIT, type Route } from '@writ/api';
import {
  type Actor,
  actorName,
  type Ctx,
  payerOf,
  recordApiRefusal,
  type Services,
  throwIfAny,
  wrongDigest,
} from '@writ/broker';
import { defined, isJsonObject, type JsonObject, makeId, WritError } from '@writ/core';
import { type Arrival, hasBody } from '@writ/gateway';
import { contentDigest } from '@writ/tokens';
import type { Hono } from 'hono';
import { type BodyRules, readJson } from './body.ts';
import { openCursor, sealCursor } from './cursor.ts';
import { eventStream } from './event-stream.ts';
import { type Authenticators, identify, needsAssertion } from './guard.ts';
import type { AnyHandler, ReplyTools } from './handlers.ts';
import { parseInput } from './input.ts';
import { linesStream } from './lines.ts';
import { type CheckAssertion, checkProof, missingProof } from './proof.ts';
import { problemReply, securityHeaders } from './reply.ts';
import { clearCookie, setCookie, shownBy } from './session-cookie.ts';

/** The app, on Node's own request and response. */
export type App = Hono<{ Bindings: HttpBindings }>;

/** The parts that every endpoint uses. */
export interface AdapterDeps {
  readonly services: Services;
  readonly authenticators: Authenticators;
  /** The arrival of a request that the front let in. */
  readonly arrivalOf: (raw: HttpBindings) => Arrival;
  /** Throws for a request that another site's page made (CSRF). */
  readonly checkCrossSite: (headers: IncomingMessage['headers']) => void;
  readonly checkAssertion: CheckAssertion;
}

/** One request as the router hands it over. */
export interface RoutedRequest {
  readonly incoming: IncomingMessage;
  readonly arrival: Arrival;
  readonly params: Readonly<Record<string, string>>;
}

/** One line of the table, with what answers it. */
export interface Endpoint {
  readonly id: string;
  readonly route: Route;
  readonly handler: AnyHandler;
}

const NO_BODY = new Uint8Array();
/** The codes besides 401 by which a good credential is refused. */
const STOPPED: readonly string[] = ['frozen', 'task_ended'];

/** Turns a line of the table into what answers requests: guard, input, assertion, verb, answer; errors become problems. */
export function serveRoute(deps: AdapterDeps, endpoint: Endpoint): (asked: RoutedRequest) => Promise<Response> {
  return async (asked) => {
    const { now, randomBytes } = deps.services;
    const started = now();
    const requestId = makeId('request', { now: started, randomBytes });
    const cookies: string[] = [];
    let actor: Actor = { kind: 'public' };
    try {
      deps.checkCrossSite(asked.incoming.headers);
      const shown = shownBy(asked.incoming, deps.services.config.publicUrl);
      actor = await identify(endpoint.route.guard, shown, deps.authenticators).catch((error: unknown) => {
        if (error instanceof WritError && STOPPED.includes(error.code)) asked.arrival.refused();
        throw error;
      });
      const leave = enter(deps, actor, { arrival: asked.arrival, reads: endpoint.route.method === 'GET' });
      const { 'user-agent': user_agent } = asked.incoming.headers;
      const { address } = asked.arrival.source;
      const ctx = { ...deps.services, actor, request_id: requestId, address, ...defined({ user_agent }) };
      const output = await run(deps, { endpoint, asked, ctx, tools: toolsFor(deps, cookies) }).finally(leave);
      // A person who signs in, or comes with a one-time token, has proved who they are by then.
      if (actor.kind === 'public' && endpoint.route.method === 'POST' && !isForVisitors(endpoint.route)) {
        asked.arrival.authenticated(`users of ${asked.arrival.source.network}`);
      }
      const { socket } = asked.incoming;
      const response = answered(deps, actor, () => respond(deps, endpoint, { output, requestId, cookies, socket }));
      log(deps, endpoint, { actor, requestId, started, status: response.status });
      return response;
    } catch (error) {
      await asked.arrival.letWait(error);
      if (actor.kind === 'public') {
        const { address } = asked.arrival.source;
        await recordApiRefusal(deps.services, { request_id: requestId, address, route: endpoint.id, error });
      }
      const { status, headers, body } = problemReply(deps.services, error, requestId);
      if (status >= 500)
        deps.services.log.error('request_failed', error, { request_id: requestId, route: endpoint.id });
      log(deps, endpoint, { actor, requestId, started, status });
      return new Response(body, { status, headers });
    }
  };
}

/** Tells whether a route answers anybody, so that an answer proves nothing about who asked. */
function isForVisitors({ guard }: Route): boolean {
  return guard.kind === 'public' && guard.may_be_signed_in === true;
}

/**
 * Counts a request among those that its client, or the person who is signed in, has under way through all doors, and its body among their
 * bodies. Throws `rate_limited`.
 */
function enter(
  { services: { live } }: AdapterDeps,
  actor: Actor,
  { arrival, reads }: { readonly arrival: Arrival; readonly reads: boolean },
): () => void {
  if (actor.kind !== 'public') arrival.authenticated(actorName(actor));
  const payer = payerOf(actor);
  if (payer === undefined) return () => undefined;
  // The cost of a list is known only when it is written: a client that owes for some gets no more of them. A person can always look.
  if (actor.kind !== 'user' && reads) live.budgets.refuseBehind(payer);
  arrival.body.moveTo(live.budgets.bodies.accountOf(payer));
  return live.budgets.enter(payer);
}

/** Writing an answer takes time of the one thread too, and is charged to the client that asked. */
function answered(deps: AdapterDeps, actor: Actor, write: () => Response): Response {
  const payer = payerOf(actor);
  return payer === undefined ? write() : deps.services.live.budgets.judgeOn(payer, write);
}

interface EndpointCall {
  readonly endpoint: Endpoint;
  readonly asked: RoutedRequest;
  readonly ctx: Ctx;
  readonly tools: ReplyTools;
}

async function run(deps: AdapterDeps, { endpoint, asked, ctx, tools }: EndpointCall): Promise<unknown> {
  const { route } = endpoint;
  const demanded = 'content_digest' in ctx.actor ? ctx.actor.content_digest : undefined;
  const payer = payerOf(ctx.actor);
  const inTurn = payer === undefined ? undefined : <T>(work: () => T) => ctx.live.budgets.inTurn(payer, work);
  const { assertion, ...body } = await bodyOf(route, { ...asked, demanded, inTurn });
  const mustAssert = needsAssertion(route.guard, ctx.actor, ctx.now());
  if (mustAssert && assertion === undefined) throw missingProof(route);
  const query = new URLSearchParams((asked.incoming.url ?? '').split('?').slice(1).join('?'));
  const resumed = asked.incoming.headers['last-event-id'];
  if (route.response === 'events' && typeof resumed === 'string' && resumed !== '') query.set('after', resumed);
  const members = route.guard.kind === 'user' || assertion === undefined ? body : { assertion, ...body };
  const input = openInput(deps, endpoint, parseInput(route, { params: asked.params, query, body: members }));
  // A proof that was offered is checked even where none is needed: a wrong one is never ignored.
  if (route.guard.kind !== 'user' || assertion === undefined) return await endpoint.handler(ctx, input, tools);
  const { url: path = '' } = asked.incoming;
  const change = { method: route.method, path, body };
  const asserted = await checkProof(deps.checkAssertion, { ctx, assertion, route: endpoint.id, change });
  return await endpoint.handler({ ...ctx, asserted }, input, tools);
}

/** Opens the cursor of the input. Throws `validation_failed` for one that this list never gave. */
function openInput(
  { services }: AdapterDeps,
  { id, route }: Endpoint,
  input: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { cursor } = input;
  if (route.query === undefined || typeof cursor !== 'string') return input;
  const place = openCursor(cursor, { key: services.deriveKey('cursor'), list: id });
  if (place === undefined)
    throwIfAny([{ field: 'cursor', problem: 'must be the next_cursor of a page of this list, as it was given' }]);
  return { ...input, cursor: place };
}

interface BodySource extends Pick<RoutedRequest, 'incoming' | 'arrival'> {
  /** The digest that the proof of the access token demands of the body. */
  readonly demanded: string | undefined;
  readonly inTurn: BodyRules['inTurn'];
}

async function bodyOf(route: Route, { incoming, arrival, demanded, inTurn }: BodySource): Promise<JsonObject> {
  const isRight = (bytes: Uint8Array): boolean => demanded === undefined || contentDigest(bytes) === demanded;
  if (route.method === 'GET') {
    if (!isRight(NO_BODY)) throw wrongDigest();
    return {};
  }
  const takesBody = route.body !== undefined || route.guard.kind === 'user';
  if (!takesBody && hasBody(incoming))
    throw new WritError('invalid_request', { detail: 'This request takes no body.' });
  return await readJson(
    { incoming, arrival },
    {
      limit: route.body_limit ?? BODY_LIMIT,
      inTurn,
      check: (bytes) => {
        if (!isRight(bytes)) throw wrongDigest();
      },
    },
  );
}

function toolsFor({ services: { config } }: AdapterDeps, cookies: string[]): ReplyTools {
  return {
    setSession: (token, seconds) => cookies.push(setCookie(config.publicUrl, token, seconds)),
    clearSession: () => cookies.push(clearCookie(config.publicUrl)),
  };
}

interface Done {
  readonly output: unknown;
  readonly requestId: string;
  readonly cookies: readonly string[];
  readonly socket: IncomingMessage['socket'];
}

/** Writes what a verb returned. Parsing it against the table drops all that the table does not name. */
function respond(deps: AdapterDeps, { id, route }: Endpoint, { output, requestId, cookies, socket }: Done): Response {
  const headers = new Headers({ ...securityHeaders(deps.services.config), 'writ-request': requestId });
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  if (route.response === null) return new Response(null, { status: 204, headers });
  if (route.response === 'ndjson') {
    headers.set('content-type', 'application/x-ndjson');
    return new Response(
      linesStream(output, (error) => deps.services.log.error('stream_failed', error, { request_id: requestId })),
      { headers },
    );
  }
  if (route.response === 'events') {
    headers.set('content-type', 'text/event-stream');
    // Proxies that keep an answer until it is whole would keep this one for ever.
    headers.set('x-accel-buffering', 'no');
    // The end of the stream is that of its socket: no other request may come by it.
    headers.set('connection', 'close');
    return new Response(eventStream(output, socket), { headers });
  }
  headers.set('content-type', 'application/json');
  const { response: schema } = route;
  const write = (): string => `${JSON.stringify(sealAnswer(deps, id, schema.parse(output)))}\n`;
  const isLasting = typeof output === 'object' && output !== null && Object.isFrozen(output);
  const body = isLasting ? (written.get(output) ?? Buffer.from(write())) : write();
  if (isLasting && typeof body !== 'string') written.set(output, body);
  return new Response(body, { status: route.status ?? 200, headers });
}

/** Frozen values are written once, as bytes: for the largest document, which anybody may ask for, writing takes milliseconds. */
const written = new WeakMap<object, Buffer<ArrayBuffer>>();

function sealAnswer({ services }: AdapterDeps, list: string, answer: unknown): unknown {
  if (!isJsonObject(answer) || typeof answer['next_cursor'] !== 'string') return answer;
  return { ...answer, next_cursor: sealCursor(answer['next_cursor'], { key: services.deriveKey('cursor'), list }) };
}

interface LogLine {
  readonly actor: Actor;
  readonly requestId: string;
  readonly started: number;
  readonly status: number;
}

function log({ services }: AdapterDeps, { id, route }: Endpoint, { actor, requestId, started, status }: LogLine): void {
  if (id === 'system.healthz' || id === 'system.readyz') return;
  const duration_ms = Math.round(services.now() - started);
  const fields = {
    request_id: requestId,
    route: id,
    method: route.method,
    status,
    duration_ms,
    actor: actorName(actor),
  };
  services.log.info('request', fields);
}
