/** Where the answer of a forwarded call goes. Node's `ServerResponse` is one; the other keeps the answer for a client that may be gone. */
import type { KeptAnswer } from '../ports.ts';

/** What forwarding uses of a response. */
export interface AnswerSink {
  /** True when nobody takes the answer any more. */
  readonly destroyed: boolean;
  /** The bytes that wait to be taken. */
  readonly writableLength: number;
  /** `headers`: alternating names and values. */
  writeHead(status: number, headers: string[]): unknown;
  write(chunk: Uint8Array): unknown;
  end(rest?: Uint8Array): unknown;
  destroy(): unknown;
  on(event: 'close' | 'drain', listener: () => void): unknown;
  off(event: 'close', listener: () => void): unknown;
}

/** The largest body that is kept, in bytes. */
const MOST_BODY = 1_048_576;

/** Keeps an answer in memory: at most 1 MiB of its body. It never makes the provider wait, and nobody closes it. */
export class AnswerKeeper implements AnswerSink {
  readonly writableLength = 0;
  destroyed = false;
  #head: Pick<KeptAnswer, 'status' | 'headers'> | undefined;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #ended = false;

  writeHead(status: number, headers: string[]): void {
    this.#head = { status, headers };
  }

  write(chunk: Uint8Array): void {
    this.#size += chunk.length;
    if (this.#size > MOST_BODY) this.#chunks = [];
    // A chunk may be a view of memory that is used again.
    else this.#chunks.push(Buffer.from(chunk));
  }

  end(rest?: Uint8Array): void {
    if (rest !== undefined) this.write(rest);
    this.#ended = true;
  }

  destroy(): void {
    this.destroyed = true;
  }

  on(): void {
    // It never waits and is never closed by another.
  }

  off(): void {
    // See `on`.
  }

  /** The whole answer; undefined where there is none, or it was cut off. */
  kept(): KeptAnswer | undefined {
    if (this.#head === undefined || !this.#ended || this.destroyed) return undefined;
    return this.#size > MOST_BODY ? this.#head : { ...this.#head, body: Buffer.concat(this.#chunks, this.#size) };
  }
}
