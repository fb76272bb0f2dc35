/**
 * The ingress of all endpoints. It limits sockets, requests of strangers and all bodies before anything about a request is looked up. Only
 * authenticated clients get places and a share of memory of their own.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import { WritError } from '@writ/core';
import { DEFAULT_INGRESS_LIMITS, type IngressLimits } from '../limits.ts';
import type { Arrival } from './arrival.ts';
import { Body } from './body.ts';
import { Sockets, type Visitor } from './sockets.ts';
import { createSourceReader, type Source, type SourceReader } from './source.ts';
import { endAfter } from './stop-listening.ts';
import { FamiliarCredentials, StrangerBodies, StrangerRate } from './strangers.ts';

/** The options of an ingress. */
export interface IngressOptions {
  readonly limits?: Partial<IngressLimits>;
  /** The trusted proxies, as `createSourceReader` takes them. */
  readonly trustedProxies?: readonly string[];
  /** The headers that carry credentials. */
  readonly credentialHeaders?: readonly string[];
  /** The time in milliseconds. */
  readonly now: () => number;
}

const SWEEP_MS = 1_000;

/** The most header lines of a request: each takes hundreds of bytes of memory, even a short one. */
const MOST_LINES = 250;

/** How many of the clients that wait for a refusal are answered in one round of the event loop: there may be thousands. */
const AT_ONCE = 16;

async function letGoOn(waiting: (() => void)[]): Promise<void> {
  for (const [at, resume] of waiting.entries()) {
    if (at > 0 && at % AT_ONCE === 0) await new Promise((resume) => setImmediate(resume));
    resume();
  }
}

/** Answers at once with a bare status, and closes the socket: nothing of the request is kept. */
function refuseHead(response: ServerResponse): void {
  endAfter(response);
  const headers = { 'writ-code': 'request_too_large', 'content-length': '0', 'cache-control': 'no-store' };
  response.writeHead(431, headers).end();
}

/** The ingress of one process. */
export class Ingress {
  readonly limits: IngressLimits;
  readonly sockets: Sockets;
  readonly bodies: StrangerBodies;
  readonly sources: SourceReader;
  readonly #now: () => number;
  readonly #rate: StrangerRate;
  readonly #familiar: FamiliarCredentials;
  readonly #reading = new Set<Body>();
  readonly #waiting: (() => void)[] = [];
  #ending = false;

  constructor({ limits = {}, trustedProxies = [], credentialHeaders = ['authorization'], now }: IngressOptions) {
    this.limits = { ...DEFAULT_INGRESS_LIMITS, ...limits };
    this.sources = createSourceReader(trustedProxies);
    this.#now = now;
    this.#rate = new StrangerRate({ limits: this.limits, now });
    this.#familiar = new FamiliarCredentials({ headers: credentialHeaders, most: this.limits.remembered });
    this.bodies = new StrangerBodies(this.limits);
    this.sockets = new Sockets({ limits: this.limits, peerOf: this.sources.peerOf });
  }

  /** Watches a server until it is closed. Called before the server listens. */
  attach(server: Server): void {
    this.sockets.attach(server);
    const timer = setInterval(() => this.sweep(), SWEEP_MS).unref();
    server.once('close', () => clearInterval(timer));
  }

