import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Services } from '@writ/broker';
import type { Listener, Site } from '@writ/gateway';
import { isForGateway } from './front.ts';

/**
 * Logs calls of the gateway and of the OAuth endpoints too, for people at a terminal. Of the target only the connection or the endpoint
 * is told.
 */
export function loggingRequests(front: Listener, site: Site, { log, now }: Pick<Services, 'log' | 'now'>): Listener {
  return (request, response, expect) => {
    const route = routeOf(site, request);
    if (route === undefined) return front(request, response, expect);
    const started = now();
    const codeOf = watchCode(response);
    response.once('close', () => {
      const code = codeOf();
      const told = { route, status: response.statusCode, duration_ms: Math.round(now() - started) };
      log.info('request', code === undefined ? told : { ...told, code });
    });
    return front(request, response, expect);
  };
}

function routeOf(site: Site, request: IncomingMessage): string | undefined {
  const { url = '', headers } = request;
  if (!isForGateway(site, request)) return /^\/oauth\/\w+/.exec(url)?.[0];
  return `gateway ${/^\/gateway\/([^/?]+)/.exec(url)?.[1] ?? headers.host?.split('.', 1)[0]}`;
}

/** The gateway writes the head of a refusal as one list, which cannot be read from the response afterwards. */
function watchCode(response: ServerResponse): () => string | undefined {
  const { writeHead } = response;
  let code: string | undefined;
  const watching = (...head: unknown[]): ServerResponse => {
    const list: unknown = head.at(-1);
    const at = Array.isArray(list) ? list.indexOf('writ-code') : -1;
    if (Array.isArray(list) && at >= 0) code = String(list[at + 1]);
    return Reflect.apply(writeHead, response, head);
  };
  response.writeHead = watching as typeof writeHead;
  return () => code;
}
