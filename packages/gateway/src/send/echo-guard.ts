/**
 * Lets an answer through, but not one byte of a root credential in it (model#response). It sees the credential raw, in hex, in base64
 * at any alignment, and each of these percent-encoded or escaped as JSON, in part or whole. It does not see what a provider that
 * means to hide it would do: HTML entities, base64 broken into lines, UTF-16, two escapes around each other, a cipher.
 */
import { onceFor, type Secret } from '@writ/core';
import { Searcher } from './searcher.ts';

/** The searcher of a secret; kept as long as the `Secret` itself is. */
export const searcherFor = onceFor((secret: Secret) => new Searcher(secret.expose()));

const NOTHING = Buffer.alloc(0);

/** Watches one answer. Holds back only what could be the beginning of a spelling of the secret. */
export class EchoGuard {
  readonly #searcher: Searcher;
  #held: Buffer = NOTHING;

  constructor(searcher: Searcher) {
    this.#searcher = searcher;
  }

  /** Takes the next bytes; returns what may leave, in order, or undefined when the secret is among them. */
  push(chunk: Buffer): readonly Buffer[] | undefined {
    const held = this.#held;
    if (held.length === 0) return this.#pass([], chunk);
    const reach = this.#searcher.reach;
    if (chunk.length <= reach) return this.#pass([], Buffer.concat([held, chunk]));
    // Only the bytes around the border of two chunks are joined: to copy each chunk would cost more than the whole search.
    if (this.#searcher.found(Buffer.concat([held, chunk.subarray(0, reach)]))) return undefined;
    return this.#pass([held], chunk);
  }

  #pass(before: readonly Buffer[], data: Buffer): readonly Buffer[] | undefined {
    if (this.#searcher.found(data)) return undefined;
    const open = this.#searcher.openFrom(data);
    this.#held = open === data.length ? NOTHING : data.subarray(open);
    return open === 0 ? before : [...before, open === data.length ? data : data.subarray(0, open)];
  }

  /** Returns what was held back, now that nothing follows. */
  end(): Buffer {
    const rest = this.#held;
    this.#held = NOTHING;
    return rest;
  }

  /** Tells whether any header, its name included, holds the secret. */
  inHeaders(headers: Readonly<Record<string, string | readonly string[] | undefined>>): boolean {
    let text = '';
    for (const name of Object.keys(headers)) text += `${name}\n${String(headers[name])}\n`;
    return this.#searcher.found(Buffer.from(text, 'latin1'));
  }
}
