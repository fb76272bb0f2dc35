/** A gateway on real sockets, with ports that record and an upstream that records, for the tests of this package. */
import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Authorized, Secret, SHIPPED_GUARDRAILS, WritError } from '@writ/core';
import { makeAuthorized } from '@writ/core/authorize';
import { exchangeBytes, type WaitLimits } from '../../../test/support/wire.ts';
import {
  type Caller,
  createDialler,
  createGateway,
  DEFAULT_LIMITS,
  type Dialler,
  type GatewayConnection,
  gatewayServerOptions,
  Ingress,
  type Outcome,
  type RefusalRecord,
  serveRequests,
} from '../src/index.ts';
import type { GatewayLimits, IngressLimits } from '../src/limits.ts';
import { plainProvider, plainUpstream } from './plain-provider.ts';
import { type AuthorizeRequest, portsOf, type TestPorts } from './ports.ts';
import { close, listen } from './upstream.ts';

/** The secrets of one test: made anew, and obviously fake. */
export const rootSecret = (): string => `fake-root-${crypto.randomUUID()}`;
export const GOOD_TOKEN = 'fake-access-token';

/** Everything the gateway told its ports, in order. */
export interface Recorded {
  readonly authorized: AuthorizeRequest[];
  readonly refused: RefusalRecord[];
  readonly outcomes: Outcome[];
  readonly echoed: Authorized[];
  readonly logged: string[];
  /** Stops the requests under way, as a revocation would. */
  revoke(reason: 'revoked' | 'frozen' | 'stopping'): void;
}

export interface TestGateway extends Recorded {
  readonly ingress: Ingress;
  readonly server: Server;
  readonly port: number;
  readonly url: string;
  readonly root: string;
  /** The functions behind the ports, which a test may replace before it sends. */
  readonly ports: { -readonly [K in keyof TestPorts]: TestPorts[K] };
  readonly connection: { -readonly [K in keyof GatewayConnection]: GatewayConnection[K] };
  close(): Promise<void>;
}

/** The options of a test gateway. */
export interface TestGatewayOptions {
  readonly upstream: string;
  readonly limits?: Partial<GatewayLimits>;
  readonly ingress?: Partial<IngressLimits>;
  readonly operations?: readonly string[];
  readonly base_path?: string;
  readonly allow_private?: boolean;
  /** Keeps no list of authorized requests, for long runs. */
  readonly forgetful?: boolean;
}

/** Starts a gateway in front of an upstream. Its one connection is `plain`, its one token `GOOD_TOKEN`. */
export async function startGateway(options: TestGatewayOptions): Promise<TestGateway> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const root = rootSecret();
  const connection = connectionTo(options);
  const recorded = recorder();
  const ports = recordingPorts({ recorded, connection, root, operations: options.operations ?? ['*', '*:destroy'] });
  if (options.forgetful === true) forget(ports);
  const server = createServer(gatewayServerOptions);
  const port = await listen(server);
  const dialler = createDialler(limits);
  const ingress = new Ingress({ now: () => ports.now(), limits: options.ingress ?? {} });
  serve(server, { ports, limits, ingress, recorded, dialler, port });
  const url = `http://127.0.0.1:${port}/gateway/plain`;
  const end = async (): Promise<void> => {
    await close(server);
    await dialler.close();
  };
  return { ...recorded, ingress, server, port, url, root, ports, connection, close: end };
}

function serve(
  server: Server,
  parts: {
    readonly ports: TestPorts;
    readonly limits: GatewayLimits;
    readonly ingress: Ingress;
    readonly recorded: Recorded;
    readonly dialler: Dialler;
    readonly port: number;
  },
): void {
  const where = { publicUrl: `http://127.0.0.1:${parts.port}`, gatewayDomain: 'gw.test' };
  const log = {
    warn: (fields: object, message: string) => parts.recorded.logged.push(JSON.stringify({ ...fields, message })),
    error: (fields: object, message: string) => parts.recorded.logged.push(JSON.stringify({ ...fields, message })),
  };
  const { limits, ingress, dialler } = parts;
  const ports = portsOf(parts.ports);
  ingress.attach(server);
  const gateway = createGateway({ ...where, ports, limits, log, dispatch: dialler.dispatch, ingress });
  serveRequests(server, gateway, (socket) => ingress.endAfterAnswers(socket));
}

function connectionTo(options: TestGatewayOptions): TestGateway['connection'] {
  return {
    id: 'con_1',
    slug: 'plain',
    environments: [],
    provider: plainProvider,
    base_url: `${options.upstream}${options.base_path ?? ''}`,
    origin: options.upstream,
    others: new Map(),
    overrides: new Map(),
    upstream: plainUpstream,
    allow_private: options.allow_private ?? true,
  };
}

