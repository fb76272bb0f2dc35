import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@writ/broker';
import { systemCode } from '@writ/core';
import { gatewayServerOptions, type Ingress, type Listener, serveRequests } from '@writ/gateway';
import { followCertificate, readPair } from './certificate.ts';
import type { ServerConfig } from './config.ts';
import listenErrors from './listen-errors.json' with { type: 'json' };
import { StartError } from './start-error.ts';

/**
 * How long requests under way may go on once the process was told to stop, in milliseconds: all of a stop must end before the 10 s of
 * Docker.
 */
const GRACE = 3_500;

/** How long cut-off requests may take to be answered, in milliseconds. */
const ANSWERING = 1_000;

/** For how long connections without a request may still send one after that: proxies keep them for later. */
const QUIET = 2_000;

/** How long a TLS handshake may take. */
const HANDSHAKE = 10_000;

const NO_CERTIFICATE = 'There is no certificate to be read again: WRIT_TLS_CERT is not set.';

/** A listening server, and how it ends. */
export interface HttpServer {
  /** Takes no new requests, lets those under way end for a while, then has them cut off, and last closes what is still open. */
  stop(cut: () => Promise<void>): Promise<void>;
  /** Reads the certificate and its key again. */
  reload(): Promise<void>;
}

/** The listener of requests, and the log. */
interface ServeOptions {
  readonly front: Listener;
  readonly ingress: Ingress;
  readonly log: Log;
}

/** Listens as the configuration says. Throws a `StartError` for a busy port, a foreign address, a certificate that is not good. */
export async function serve(config: ServerConfig, { front, ingress, log }: ServeOptions): Promise<HttpServer> {
  const { tls } = config;
  const pair = tls && (await readPair(tls));
  const secure = pair && createTlsServer({ ...gatewayServerOptions, ...pair, handshakeTimeout: HANDSHAKE });
  const server = secure ?? createServer(gatewayServerOptions);
  ingress.attach(server);
  serveRequests(server, front, (socket) => ingress.endAfterAnswers(socket));
  await listen(server, config);
  const certificate = tls && pair && secure && followCertificate({ server: secure, files: tls, current: pair, log });
  return {
    stop: (cut) => {
      certificate?.stop();
      return stop({ server, ingress, cut });
    },
    reload: async () => {
      if (certificate) await certificate.reload();
      else log.info('certificate_read', { reason: NO_CERTIFICATE });
    },
  };
}

/** Finds out whether `serve` could listen, without serving anything. Throws as `serve` does. */
export async function checkListening(config: ServerConfig): Promise<void> {
  if (config.tls) await readPair(config.tls);
  const probe = new NetServer();
  await listen(probe, config);
  await new Promise((resolve) => probe.close(resolve));
}

function listen(server: NetServer, { host, port }: ServerConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, { host, port })));
    server.listen({ host, port }, () => resolve());
  });
}

/** The sentences are in a file of their own, because `tools/preflight.mjs` uses them before anything is built. */
function listenError(cause: Error, { host, port }: { readonly host: string; readonly port: number }): StartError {
  const code = systemCode(cause) ?? 'unknown error';
  const told: Readonly<Record<string, string>> = listenErrors;
  const sentence = (Object.hasOwn(told, code) ? told[code] : undefined) ?? listenErrors.other;
  const values: Readonly<Record<string, string>> = { host, port: String(port), code };
  return new StartError(
    sentence.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? ''),
    { cause },
  );
}

interface StopOptions {
  readonly server: Server;
  readonly ingress: Ingress;
  readonly cut: () => Promise<void>;
}

/**
 * Stops without losing a request. A server that no longer listens still answers what comes on existing connections, and says `Connection:
 * close`. Idle connections are closed after a while; a request that takes too long is cut off, and told so.
 */
async function stop({ server, ingress, cut }: StopOptions): Promise<void> {
  ingress.announceEnd();
  // This is not the HTTP server's own close, which would end idle connections at once.
  const closed = new Promise<boolean>((resolve) => NetServer.prototype.close.call(server, () => resolve(true)));
  const quiet = setTimeout(() => {
    server.closeIdleConnections();
    ingress.sockets.closeSilent();
  }, QUIET);
  if (!(await within(GRACE, closed))) {
    await cut();
    await within(ANSWERING, closed);
    server.closeAllConnections();
  }
  clearTimeout(quiet);
  await cut();
}

/** Tells whether it came within `ms`. */
async function within(ms: number, work: Promise<boolean>): Promise<boolean> {
  const ended = new AbortController();
  try {
    return await Promise.race([work, sleep(ms, false, { signal: ended.signal })]);
  } finally {
    ended.abort();
  }
}
