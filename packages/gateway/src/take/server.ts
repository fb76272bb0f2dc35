/** The setup of Node's HTTP server in front of the gateway. */
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { endGently } from './stop-listening.ts';

/** Options for `http.createServer`: the strict parser, and limits on how much a client may send and how slowly. */
export const gatewayServerOptions: ServerOptions = {
  insecureHTTPParser: false,
  requireHostHeader: true,
  joinDuplicateHeaders: false,
  maxHeaderSize: 16 * 1024,
  headersTimeout: 15_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 5_000,
  // Proxies keep idle connections for a minute. This is longer, so that the proxy closes them and not Writ.
  keepAliveTimeout: 75_000,
  noDelay: true,
};

/** A function that answers a request. `expect`: the client waits for `100 Continue` before it sends the body. */
export type Listener = (request: IncomingMessage, response: ServerResponse, expect?: boolean) => unknown;

/**
 * Gives all requests to one listener, also those with `Expect`, which Node would answer by itself. Bytes that are no request get an answer
 * only if no request is before them on the socket (`endAfterAnswers`). Sockets that end after an answer end gently (`endGently`).
 */
export function serveRequests(server: Server, listener: Listener, endAfterAnswers: (socket: Socket) => boolean): void {
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    // Node calls this after an answer that ends the connection.
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

/** Answers bytes that Node's parser refused, with the code only, and closes the socket. */
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
