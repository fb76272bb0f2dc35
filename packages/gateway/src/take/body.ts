/**
 * The bodies of all requests. Each is read from its first byte into one growing buffer: Node would keep an unread body as a list of chunks
 * that take hundreds of bytes each. The memory is charged to the sender as soon as the sender is known.
 */
import type { IncomingMessage } from 'node:http';
import { WritError } from '@writ/core';
import type { IngressLimits } from '../limits.ts';
import type { Account } from './budget.ts';

/** The error for a client that went away before its request was whole: there is nobody to answer. */
export class ClientGone extends Error {
  constructor() {
    super('the client went away');
    this.name = 'ClientGone';
  }
}

/** The parts that reading a body uses. */
export interface BodyBounds {
  readonly limits: Pick<
    IngressLimits,
    'body_bytes' | 'body_ms' | 'body_grace_ms' | 'body_bytes_per_second' | 'request_overhead_bytes'
  >;
  /** The account that is charged for the body until its sender is known. */
  readonly account: Account;
  /** The time in milliseconds. */
  readonly now: () => number;
  /** Called when the body is whole or given up. */
  readonly onEnd?: (whole: boolean) => void;
  /** Called when the sender is known. */
  readonly onMove?: () => void;
  /** Makes the socket end after the answer, without waiting for the rest of the body. */
  readonly endSocket: () => void;
}

/** Tells whether the headers of a request announce a body. */
export function hasBody(request: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}

const EMPTY = Buffer.alloc(0);
const FIRST_BYTES = 4 * 1024;
/**
 * The number of chunks in which any body may arrive, and the average bytes that each further chunk must have: a chunk costs as much as a
 * kilobyte.
 */
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

  /** Begins to read. `expect` sends `100 Continue`; it is called when the body is wanted. */
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
   * True if the headers announce a short body that is sent after any answer. A client that waits for `100 Continue` may send something else
   * after a refusal.
   */
  get isShort(): boolean {
    return this.#declared !== undefined && this.#declared <= SHORT && this.#request.headers.expect === undefined;
  }

  /** True while the body is not whole and not given up. */
  get isUnderWay(): boolean {
    return this.#end === 'no';
  }

  /**
   * Waits for the whole body, at most `limit` bytes. Throws `WritError`: `request_too_large` (nothing more is read then),
   * `request_not_understood` when it arrives too slowly or in too many pieces, `unavailable` or `rate_limited` when memory is short;
   * `ClientGone`.
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

  /** Charges the body to the account of its sender, who is known now. Throws what that account throws. */
  moveTo(account: Account): void {
    account.take(this.#charged);
    this.#account.give(this.#charged);
    this.#account = account;
    this.#bounds.onMove?.();
  }

  /** Gives back the memory; the rest of the body is thrown away. */
  release(): void {
    if (this.#end === 'no') this.fail(new ClientGone());
    this.#drop();
  }

  /**
   * Gives the body up; the code that waits for it gets the error. A short body is read to its end and thrown away; any other ends its
   * socket.
   */
  fail(error: unknown): void {
    if (this.#end !== 'no') return;
    this.#failure = error;
    this.#finish('failed');
    this.#drop();
    // The rest is thrown away.
    this.#request.off('data', this.#onData).on('data', this.#onDiscarded);
    if (!this.isShort) this.#bounds.endSocket();
  }

  /** Gives the body up together with its socket: it arrives too slowly, or its memory is needed. */
  giveUp(error: WritError): void {
    if (this.#end !== 'no') return;
    this.#bounds.endSocket();
    this.fail(error);
  }

  /** Gives the body up if it has taken too long or arrives too slowly. */
  checkPace(now: number): void {
    const { body_ms, body_grace_ms, body_bytes_per_second } = this.#bounds.limits;
    const passed = now - this.#since;
    const due = ((passed - body_grace_ms) / 1000) * body_bytes_per_second;
    // A client that waits for 100 Continue was not told to send yet, so it is not late.
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

  /** Ends the body. The listeners stay, since it costs more to remove them: after the end they change nothing. */
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

/** Makes the error for a body of more than `most` bytes. */
export function tooLarge(most: number): WritError {
  return new WritError('request_too_large', { detail: `The body is larger than ${most} bytes.` });
}