  /**
   * Returns the arrival of a request, the same one at each call. Undefined if its socket has too many requests under way: the socket is
   * then destroyed. `expect`: the client waits for `100 Continue` before it sends the body.
   */
  arrive(request: IncomingMessage, response: ServerResponse, expect = false): Arrival | undefined {
    const known = arrivalOf(request);
    if (known !== undefined) return known;
    // Without a listener, the error of a client that goes away would end the process.
    request.on('error', ignore);
    response.on('error', ignore);
    if (request.socket.destroyed) return undefined;
    const visitor = this.sockets.visitorOf(request.socket);
    response.on('close', () => {
      this.sockets.end(visitor, response);
      arrivalOf(request)?.close();
    });
    if (!this.sockets.begin(visitor, response)) return undefined;
    if (request.rawHeaders.length > 2 * MOST_LINES) {
      refuseHead(response);
      return undefined;
    }
    if (this.#ending) response.shouldKeepAlive = false;
    const source = visitor.peer.trusted ? this.sources.sourceOf(request) : visitor.peer;
    const arrival = new OneArrival({ request, response, visitor, source }, this, expect);
    (request as RequestWithArrival)[ARRIVAL] = arrival;
    return arrival;
  }

  /**
   * Ends a socket on which bytes came that are no request, after the answers to the whole requests before them. Returns false if there are
   * no such requests: then the caller may answer the bytes themselves, since nobody can take that for the answer to a request.
   */
  endAfterAnswers(socket: Socket): boolean {
    const last = this.sockets.answersOf(socket).findLast(({ req }) => req.complete);
    if (last === undefined) return false;
    endAfter(last);
    return true;
  }

  /** Ends what takes too long: bodies that arrive too slowly, answers that are not read. */
  sweep(): void {
    const now = this.#now();
    for (const body of this.#reading) body.checkPace(now);
    this.sockets.sweep(now);
    void letGoOn(this.#waiting.splice(0));
  }

  /** See `Arrival.letWait`. */
  letWait(): Promise<void> {
    return new Promise((resume) => this.#waiting.push(resume));
  }

  /** Makes every answer from now on say that its socket ends. */
  announceEnd(): void {
    this.#ending = true;
    this.sweep();
    this.sockets.announceEnd();
  }

  /** Begins to read a stranger's body. */
  readBody({ request, response, source: { network } }: Parts, expect: boolean): Body {
    let unfollow = ignore;
    // A body can fail while it is made: if less memory is left than its request takes.
    let begun: Body | undefined;
    const mayStay = response.shouldKeepAlive;
    const body = new Body(request, {
      limits: this.limits,
      account: this.bodies.accountOf(network),
      now: this.#now,
      expect: expect ? () => response.writeContinue() : undefined,
      onMove: () => unfollow(),
      endSocket: () => endAfter(response),
      onEnd: (whole) => {
        unfollow();
        if (begun !== undefined) this.#reading.delete(begun);
        if (whole && !this.#ending) response.shouldKeepAlive = mayStay;
      },
    });
    if (!body.isUnderWay) return body;
    begun = body;
    // An answer that begins before a long body is whole says that the socket ends: the bytes that still come are no request.
    if (!body.isShort) response.shouldKeepAlive = false;
    this.#reading.add(body);
    unfollow = this.bodies.follow({ body, network });
    return body;
  }

  /** See `Arrival.isFamiliar`. */
  isFamiliar({ request, visitor }: Parts): boolean {
    return visitor.owner !== undefined || this.#familiar.has(request);
  }

  /** See `Arrival.isNew`. */
  isNew({ request }: Parts): boolean {
    return !this.#familiar.isRefused(request);
  }

  /** Takes a stranger's turn; see `Arrival.takeTurn`. */
  takeTurn({ request, visitor, source }: Parts): Turn {
    if (visitor.owner !== undefined) return { wait: 0, tookTurn: false };
    const wait = this.#rate.take(source.network);
    if (wait === 0) return { wait, tookTurn: true };
    return { wait: this.#familiar.has(request) ? 0 : wait, tookTurn: false };
  }

  /** See `Arrival.authenticated`. */
  welcome({ request, visitor, source }: Parts, { owner, tookTurn }: Welcome): void {
    if (tookTurn) this.#rate.giveBack(source.network);
    // A socket of this owner has carried a good credential before.
    if (visitor.owner === owner) return;
    this.#familiar.add(request);
    this.sockets.trust(visitor, owner);
  }

  /** Called when a request is over whose sender has not proved who it is. */
  dismiss({ request, response, visitor, source }: Parts, refused: boolean): void {
    if (refused || response.statusCode === 401) this.#familiar.refuse(request);
    if (!refused && response.statusCode < 400) return;
    if (visitor.owner !== undefined) this.#rate.spend(source.network, 1);
    this.sockets.distrust(visitor);
  }
}

interface Turn {
  readonly wait: number;
  readonly tookTurn: boolean;
}

interface Welcome {
  readonly owner: string;
  readonly tookTurn: boolean;
}

interface Parts {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly visitor: Visitor;
  readonly source: Source;
}

class OneArrival implements Arrival {
  readonly body: Body;
  readonly #parts: Parts;
  readonly #ingress: Ingress;
  #known = false;
  #refused = false;
  #tookTurn = false;

  constructor(parts: Parts, ingress: Ingress, expect: boolean) {
    this.#parts = parts;
    this.#ingress = ingress;
    this.body = ingress.readBody(parts, expect);
  }

  /** Called when the answer is written or its socket is gone. */
  close(): void {
    this.body.release();
    if (!this.#known) this.#ingress.dismiss(this.#parts, this.#refused);
  }

  get source(): Source {
    return this.#parts.source;
  }

  get isFamiliar(): boolean {
    return this.#ingress.isFamiliar(this.#parts);
  }

  get isNew(): boolean {
    return this.#ingress.isNew(this.#parts);
  }

  takeTurn(): number {
    const { wait, tookTurn } = this.#ingress.takeTurn(this.#parts);
    this.#tookTurn = tookTurn;
    return wait;
  }

  async letWait(error: unknown, leave?: () => void): Promise<void> {
    if (!(error instanceof WritError) || error.code !== 'rate_limited') return;
    this.body.release();
    leave?.();
    const { visitor, response } = this.#parts;
    if (!this.#known && visitor.answers.size > 1) endAfter(response);
    await this.#ingress.letWait();
  }

  authenticated(owner: string): void {
    this.#known = true;
    this.#ingress.welcome(this.#parts, { owner, tookTurn: this.#tookTurn });
    this.#tookTurn = false;
  }

  refused(): void {
    this.#refused = true;
  }
}

/** The key under which a request holds its arrival. A `WeakMap` would cost the garbage collector much for objects that live so shortly. */
const ARRIVAL = Symbol('arrival');

interface RequestWithArrival extends IncomingMessage {
  [ARRIVAL]?: OneArrival;
}

function arrivalOf(request: RequestWithArrival): OneArrival | undefined {
  return request[ARRIVAL];
}

function ignore(): void {
  // Nothing to do.
}
