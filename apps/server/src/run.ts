import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import {
  authenticateAutomation,
  authenticateHolder,
  authenticateSession,
  checkAssertion,
  createGatewayPorts,
  leaveBrokers,
  openSetup,
  type Sending,
  type Services,
  tendBrokers,
} from '@writ/broker';
import { defined, VERSION, WritError } from '@writ/core';
import { type Arrival, createGateway, DEFAULT_LIMITS, type GatewayLog, Ingress, siteOf } from '@writ/gateway';
import { PROVIDERS } from '@writ/providers';
import { isSetUp } from '@writ/store';
import { createApp } from './app.ts';
import { startBackground } from './background.ts';
import { backupFolder } from './backups.ts';
import type { BrokerParts } from './compose.ts';
import type { ServerConfig } from './config.ts';
import { createHandlers } from './handlers.ts';
import type { AdapterDeps } from './http/adapter.ts';
import { createFront } from './http/front.ts';
import { createFormDoor } from './http/oauth.ts';
import { crossSiteCheck, hostCheck } from './http/origin.ts';
import { loggingRequests } from './http/request-log.ts';
import { type HttpServer, serve } from './serve.ts';
import type { StartError } from './start-error.ts';
import { systemContext } from './system-context.ts';

/** A broker that serves. */
export interface RunningBroker {
  /** Ends in order, in less than the 10 s that Docker gives: what is under way is cut off and recorded. */
  stop(): Promise<void>;
  /** Settled with the reason when this broker is of no use any more: its key was replaced, or its database is a newer version's. */
  readonly over: Promise<StartError>;
  /** Reads the certificate and its key again. */
  reload(): Promise<void>;
}

/** Starts to serve. Throws a `StartError` when it cannot listen. */
export async function run(config: ServerConfig, composed: BrokerParts): Promise<RunningBroker> {
  const { services } = composed;
  const over = Promise.withResolvers<StartError>();
  const stopped = new AbortController();
  const backups = config.backupDir === undefined ? undefined : backupFolder(config.backupDir, config, stopped.signal);
  const background = startBackground(services, { backups, onOver: over.resolve, sending: sendingOf(composed) });
  const { isClockTrusted } = background;
  let stopping = false;
  const isReady = (): boolean => !stopping && isClockTrusted();
  await tendBrokers(systemContext(services));
  const wired = listeners(config, composed, { isReady, isClockTrusted });
  const serving = await serve(config, { ...wired, log: services.log });
  return {
    over: over.promise,
    reload: () => serving.reload(),
    stop: async () => {
      stopping = true;
      const settled = background.stop();
      stopped.abort();
      await stopAll(serving, composed, settled);
    },
  };
}

/** How long the database and what else is open may take to close, in milliseconds; the process ends then all the same. */
const CLOSING = 1_500;

/** How long the records of what Writ was sending by itself may take; another broker settles what is missing. In milliseconds. */
const SETTLING = 500;

async function stopAll(serving: HttpServer, composed: BrokerParts, settled: Promise<void>): Promise<void> {
  let left: Promise<void> | undefined;
  await serving.stop(() => {
    left ??= leaveBrokers(systemContext(composed.services));
    return left;
  });
  await Promise.race([settled, sleep(SETTLING, undefined, { ref: false })]);
  await Promise.race([composed.close(), sleep(CLOSING, undefined, { ref: false })]);
}

function listeners(
  config: ServerConfig,
  { services, dialler }: BrokerParts,
  { isReady, isClockTrusted }: Readonly<Record<'isReady' | 'isClockTrusted', () => boolean>>,
) {
  const { publicUrl, gatewayDomain } = config;
  const place = { publicUrl, ...defined({ gatewayDomain }) };
  const site = siteOf(place);
  const ingress = new Ingress({
    trustedProxies: config.trustedProxies,
    credentialHeaders: ['authorization', 'cookie', ...PROVIDERS.flatMap(({ tokenHeaders }) => tokenHeaders)],
    now: services.now,
  });
  const isOwnHost = hostCheck({ publicUrl, loopback: config.publicUrlIsLoopback, port: config.port });
  const gateway = createGateway({
    ...place,
    ports: createGatewayPorts(services),
    limits: DEFAULT_LIMITS,
    clients: services.live.budgets,
    log: gatewayLog(services),
    ingress,
    dispatch: dialler.dispatch,
  });
  const deps: AdapterDeps = {
    services,
    authenticators: {
      session: (shown) => authenticateSession(services, shown),
      automation: (shown) => authenticateAutomation(services, shown),
      holder: (shown) => authenticateHolder(services, shown),
    },
    arrivalOf: ({ incoming, outgoing }) => arrived(ingress.arrive(incoming, outgoing)),
    checkCrossSite: crossSiteCheck({ publicUrl, isOwnHost }),
    checkAssertion,
  };
  const app = createApp(deps, createHandlers({ publicUrl, version: VERSION, isReady }));
  const front = createFront({
    services,
    site,
    ingress,
    isOwnHost,
    isClockTrusted,
    gateway,
    forms: createFormDoor(deps),
    app: getRequestListener(app.fetch, { autoCleanupIncoming: false }),
  });
  return { front: config.log === 'text' ? loggingRequests(front, site, services) : front, ingress };
}

function arrived(arrival: Arrival | undefined): Arrival {
  if (arrival === undefined) throw new WritError('internal', { cause: new Error('a request that never arrived') });
  return arrival;
}

function sendingOf({ services, dialler }: BrokerParts): Sending {
  return { dispatch: dialler.dispatch, limits: DEFAULT_LIMITS, log: gatewayLog(services) };
}

function gatewayLog({ log }: Services): GatewayLog {
  return {
    warn: (fields, reason) => log.warn('gateway', { ...fields, reason }),
    error: (fields, reason) => log.warn('gateway_failed', { ...fields, reason }),
  };
}

/** Opens set-up where nobody was ever a user; the link is for the terminal alone. */
export function openSetupLink(services: Services, token: string | undefined) {
  return openSetup(systemContext(services), defined({ token }));
}

/** Tells whether Writ has no owner yet. */
export async function isStillToBeSetUp({ store, organization_id }: Services): Promise<boolean> {
  return !(await isSetUp(store.db, { organization_id }));
}