function recorder(): Recorded & { readonly cuts: Set<(reason: 'revoked' | 'frozen' | 'stopping') => void> } {
  const cuts = new Set<(reason: 'revoked' | 'frozen' | 'stopping') => void>();
  const revoke = (reason: 'revoked' | 'frozen' | 'stopping'): void => {
    for (const cut of cuts) cut(reason);
  };
  return { authorized: [], refused: [], outcomes: [], echoed: [], logged: [], revoke, cuts };
}

export function callerWith(operations: readonly string[]): Caller {
  const scope = { connection: 'plain', environments: ['staging'], operations: [...operations] };
  return {
    client_id: 'cli_1',
    client_kind: 'agent',
    task_id: 'tsk_1',
    jti: 'tok_1',
    kid: 'k1',
    act_chain: [],
    chain: [{ link: 'token', subject: 'tok_1', allowances: [{ scope }] }],
    guardrails: SHIPPED_GUARDRAILS,
  };
}

function recordingPorts(parts: {
  readonly recorded: ReturnType<typeof recorder>;
  readonly connection: GatewayConnection;
  readonly root: string;
  readonly operations: readonly string[];
}): TestGateway['ports'] {
  const { recorded, connection, root } = parts;
  const credential = {
    sign: async () => [{ header: 'authorization', value: new Secret(`Bearer ${root}`, 'root') }],
    secret: new Secret(root, 'root'),
  };
  let requests = 0;
  return {
    now: () => performance.now(),
    requestId: () => {
      requests += 1;
      return `req_${requests}`;
    },
    tokenHeaders: connection.provider.tokenHeaders,
    providerOf: (slug) => (slug === connection.slug ? connection.provider : undefined),
    verify: async ({ token }) => {
      if (token !== GOOD_TOKEN) throw new WritError('invalid_token');
    },
    connection: async (slug) => (slug === connection.slug ? connection : undefined),
    authenticate: async (presented) => {
      if (presented.token !== GOOD_TOKEN) throw new WritError('invalid_token');
      return callerWith(parts.operations);
    },
    authorize: async (request) => {
      recorded.authorized.push(request);
      return request.decision.result === 'allow' ? authorizedFor(request) : undefined;
    },
    whenDecided: async (_id, signal) => {
      await new Promise<void>((ended) => signal.addEventListener('abort', () => ended()));
    },
    refused: async (record) => {
      recorded.refused.push(record);
    },
    outcome: async (_authorized, outcome) => {
      recorded.outcomes.push(outcome);
    },
    credential: async () => credential,
    echoed: async (authorized) => {
      recorded.echoed.push(authorized);
    },
    onStopped: (_caller, cut) => {
      recorded.cuts.add(cut);
      return () => recorded.cuts.delete(cut);
    },
  };
}

function forget(ports: TestGateway['ports']): void {
  ports.authorize = async (request) => authorizedFor(request);
  ports.outcome = async () => undefined;
}

export function authorizedFor(request: Pick<AuthorizeRequest, 'request_id' | 'connection' | 'resolved'>): Authorized {
  return makeAuthorized({
    kind: 'request',
    connection_id: request.connection.id,
    origin: request.connection.origin,
    environments: ['staging'],
    request_id: request.request_id,
    forward: request.resolved.classified.forward,
  });
}

/** Writes raw bytes to a port and returns everything that comes back; by default it waits for one whole answer. */
export const sendRaw = (port: number, bytes: string | Buffer, limits: WaitLimits = {}): Promise<string> =>
  exchangeBytes(port, bytes, { answers: 1, ...limits });

/**
 * The bytes of a request with a good token. `line` is its method and target; `lines` come between its own headers and the blank line.
 */
export function rawRequest(port: number, line: string, lines: readonly string[] = [], body = ''): string {
  const head = [`${line} HTTP/1.1`, `Host: 127.0.0.1:${port}`, `Authorization: Bearer ${GOOD_TOKEN}`];
  return [...head, ...lines, '', body].join('\r\n');
}

/** Returns the status of an answer given as bytes. */
export const statusOf = (answer: string): number => Number(answer.slice(9, 12));

/** Returns the code of a refusal given as bytes. */
export const codeOf = (answer: string): string | undefined => /^writ-code: (.*)$/im.exec(answer)?.[1]?.trim();

/** Returns the part of the body that arrived, and whether it was cut off. */
export async function bodyOf(response: Response): Promise<{ readonly text: string; readonly cut: boolean }> {
  let text = '';
  try {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString('latin1');
  } catch {
    return { text, cut: true };
  }
  return { text, cut: false };
}

/** A request for `fetch` with a good token. */
export function asAgent(init: RequestInit = {}): RequestInit {
  return { ...init, headers: { authorization: `Bearer ${GOOD_TOKEN}`, ...init.headers } };
}

/** Waits until a condition is true. Throws after half a minute. */
export async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; !holds(); i += 1) {
    if (i === 3_000) throw new Error('What was waited for did not come to hold.');
    await sleep(10);
  }
}
