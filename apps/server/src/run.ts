import { getRequestListener } from '@hono/node-server';
import {
  authenticateAutomation,
  authenticateHolder,
  authenticateSession,
  type Ctx,
  checkAssertion,
  createGatewayPorts,
  openSetup,
  type Services,
  type SystemActor,
} from '@writ/broker';
import { makeId } from '@writ/core';
import { createGateway, DEFAULT_LIMITS, type GatewayLog, siteOf } from '@writ/gateway';
import { createApp } from './app.ts';
import { type Composed, MOST_SKEW } from './compose.ts';
import type { ServerConfig } from './config.ts';
import { createHandlers } from './handlers.ts';
import { createFront } from './http/front.ts';
import { crossSiteCheck, hostCheck } from './http/origin.ts';
import { type Serving, serve } from './serve.ts';
import { VERSION } from './version.ts';

/** A broker that serves. */
export interface Running {
  stop(): Promise<void>;
}

const CLOCK_EVERY = 10_000;

/** Starts to serve. Throws a `StartError` when it cannot listen. */
export async function run(config: ServerConfig, composed: Composed): Promise<Running> {
  const { services } = composed;
  const state = { ready: true };
  const clock = watchClock(services, (trusted) => {
    state.ready = trusted;
  });
  const serving = await serve(config, listeners(config, { composed, isReady: () => state.ready }));
  return {
    stop: async () => {
      state.ready = false;
      clearInterval(clock);
      await stopAll(serving, composed);
    },
  };
}

async function stopAll(serving: Serving, composed: Composed): Promise<void> {
  await serving.stop();
  await composed.close();
}

interface Wiring {
  readonly composed: Composed;
  readonly isReady: () => boolean;
}

function listeners(config: ServerConfig, { composed: { services, dialler }, isReady }: Wiring) {
  const { publicUrl, gatewayDomain } = config;
  const place = { publicUrl, ...(gatewayDomain === undefined ? {} : { gatewayDomain }) };
  const site = siteOf(place);
  const isOwnHost = hostCheck({ publicUrl, loopback: config.publicUrlIsLoopback, port: config.port });
  const gateway = createGateway({
    ...place,
    ports: createGatewayPorts(services),
    limits: DEFAULT_LIMITS,
    log: gatewayLog(services),
    dispatch: dialler.dispatch,
  });
  const app = createApp(
    {
      services,
      authenticators: {
        session: (shown) => authenticateSession(services, shown),
        automation: ({ token }) => authenticateAutomation(services, token),
        holder: ({ token }) => authenticateHolder(services, token),
      },
      checkCrossSite: crossSiteCheck({ publicUrl, isOwnHost }),
      checkAssertion,
    },
    createHandlers({ publicUrl, version: VERSION, isReady }),
  );
  const front = createFront({ services, site, isOwnHost, gateway, app: getRequestListener(app.fetch) });
  return { front, gateway, site };
}

function gatewayLog({ log }: Services): GatewayLog {
  return {
    warn: (fields, reason) => log.warn('gateway', { ...fields, reason }),
    error: (fields, reason) => log.warn('gateway_failed', { ...fields, reason }),
  };
}

/** Opens set-up where nobody was ever a user; the link is for the terminal alone. */
export function openSetupLink(services: Services, token: string | undefined) {
  return openSetup(systemContext(services), token === undefined ? {} : { token });
}

/** What the broker does of itself. */
export function systemContext(services: Services): Ctx<SystemActor> {
  const request_id = makeId('request', { now: services.now(), randomBytes: services.randomBytes });
  return { ...services, actor: { kind: 'system' }, request_id, address: '' };
}

function watchClock({ store, log }: Services, tell: (trusted: boolean) => void): NodeJS.Timeout {
  const look = async (): Promise<void> => {
    try {
      const skew = await store.clockSkew();
      tell(Math.abs(skew) <= MOST_SKEW);
    } catch (error) {
      log.error('clock_unknown', error);
    }
  };
  return setInterval(() => void look(), CLOCK_EVERY).unref();
}
