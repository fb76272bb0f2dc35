import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Behaviour, echoed, tell } from './behaviour.ts';
import { executeInWorld, type GraphqlRequest } from './execute.ts';
import { SEEDS, type SeedName } from './seeds.ts';
import type { Token, World } from './world.ts';

/** A request as it arrived. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** Names and values alternating, as on the wire. */
  readonly raw_headers: readonly string[];
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
  readonly at: number;
}

/** Everything that arrived since the last reset; `bytes` is every byte of every connection, in the order of arrival, base64. */
export interface Recorded {
  readonly requests: readonly RecordedRequest[];
  readonly connections: number;
  readonly bytes: string;
}

/** The stand-in: its world, its behaviour, what arrived. One listener for clients, a second for the test that drives it. */
export class StandIn {
  world: World;
  behaviour: Behaviour = {};
  readonly #sockets = new Set<Socket>();
  #requests: RecordedRequest[] = [];
  #chunks: Buffer[] = [];
  #connections = 0;
  #port = 0;
  readonly #seed: SeedName;
  readonly #server: Server;

  constructor(seed: SeedName) {
    this.#seed = seed;
    this.world = SEEDS[seed]();
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    this.#server.on('connection', (socket) => this.#connected(socket));
  }

  /** Listens on the loopback; port 0 takes any. Returns the port. */
  async listen(port = 0): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    return this.#port;
  }

  /** Merges a behaviour into the present one. */
  async behave(change: Behaviour): Promise<void> {
    const wasDown = this.behaviour.down === true;
    this.behaviour = { ...this.behaviour, ...change };
    if (change.down === true && !wasDown) await this.#close();
    if (change.down === false && wasDown) await this.listen(this.#port);
  }

  /** Forgets what arrived and how it behaves; the world is seeded anew unless told to be kept. The tokens stay. */
  async reset(keep: { world?: boolean } = {}): Promise<void> {
    await this.behave({ down: false });
    this.behaviour = {};
    [this.#requests, this.#chunks, this.#connections] = [[], [], 0];
    if (!keep.world) this.world = { ...SEEDS[this.#seed](), tokens: this.world.tokens };
  }

  recorded(): Recorded {
    return {
      requests: this.#requests,
      connections: this.#connections,
      bytes: Buffer.concat(this.#chunks).toString('base64'),
    };
  }

  #connected(socket: Socket): void {
    this.#connections += 1;
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    if (this.behaviour.record !== false) socket.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
  }

  async #close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    this.#record(request, body);
    const behaviour = this.#takeBehaviour(body);
    if (behaviour.delay_ms) await sleep(behaviour.delay_ms);
    for (const [name, value] of Object.entries(behaviour.headers ?? {})) response.setHeader(name, value);
    if (behaviour.redirect) return void response.writeHead(302, { location: behaviour.redirect }).end();
    if (behaviour.status) return void refuse(response, behaviour.status);
    const { status, body: answer } = await this.#answer(request, body);
    const told = behaviour.lie ? tell(behaviour.lie, answer) : answer;
    await write(response, { status, text: JSON.stringify(told), token: presented(request), behaviour });
  }

  #record(request: IncomingMessage, body: string): void {
    if (this.behaviour.record === false) return;
    const { method = '', url: path = '', rawHeaders, headers } = request;
    this.#requests.push({ method, path, raw_headers: rawHeaders, headers, body, at: Date.now() });
  }

  #takeBehaviour(body: string): Behaviour {
    const { only, times } = this.behaviour;
    if (only && !body.includes(only)) return {};
    if (times === undefined || times === null) return this.behaviour;
    if (times <= 0) return {};
    const current = this.behaviour;
    this.behaviour = { ...current, times: times - 1 };
    return current;
  }

  async #answer(request: IncomingMessage, body: string): Promise<{ status: number; body: Record<string, unknown> }> {
    if (request.method !== 'POST' || request.url !== '/graphql/v2') {
      return { status: 404, body: { errors: [{ message: 'Not Found' }] } };
    }
    let parsed: GraphqlRequest;
    try {
      parsed = JSON.parse(body) as GraphqlRequest;
    } catch {
      return { status: 400, body: { errors: [{ message: 'Invalid JSON' }] } };
    }
    const answer = await executeInWorld({ world: this.world, token: this.#tokenOf(request) }, parsed);
    return { status: answer.status, body: answer.body };
  }

  #tokenOf(request: IncomingMessage): Token | undefined {
    const value = presented(request);
    const asProject = request.headers['project-access-token'] !== undefined;
    const rows = this.world.tokens as unknown as Token[];
    return rows.find((token) => token.value === value && (token.kind === 'project') === asProject);
  }
}

function presented(request: IncomingMessage): string {
  const project = request.headers['project-access-token'];
  return typeof project === 'string' ? project : (request.headers.authorization ?? '').replace(/^Bearer /i, '');
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function refuse(response: ServerResponse, { code, retry_after }: { code: number; retry_after?: number }): void {
  if (retry_after !== undefined) response.setHeader('retry-after', String(retry_after));
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ errors: [{ message: `HTTP ${code}` }] }));
}

interface AnswerToWrite {
  readonly status: number;
  readonly text: string;
  readonly token: string;
  readonly behaviour: Behaviour;
}

async function write(response: ServerResponse, { status, text, token, behaviour }: AnswerToWrite): Promise<void> {
  const { echo, huge_bytes: huge, close_after_bytes: limit } = behaviour;
  if (echo === 'header') response.setHeader('x-debug-token', token);
  response.writeHead(status, { 'content-type': 'application/json' });
  if (limit !== undefined) {
    response.write(text.slice(0, limit), () => response.destroy());
    return;
  }
  for (const chunk of echo && echo !== 'header' ? echoed(echo, token) : []) {
    response.write(chunk);
    await sleep(20);
  }
  if (huge) await pad(response, huge - text.length);
  response.end(text);
}

/** JSON may begin with white space of any length. */
async function pad(response: ServerResponse, bytes: number): Promise<void> {
  const block = ' '.repeat(65_536);
  for (let left = bytes; left > 0 && !response.destroyed; left -= block.length) {
    if (!response.write(block.slice(0, left))) await new Promise((resolve) => response.once('drain', resolve));
  }
}
