/**
 * The way in, one for all doors: sockets, the requests of strangers and the bodies of all are bounded here, before anything of a request
 * is looked up. Places, and shares of memory, are for those who have proved who they are.
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

/** What the way in is made with. */
export interface IngressOptions {
  readonly limits?: Partial<IngressLimits>;
  /** As `createSourceReader` takes them. */
  readonly trustedProxies?: readonly string[];
  /** The headers that carry credentials. */
  readonly credentialHeaders?: readonly string[];
  /** Milliseconds. */
  readonly now: () => number;
}

const SWEEP_MS = 1_000;

/** Header lines of any request: each holds hundreds of bytes, however short it is. */
const MOST_LINES = 250;

/** How many clients that wait for their refusal are answered in one round of the event loop: there may be thousands. */
const AT_ONCE = 16;

async function letGoOn(waiting: (() => void)[]): Promise<void> {
  for (const [at, resume] of waiting.entries()) {
    if (at > 0 && at % AT_ONCE === 0) await new Promise((resume) => setImmediate(resume));
    resume();
  }
}

/** Answers at once, with a bare status, and closes: nothing of the request is kept. */
function refuseHead(response: ServerResponse): void {
  endAfter(response);
  const headers = { 'writ-code': 'request_too_large', 'content-length': '0', 'cache-control': 'no-store' };
  response.writeHead(431, headers).end();
}

/** The way in of one process. */
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

  /** Watches a server, until it is closed: to be called before it listens. */
  attach(server: Server): void {
    this.sockets.attach(server);
    const timer = setInterval(() => this.sweep(), SWEEP_MS).unref();
    server.once('close', () => clearInterval(timer));
  }

  /**
   * The arrival of a request; the same one each time it is asked for. Undefined when its socket asked too much at once: then the socket is
   * gone. `expect`: the request waits for `100 Continue` before it sends its body.
   */
  arrive(request: IncomingMessage, response: ServerResponse, expect = false): Arrival | undefined {
    const known = arrivalOf(request);
    if (known !== undefined) return known;
    // Without a listener an error of a client that went away would end the process.
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
   * What came on a socket is no request: those that came whole before it are answered, then it ends. False where there are none, so
   * that an answer to what is no request would not be taken for one of theirs.
   */
  endAfterAnswers(socket: Socket): boolean {
    const last = this.sockets.answersOf(socket).findLast(({ req }) => req.complete);
    if (last === undefined) return false;
    endAfter(last);
    return true;
  }

  /** Looks for what takes too long: bodies that crawl, answers that nobody reads. */
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

  /** From now on every answer says that its socket ends with it. */
  announceEnd(): void {
    this.#ending = true;
    this.sweep();
    this.sockets.announceEnd();
  }

  /** Begins to read a stranger's body. */
  readBody({ request, response, source: { network } }: Parts, expect: boolean): Body {
    let unfollow = ignore;
    // A body may end as soon as it begins: where what its request holds is more than is left.
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
    // An answer that is begun before such a body is whole says that the socket ends with it: what still comes is no request.
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
    // A socket that is known already has carried a credential that was good.
    if (visitor.owner === owner) return;
    this.#familiar.add(request);
    this.sockets.trust(visitor, owner);
  }

  /** A request is over and nobody has proved to have sent it. */
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

  /** The answer is written, or its socket is gone. */
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

/** Where the arrival of a request is kept: on the request itself, since a `WeakMap` of what lives so shortly is costly to collect. */
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
