/** How Node's HTTP server must run in front of the gateway. */
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { endGently } from './stop-listening.ts';

/** Options for `http.createServer`: the strict parser, and bounds on what a client may send and how slowly. */
export const gatewayServerOptions: ServerOptions = {
  insecureHTTPParser: false,
  requireHostHeader: true,
  joinDuplicateHeaders: false,
  maxHeaderSize: 16 * 1024,
  headersTimeout: 15_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 5_000,
  // Longer than the minute for which proxies keep idle connections, so that the proxies close them.
  keepAliveTimeout: 75_000,
  noDelay: true,
};

/** What answers a request. `expect`: it waits for `100 Continue` before it sends its body. */
export type Listener = (request: IncomingMessage, response: ServerResponse, expect?: boolean) => unknown;

/**
 * Gives all requests to one listener, those with `Expect` too, which Node would answer by itself, and answers bytes that are no request at
 * all; where there are requests before them, only those get answers (`endAfterAnswers`). Sockets that end with an answer do so gently
 * (`endGently`), at every door.
 */
export function serveRequests(server: Server, listener: Listener, endAfterAnswers: (socket: Socket) => boolean): void {
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    // What Node calls after an answer with which the connection ends.
    socket.destroySoon = () => endGently(socket);
  });
  server.on('request', listener);
  server.on('checkExpectation', listener);
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => listener(request, response, true));
  server.on('clientError', (error: Error, socket: Socket) => {
    if (!endAfterAnswers(socket)) answerClientError(error, socket);
  });
}

const CLIENT_ERRORS: Readonly<Record<string, readonly [status: string, code: string]>> = {
  HPE_HEADER_OVERFLOW: ['413 Payload Too Large', 'request_too_large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['400 Bad Request', 'request_not_understood'],
};

/** Answers bytes that Node's parser refused, with nothing but the code, and closes. */
function answerClientError(error: Error, socket: Socket): void {
  const known: unknown = Reflect.get(error, 'code');
  const [status, code] = CLIENT_ERRORS[String(known)] ?? ['400 Bad Request', 'request_not_canonical'];
  if (socket.writable && socket.bytesWritten === 0) {
    socket.write(
      `HTTP/1.1 ${status}\r\nWrit-Code: ${code}\r\nContent-Length: 0\r\nCache-Control: no-store\r\n` +
        "Content-Security-Policy: sandbox; default-src 'none'\r\nX-Content-Type-Options: nosniff\r\n" +
        'Cross-Origin-Resource-Policy: same-origin\r\nConnection: close\r\n\r\n',
    );
  }
  endGently(socket);
}
