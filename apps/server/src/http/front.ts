import type { IncomingMessage, ServerResponse } from 'node:http';
import { recordApiRefusal, type Services } from '@writ/broker';
import { makeId, WritError } from '@writ/core';
import { type Ingress, isGatewayTarget, type Listener, type Site } from '@writ/gateway';
import type { FormDoor } from './oauth.ts';
import { problemReply } from './reply.ts';

/** The parts to which a raw request can go. */
export interface FrontDeps {
  readonly services: Services;
  readonly site: Site;
  readonly ingress: Ingress;
  readonly isOwnHost: (host: string | undefined) => boolean;
  /** False while the clock is too far from the database's: then nothing is decided (invariant 4). */
  readonly isClockTrusted: () => boolean;
  /** The gateway, on the raw request: no framework has touched what it forwards. */
  readonly gateway: Listener;
  /** The OAuth endpoints that take a form, likewise. */
  readonly forms: FormDoor;
  readonly app: Listener;
}

/** The paths of probes: they ask by address, not by name, in old forms and with anything after the path; the answers tell nothing. */
const PROBE = /^(?:https?:\/\/[^/?#]*)?(\/healthz|\/readyz)(?:\?.*)?$/i;

/** Makes the listener that all requests come to. */
export function createFront(deps: FrontDeps): Listener {
  return (request, response, expect) => {
    const arrival = deps.ingress.arrive(request, response, expect);
    if (arrival === undefined) return;
    const probe = PROBE.exec(request.url ?? '')?.[1];
    if (probe !== undefined) return answerProbe(deps, { request, response, path: probe.toLowerCase() });
    if (!deps.isClockTrusted()) return refuse(deps, response, clockIsOff());
    if (isForGateway(deps.site, request)) return deps.gateway(request, response, expect);
    const wait = arrival.takeTurn();
    if (wait > 0) {
      const error = new WritError('rate_limited', { retry_after: wait });
      return arrival
        .letWait(error)
        .then(() => refuseStranger(deps, response, { address: arrival.source.address, error }));
    }
    if (!deps.isOwnHost(request.headers.host)) return refuse(deps, response, misdirected(request));
    if (hasOtherExpectation(request, expect)) return refuse(deps, response, expectationFailed());
    if (deps.forms(request, response, arrival)) return;
    return deps.app(request, response);
  };
}

interface Probe {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
}

/** Answers a probe by the one spelling of its route. */
function answerProbe({ site, app }: FrontDeps, { request, response, path }: Probe): unknown {
  request.url = path;
  request.headers.host = site.host;
  return app(request, response);
}

/** Counts it like every refusal of a stranger: many of them are a sign of an attack. */
function refuseStranger(
  deps: FrontDeps,
  response: ServerResponse,
  { address, error }: { readonly address: string; readonly error: WritError },
): void {
  const request_id = requestId(deps);
  void recordApiRefusal(deps.services, { request_id, address, route: 'any', error });
  refuse(deps, response, error, request_id);
}

/** Tells whether a request is the gateway's. */
export function isForGateway(site: Site, request: IncomingMessage): boolean {
  return isGatewayTarget(site, { url: request.url ?? '', host: request.headers.host ?? '' });
}

/** An HTTP/1.0 expectation means nothing (RFC 9110 section 10.1.1). */
function hasOtherExpectation({ headers, httpVersion }: IncomingMessage, expect: boolean | undefined): boolean {
  return headers.expect !== undefined && expect !== true && httpVersion !== '1.0';
}

function requestId({ services: { now, randomBytes } }: FrontDeps): string {
  return makeId('request', { now: now(), randomBytes });
}

function refuse(deps: FrontDeps, response: ServerResponse, error: WritError, id: string = requestId(deps)): void {
  const { status, headers, body } = problemReply(deps.services, error, id);
  response.writeHead(status, headers).end(body);
}

function misdirected({ headers: { host } }: IncomingMessage): WritError {
  const detail =
    host === undefined
      ? 'The request has no Host header; it must name the host of the public URL.'
      : 'The header Host names another host than that of the public URL.';
  return new WritError('misdirected', { detail });
}

function expectationFailed(): WritError {
  return new WritError('invalid_request', { detail: 'The header Expect may ask for 100-continue and nothing else.' });
}

function clockIsOff(): WritError {
  const detail = "Writ's clock is too far from its database's. Nothing was done; set both by NTP.";
  return new WritError('unavailable', { detail, retry_after: 10 });
}
