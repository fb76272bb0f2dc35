/**
 * Reads bodies, of every door: each into one growing buffer, from its first byte, because what nobody reads Node keeps as a list of
 * chunks that hold hundreds of bytes each. What is held is charged to its sender, as far as that is known.
 */
import type { IncomingMessage } from 'node:http';
import { WritError } from '@writ/core';
import type { IngressLimits } from '../limits.ts';
import type { Account } from './budget.ts';

/** The client went away before its request was whole: there is nobody to answer. */
export class ClientGone extends Error {
  constructor() {
    super('the client went away');
    this.name = 'ClientGone';
  }
}

/** What a body is read with. */
export interface BodyBounds {
  readonly limits: Pick<
    IngressLimits,
    'body_bytes' | 'body_ms' | 'body_grace_ms' | 'body_bytes_per_second' | 'request_overhead_bytes'
  >;
  /** Where what it holds is charged until its sender is known. */
  readonly account: Account;
  /** Milliseconds. */
  readonly now: () => number;
  /** Called once it is whole or given up. */
  readonly onEnd?: (whole: boolean) => void;
  /** Called when its sender is known. */
  readonly onMove?: () => void;
  /** Lets its socket end with the answer: what still comes on it is not waited for. */
  readonly endSocket: () => void;
}

/** Tells whether a request says that it has a body. */
export function hasBody(request: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}

const EMPTY = Buffer.alloc(0);
const FIRST_BYTES = 4 * 1024;
/** Chunks that any body may come in, and how many bytes each further one must have on average: each costs as much as a kilobyte. */
const FREE_CHUNKS = 2_048;
const CHUNK_BYTES = 64;
/** The longest body whose rest is read after every answer, so that the next request can follow on its socket. */
const SHORT = 1024 * 1024;

/** The body of one request. */
export class Body {
  readonly #request: IncomingMessage;
  readonly #bounds: BodyBounds;
  readonly #declared: number | undefined;
  #account: Account;
  #charged = 0;
  #buffer: Buffer = EMPTY;
  #size = 0;
  #chunks = 0;
  #limit: number;
  #since: number;
  #end: 'no' | 'whole' | 'failed' = 'no';
  #failure: unknown;
  #waiting: (() => void) | undefined;
  #expect: (() => void) | undefined;

  /** Begins to read. `expect`: sends `100 Continue` once somebody wants the body. */
  constructor(request: IncomingMessage, bounds: BodyBounds & { readonly expect?: (() => void) | undefined }) {
    this.#request = request;
    this.#bounds = bounds;
    this.#account = bounds.account;
    this.#limit = bounds.limits.body_bytes;
    this.#since = bounds.now();
    this.#expect = bounds.expect;
    const length = request.headers['content-length'];
    this.#declared = length === undefined ? undefined : Number(length);
    if (!hasBody(request)) {
      this.#end = 'whole';
      return;
    }
    request.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onGone).on('error', this.#onGone);
    this.#attempt(() => this.#charge(bounds.limits.request_overhead_bytes));
  }

  /**
   * True where it says that it is short, and will be sent after any answer: a client that waits for `100 Continue` may send something else
   * after a refusal.
   */
  get isShort(): boolean {
    return this.#declared !== undefined && this.#declared <= SHORT && this.#request.headers.expect === undefined;
  }

  /** True while more of it is to come. */
  get isUnderWay(): boolean {
    return this.#end === 'no';
  }

