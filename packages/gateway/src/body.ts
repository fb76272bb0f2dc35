/** Reads a body whole, within its bounds. */
import type { IncomingMessage } from 'node:http';
import { WritError } from '@writ/core';
import type { GatewayLimits } from './limits.ts';
import type { Budget } from './memory.ts';

/** The client went away before its request was whole: there is nobody to answer. */
export class ClientGone extends Error {
  constructor() {
    super('the client went away');
    this.name = 'ClientGone';
  }
}

/** Bounds of the body; `memory` is shared by all requests. */
export interface BodyBounds {
  readonly limits: Pick<GatewayLimits, 'body_bytes' | 'body_ms'>;
  readonly memory: Pick<Budget, 'take' | 'give'>;
}

/** A body, and how to give its memory back. */
export interface Body {
  readonly bytes: Buffer;
  release(): void;
}

/**
 * Reads the body. Throws `WritError`: `request_too_large` (before reading, where Content-Length already says so),
 * `request_not_understood` when it takes too long, `not_supported` for trailers, `unavailable` when memory is short; `ClientGone`.
 */
export async function readBody(request: IncomingMessage, bounds: BodyBounds): Promise<Body> {
  const most = bounds.limits.body_bytes;
  const declared = request.headers['content-length'];
  if (declared !== undefined && Number(declared) > most) throw tooLarge(most);
  if (declared === undefined && request.headers['transfer-encoding'] === undefined) return EMPTY;
  if (declared === '0') return EMPTY;
  const held = new Held(bounds.memory);
  try {
    const bytes = await collect(request, { ...bounds, held });
    if (request.rawTrailers.length > 0) throw new WritError('not_supported', { detail: 'Trailers are not supported.' });
    return { bytes, release: () => held.release() };
  } catch (error) {
    held.release();
    throw error;
  }
}

const EMPTY: Body = { bytes: Buffer.alloc(0), release: () => undefined };

/** What one request holds of the budget; given back once. */
class Held {
  readonly #memory: Pick<Budget, 'take' | 'give'>;
  #amount = 0;

  constructor(memory: Pick<Budget, 'take' | 'give'>) {
    this.#memory = memory;
  }

  add(amount: number): void {
    this.#memory.take(amount);
    this.#amount += amount;
  }

  release(): void {
    this.#memory.give(this.#amount);
    this.#amount = 0;
  }
}

function collect(request: IncomingMessage, bounds: BodyBounds & { readonly held: Held }): Promise<Buffer> {
  const { body_bytes, body_ms } = bounds.limits;
  return new Promise((done, fail) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone);
      // What still arrives, an error included, is nobody's any more.
      request.on('error', () => undefined);
    };
    const refuse = (error: unknown): void => {
      stop();
      request.pause();
      fail(error);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      try {
        if (size > body_bytes) throw tooLarge(body_bytes);
        bounds.held.add(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        refuse(error);
      }
    };
    const onEnd = (): void => {
      stop();
      done(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size));
    };
    const onGone = (): void => refuse(new ClientGone());
    const late = `The body did not arrive within ${body_ms / 1000} seconds.`;
    const timer = setTimeout(() => refuse(new WritError('request_not_understood', { detail: late })), body_ms);
    request.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
  });
}

function tooLarge(most: number): WritError {
  return new WritError('request_too_large', { detail: `The body is larger than ${most} bytes.` });
}
