import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Services } from '@writ/broker';
import { makeId, WritError } from '@writ/core';
import { isGatewayTarget, type Site } from '@writ/gateway';
import { problemReply } from './reply.ts';

/** What a raw request goes to. */
export interface FrontDeps {
  readonly services: Pick<Services, 'now' | 'randomBytes'>;
  readonly site: Site;
  readonly isOwnHost: (host: string | undefined) => boolean;
  /** False while the clock is too far from the database's: then nothing is decided (DESIGN 10.4). */
  readonly isClockTrusted: () => boolean;
  /** The gateway, on the raw request: no framework has touched what it forwards. */
  readonly gateway: Listener;
  readonly app: Listener;
}

export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Probes ask by address, not by name; what they are told is nothing. */
const PROBES = ['/healthz', '/readyz'];

/** Makes the listener that all requests come to. */
export function createFront(deps: FrontDeps): Listener {
  return (request, response) => {
    const isProbe = PROBES.includes(request.url ?? '');
    if (!deps.isClockTrusted() && !isProbe) return refuse(deps, response, clockIsOff());
    if (isForGateway(deps.site, request)) return deps.gateway(request, response);
    if (!deps.isOwnHost(request.headers.host) && !isProbe) return refuse(deps, response, new WritError('misdirected'));
    return deps.app(request, response);
  };
}

/** Tells whether a request is the gateway's. */
export function isForGateway(site: Site, request: IncomingMessage): boolean {
  return isGatewayTarget(site, { url: request.url ?? '', host: request.headers.host ?? '' });
}

function refuse({ services: { now, randomBytes } }: FrontDeps, response: ServerResponse, error: WritError): void {
  const { status, headers, body } = problemReply(error, makeId('request', { now: now(), randomBytes }));
  response.writeHead(status, { ...headers, connection: 'close' });
  response.end(body);
}

function clockIsOff(): WritError {
  const detail = "Writ's clock is too far from its database's. Nothing was done; set both by NTP.";
  return new WritError('unavailable', { detail, retry_after: 10 });
}