  /**
   * Waits for the whole body, at most `limit` bytes. Throws `WritError`: `request_too_large` (without reading on), `request_not_understood`
   * when it crawls or comes in too many pieces, `unavailable` or `rate_limited` when memory is short; `ClientGone`.
   */
  async whole(limit: number): Promise<Buffer> {
    this.#limit = limit;
    if (Math.max(this.#declared ?? 0, this.#size) > limit) this.fail(tooLarge(limit));
    if (this.#end === 'no') {
      if (this.#expect !== undefined) this.#since = this.#bounds.now();
      this.#expect?.();
      this.#expect = undefined;
      await new Promise<void>((done) => {
        this.#waiting = done;
      });
    }
    if (this.#end === 'failed') throw this.#failure;
    if (this.#size > limit) throw tooLarge(limit);
    return this.#buffer.subarray(0, this.#size);
  }

  /** Charges what it holds, and will hold, to another account: its sender is known now. Throws what that account throws. */
  moveTo(account: Account): void {
    account.take(this.#charged);
    this.#account.give(this.#charged);
    this.#account = account;
    this.#bounds.onMove?.();
  }

  /** Gives back what it holds; what still comes is thrown away. */
  release(): void {
    if (this.#end === 'no') this.fail(new ClientGone());
    this.#drop();
  }

  /**
   * Gives the body up, with the error for the code that waits for it. A short one is read to its end and thrown away; any other ends its
   * socket.
   */
  fail(error: unknown): void {
    if (this.#end !== 'no') return;
    this.#failure = error;
    this.#finish('failed');
    this.#drop();
    // What still arrives is nobody's any more.
    this.#request.off('data', this.#onData).on('data', this.#onDiscarded);
    if (!this.isShort) this.#bounds.endSocket();
  }

  /** Gives it up together with its socket: it comes too slowly, or its place is needed. */
  giveUp(error: WritError): void {
    if (this.#end !== 'no') return;
    this.#bounds.endSocket();
    this.fail(error);
  }

  /** Gives it up when it has taken too long or comes too slowly. */
  checkPace(now: number): void {
    const { body_ms, body_grace_ms, body_bytes_per_second } = this.#bounds.limits;
    const passed = now - this.#since;
    const due = ((passed - body_grace_ms) / 1000) * body_bytes_per_second;
    // A client that waits for 100 Continue has not been told yet to send.
    if (this.#end !== 'no' || this.#expect !== undefined || (passed <= body_ms && this.#size >= due)) return;
    const detail = `The body came too slowly: in ${Math.round(passed / 1000)} seconds no more than ${this.#size} bytes.`;
    this.giveUp(new WritError('request_not_understood', { detail }));
  }

  #onData = (chunk: Buffer): void => {
    this.#attempt(() => this.#append(chunk));
  };

  #append(chunk: Buffer): void {
    const size = this.#size + chunk.length;
    this.#chunks += 1;
    if (size > this.#limit) throw tooLarge(this.#limit);
    if (this.#isScattered(size)) {
      this.#bounds.endSocket();
      const detail = `The body came in ${this.#chunks} pieces of a few bytes; send it in larger ones, or with Content-Length.`;
      throw new WritError('request_not_understood', { detail });
    }
    if (this.#size === 0 && chunk.length === this.#declared) {
      this.#charge(chunk.length);
      this.#buffer = chunk;
    } else {
      if (size > this.#buffer.length) this.#grow(size);
      chunk.copy(this.#buffer, this.#size);
    }
    this.#size = size;
  }

  #isScattered(size: number): boolean {
    return this.#chunks > FREE_CHUNKS + size / CHUNK_BYTES;
  }

  #grow(size: number): void {
    const most = this.#declared ?? this.#limit;
    const capacity = Math.min(Math.max(FIRST_BYTES, size, this.#buffer.length * 2), Math.max(most, size));
    this.#charge(capacity - this.#buffer.length);
    const larger = Buffer.allocUnsafeSlow(capacity);
    this.#buffer.copy(larger, 0, 0, this.#size);
    this.#buffer = larger;
  }

  #charge(amount: number): void {
    this.#account.take(amount);
    this.#charged += amount;
  }

  #drop(): void {
    this.#account.give(this.#charged);
    this.#charged = 0;
    this.#buffer = EMPTY;
  }

  #attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.fail(error);
    }
  }

  #onEnd = (): void => {
    if (this.#end === 'no') this.#finish('whole');
  };

  #onGone = (): void => {
    if (this.#end === 'no') this.fail(new ClientGone());
  };

  /** The listeners stay, since taking them off costs more than they do: they change nothing of a body that has ended. */
  #finish(end: 'whole' | 'failed'): void {
    this.#end = end;
    this.#bounds.onEnd?.(end === 'whole');
    this.#waiting?.();
  }

  #onDiscarded = (chunk: Buffer): void => {
    this.#chunks += 1;
    this.#size += chunk.length;
    if (this.#isScattered(this.#size)) this.#bounds.endSocket();
  };
}

/** What a body of more than `most` bytes is refused with. */
export function tooLarge(most: number): WritError {
  return new WritError('request_too_large', { detail: `The body is larger than ${most} bytes.` });
}
