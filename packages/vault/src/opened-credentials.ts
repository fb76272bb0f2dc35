import type { Secret } from '@writ/core';
import type { CredentialContext } from './context.ts';

/** The longest that anything unwrapped is remembered, in milliseconds: 5 minutes. */
export const MAX_CACHE_MS = 300_000;

interface OpenCredential {
  readonly context: CredentialContext;
  readonly secret: Secret;
  /** The record as it was when it opened. */
  readonly text: string;
  readonly until: number;
}

/**
 * Remembers what a sealed record opened to, for at most five minutes (model#sealing), for as long as that very record, unchanged, is
 * asked for in the very same context. It never says whether a request may have it.
 */
export class OpenedCredentials {
  readonly #now: () => number;
  /** Keyed by the record itself: when nobody holds the record any more, this map does not either. */
  readonly #known = new WeakMap<object, OpenCredential>();

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  find(sealed: unknown, context: CredentialContext): Secret | undefined {
    const known = isRecord(sealed) ? this.#known.get(sealed) : undefined;
    if (known === undefined || known.until <= this.#now()) return undefined;
    return isSame(known.context, context) && known.text === textOf(sealed) ? known.secret : undefined;
  }

  keep(sealed: unknown, { context, secret }: Pick<OpenCredential, 'context' | 'secret'>): void {
    if (!isRecord(sealed)) return;
    this.#known.set(sealed, { context, secret, text: textOf(sealed), until: this.#now() + MAX_CACHE_MS });
  }
}

function isRecord(sealed: unknown): sealed is object {
  return typeof sealed === 'object' && sealed !== null;
}

function textOf(sealed: unknown): string {
  return JSON.stringify(sealed);
}

function isSame(a: CredentialContext, b: CredentialContext): boolean {
  return (
    a.organization_id === b.organization_id &&
    a.connection_id === b.connection_id &&
    a.credential_id === b.credential_id &&
    a.origin === b.origin &&
    a.version === b.version
  );
}
