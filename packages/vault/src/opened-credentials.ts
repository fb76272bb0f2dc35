import type { Secret } from '@writ/core';
import type { CredentialContext } from './context.ts';

/** The longest time for which an opened credential is remembered, in milliseconds: 5 minutes. */
export const MAX_CACHE_MS = 300_000;

interface OpenCredential {
  readonly context: CredentialContext;
  readonly secret: Secret;
  /** The record as text, as it was when it was opened. */
  readonly text: string;
  readonly until: number;
}

/**
 * The memory of opened credentials, for at most five minutes (model#sealing). It answers only for the same record object, unchanged, in the
 * same context. Whether a request may have the credential is checked elsewhere.
 */
export class OpenedCredentials {
  readonly #now: () => number;
  /** The credentials by record object: they are forgotten when nothing else refers to the record. */
  readonly #known = new WeakMap<object, OpenCredential>();

  /** `now` returns milliseconds. */
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
