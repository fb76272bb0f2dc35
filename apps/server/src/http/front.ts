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
    if (isForGateway(deps.site, request)) return deps.gateway(request, response);
    if (!deps.isOwnHost(request.headers.host) && !PROBES.includes(request.url ?? '')) {
      return misdirected(deps, response);
    }
    return deps.app(request, response);
  };
}

/** Tells whether a request is the gateway's. */
export function isForGateway(site: Site, request: IncomingMessage): boolean {
  return isGatewayTarget(site, { url: request.url ?? '', host: request.headers.host ?? '' });
}

function misdirected({ services: { now, randomBytes } }: FrontDeps, response: ServerResponse): void {
  const requestId = makeId('request', { now: now(), randomBytes });
  const { status, headers, body } = problemReply(new WritError('misdirected'), requestId);
  response.writeHead(status, { ...headers, connection: 'close' });
  response.end(body);
}
