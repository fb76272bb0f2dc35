/**
 * The guard that passes an answer on, but no byte of a root credential in it (model#response). It finds the credential raw, in hex, in
 * base64 at any alignment, and each of these percent-encoded or escaped as JSON, in part or whole. It does not find what a provider could
 * do to hide the credential: HTML entities, base64 broken into lines, UTF-16, two nested escapes, a cipher.
 */
import { onceFor, type Secret } from '@writ/core';
import { Searcher } from './searcher.ts';

/** Returns the searcher of a secret, kept as long as the `Secret` object itself. */
export const searcherFor = onceFor((secret: Secret) => new Searcher(secret.expose()));

const NOTHING = Buffer.alloc(0);

/** The guard of one answer. It holds back only bytes that could begin a spelling of the secret. */
export class EchoGuard {
  readonly #searcher: Searcher;
  #held: Buffer = NOTHING;

  constructor(searcher: Searcher) {
    this.#searcher = searcher;
  }

  /** Takes the next bytes. Returns the bytes that may leave, in order, or undefined if the secret is among them. */
  push(chunk: Buffer): readonly Buffer[] | undefined {
    const held = this.#held;
    if (held.length === 0) return this.#pass([], chunk);
    const reach = this.#searcher.reach;
    if (chunk.length <= reach) return this.#pass([], Buffer.concat([held, chunk]));
    // Only the bytes around the border of two chunks are joined: copying each chunk would cost more than the whole search.
    if (this.#searcher.found(Buffer.concat([held, chunk.subarray(0, reach)]))) return undefined;
    return this.#pass([held], chunk);
  }

  #pass(before: readonly Buffer[], data: Buffer): readonly Buffer[] | undefined {
    if (this.#searcher.found(data)) return undefined;
    const open = this.#searcher.openFrom(data);
    this.#held = open === data.length ? NOTHING : data.subarray(open);
    return open === 0 ? before : [...before, open === data.length ? data : data.subarray(0, open)];
  }

  /** Returns the bytes that were held back, at the end of the answer. */
  end(): Buffer {
    const rest = this.#held;
    this.#held = NOTHING;
    return rest;
  }

  /** Tells whether the name or value of any header holds the secret. */
  inHeaders(headers: Readonly<Record<string, string | readonly string[] | undefined>>): boolean {
    let text = '';
    for (const name of Object.keys(headers)) text += `${name}\n${String(headers[name])}\n`;
    return this.#searcher.found(Buffer.from(text, 'latin1'));
  }
}
