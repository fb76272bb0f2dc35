import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { Server as NetServer } from 'node:net';
import { gatewayServerOptions, type Ingress, type Listener, serveRequests } from '@writ/gateway';
import type { ServerConfig } from './config.ts';
import { StartError } from './start-error.ts';

/** How long requests under way may go on once the process was told to stop, in milliseconds. */
const GRACE = 10_000;

/** How long connections without a request may still send one then: proxies keep them for later. */
const QUIET = 2_000;

/** How long a TLS handshake may take. */
const HANDSHAKE = 10_000;

/** What listens, and how it ends. */
export interface Serving {
  /** Takes no new requests, lets those under way end for a while, then cuts them off. */
  stop(): Promise<void>;
}

/** Listens as the configuration says. Throws a `StartError` for a busy port, a foreign address, a certificate that is not good. */
export async function serve(
  config: ServerConfig,
  { front, ingress }: { readonly front: Listener; readonly ingress: Ingress },
): Promise<Serving> {
  const server = await makeServer(config);
  ingress.attach(server);
  serveRequests(server, front);
  await listen(server, config);
  return { stop: () => stop(server, ingress) };
}

async function makeServer({ tls }: ServerConfig): Promise<Server> {
  if (tls === undefined) return createServer(gatewayServerOptions);
  const [cert, key] = [await readPem(tls.certFile, 'WRIT_TLS_CERT'), await readPem(tls.keyFile, 'WRIT_TLS_KEY')];
  try {
    return createTlsServer({ ...gatewayServerOptions, cert, key, minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE });
  } catch (cause) {
    throw new StartError(
      `The certificate ${tls.certFile} and the key ${tls.keyFile} are not a pair of PEM files; check WRIT_TLS_CERT and WRIT_TLS_KEY.`,
      { cause },
    );
  }
}

async function readPem(path: string, setting: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new StartError(
      `${setting} names ${path}, which cannot be read (${codeOf(cause)}); check the path and who may read it.`,
      { cause },
    );
  }
}

function listen(server: Server, { host, port }: ServerConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, { host, port })));
    server.listen({ host, port }, () => resolve());
  });
}

function listenError(cause: Error, { host, port }: { readonly host: string; readonly port: number }): StartError {
  const code = codeOf(cause);
  const sentence =
    {
      EADDRINUSE: `Port ${port} of ${host} is in use, perhaps by another Writ; stop that program, or set WRIT_PORT to a free port.`,
      EACCES: `This user may not listen on port ${port} of ${host}; set WRIT_PORT to one above 1023.`,
      EADDRNOTAVAIL: `${host} is not an address of this machine; set WRIT_HOST to one that is.`,
      ENOTFOUND: `The name ${host} has no address; set WRIT_HOST to an address of this machine.`,
    }[code] ?? `Writ cannot listen on ${host}, port ${port} (${code}); check WRIT_HOST and WRIT_PORT.`;
  return new StartError(sentence, { cause });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

/**
 * Stops without losing a request that is on its way: who listens no more still answers what comes on the connections there are, and
 * says `Connection: close` with it. Connections on which nothing comes are closed after a while.
 */
async function stop(server: Server, ingress: Ingress): Promise<void> {
  ingress.announceEnd();
  // Not the close of the HTTP server: that would cut idle connections at once.
  const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
  const timers = [
    setTimeout(() => {
      server.closeIdleConnections();
      ingress.sockets.closeSilent();
    }, QUIET),
    setTimeout(() => server.closeAllConnections(), GRACE),
  ];
  await closed;
  for (const timer of timers) clearTimeout(timer);
}
