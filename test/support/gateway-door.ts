/** The gateway of a broker in the test's own process, on a socket: for tests of what its clients are told and when. */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGatewayPorts, type Services } from '@writ/broker';
import { createGateway, DEFAULT_LIMITS, gatewayServerOptions, Ingress, serveRequests } from '@writ/gateway';
import { GRAPHQL_HEADERS } from './scene.ts';

/** An answer of the gateway. */
export interface DoorAnswer {
  readonly status: number;
  /** `Writ-Code`; `forwarded` where the provider answered. */
  readonly code: string;
  /** The answer itself. */
  readonly text: string;
  /** `Writ-Hold`: where the answer is one that was kept. */
  readonly hold: string | undefined;
  /** What the gateway says where it does not forward. */
  readonly problem: Readonly<Record<string, unknown>> | undefined;
}

/** A request that was sent. */
export interface Sent {
  readonly answer: Promise<DoorAnswer>;
  /** The client goes away. */
  leave(): void;
}

/** The gateway of one broker. */
export interface Door {
  /** Sends a GraphQL document to the connection `railway`. */
  send(token: string, query: string, headers?: Readonly<Record<string, string>>, variables?: object): Sent;
  close(): Promise<void>;
}

/** Opens it. */
export async function openDoor(services: Services): Promise<Door> {
  const { publicUrl } = services.config;
  const ingress = new Ingress({ now: services.now });
  const log = { warn: () => undefined, error: () => undefined };
  const gateway = createGateway({
    ...{ ports: createGatewayPorts(services), publicUrl, limits: DEFAULT_LIMITS, log, ingress },
    clients: services.live.budgets,
  });
  const server = createServer(gatewayServerOptions);
  ingress.attach(server);
  serveRequests(server, gateway, (socket) => ingress.endAfterAnswers(socket));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const { host } = new URL(publicUrl);
  return {
    send: (token, query, headers = {}, variables = {}) => {
      const sent = request({
        ...{ port, host: '127.0.0.1', method: 'POST', path: '/gateway/railway/graphql/v2', agent: false },
        headers: { ...GRAPHQL_HEADERS, host, authorization: `Bearer ${token}`, ...headers },
      });
      const answer = new Promise<DoorAnswer>((resolve, reject) => {
        sent.on('error', reject);
        sent.on('response', (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk;
          });
          response.on('end', () => {
            const code = String(response.headers['writ-code'] ?? 'forwarded');
            const problem = text === '' ? undefined : JSON.parse(text).errors?.[0]?.extensions?.writ;
            const hold = response.headers['writ-hold']?.toString();
            resolve({ status: response.statusCode ?? 0, code, text, hold, problem });
          });
        });
      });
      sent.end(JSON.stringify({ query, variables }));
      return { answer, leave: () => void sent.destroy() };
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
