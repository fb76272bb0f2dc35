import { type Authorized, isAuthorized, type RandomBytes, Secret, WritError } from '@writ/core';
import { decrypt, encrypt, IV_BYTES } from './aead.ts';
import {
  bindingBytes,
  type CredentialContext,
  credentialBinding,
  type KeptBodyContext,
  type KeptKeyContext,
  keptBodyBinding,
  keptKeyBinding,
  type NotificationContext,
  notificationBinding,
  type SigningKeyContext,
  signingKeyBinding,
} from './context.ts';
import type { KeyWrapper, WrapContext } from './key-wrapper.ts';
import { KEY_BYTES } from './local-key.ts';
import { OpenedCredentials } from './opened-credentials.ts';
import { readSealed, type Sealed, writeSealed } from './sealed.ts';

/**
 * The vault: seals and opens secrets. Every record that does not open throws the same `unavailable`; `cause` says why, without any value.
 */
export interface Vault {
  /** Seals a root credential to its connection, row, origin and version. */
  sealCredential(credential: Secret, context: CredentialContext): Promise<Sealed>;
  /** Opens a root credential for a decided and audited request to the connection and origin to which it was sealed (invariant 9). */
  openCredential(sealed: unknown, use: OpenCredential): Promise<Secret>;
  /** Seals a private signing key to its kid. */
  sealSigningKey(key: Secret, context: SigningKeyContext): Promise<Sealed>;
  /** Opens a private signing key. A root credential never opens as one. */
  openSigningKey(sealed: unknown, context: SigningKeyContext): Promise<Secret>;
  /** Seals a key, in base64, that must outlive the key-encryption key from which it was derived. */
  sealKeptKey(key: Secret, context: KeptKeyContext): Promise<Sealed>;
  /** Opens a kept key. */
  openKeptKey(sealed: unknown, context: KeptKeyContext): Promise<Secret>;
  /** Seals the bytes, as text, of a request that waits or of an answer that is kept for its client. */
  sealKeptBody(body: Secret, context: KeptBodyContext): Promise<Sealed>;
  /** Opens kept bytes. */
  openKeptBody(sealed: unknown, context: KeptBodyContext): Promise<Secret>;
  /** Seals the URL and the secret of a notification. */
  sealNotification(parts: Secret, context: NotificationContext): Promise<Sealed>;
  /** Opens the URL and the secret of a notification. */
  openNotification(sealed: unknown, context: NotificationContext): Promise<Secret>;
}

/** The request for which a root credential is opened. */
export interface OpenCredential {
  readonly context: CredentialContext;
  readonly authorized: Authorized;
}

/** The options of a vault. With `now` (milliseconds) it remembers opened root credentials for some minutes. */
export interface VaultOptions {
  readonly wrapper: KeyWrapper;
  readonly randomBytes: RandomBytes;
  readonly now?: () => number;
}

/** Makes a vault that uses a key-encryption key. */
export function createVault(options: VaultOptions): Vault {
  const opened = options.now === undefined ? undefined : new OpenedCredentials(options.now);
  return {
    sealCredential: (credential, context) => seal(credential, { ...options, binding: credentialBinding(context) }),
    openCredential: (sealed, { context, authorized }) =>
      guarded(async () => {
        checkAuthorized(authorized, context);
        const known = opened?.find(sealed, context);
        if (known !== undefined) return known;
        const use = { ...options, binding: credentialBinding(context), label: 'root credential' };
        const secret = await open(sealed, use);
        opened?.keep(sealed, { context, secret });
        return secret;
      }),
    sealSigningKey: (key, context) => seal(key, { ...options, binding: signingKeyBinding(context) }),
    openSigningKey: (sealed, context) =>
      guarded(() => open(sealed, { ...options, binding: signingKeyBinding(context), label: 'signing key' })),
    sealKeptKey: (key, context) => seal(key, { ...options, binding: keptKeyBinding(context) }),
    openKeptKey: (sealed, context) =>
      guarded(() => open(sealed, { ...options, binding: keptKeyBinding(context), label: 'kept key' })),
    sealKeptBody: (body, context) => seal(body, { ...options, binding: keptBodyBinding(context) }),
    openKeptBody: (sealed, context) =>
      guarded(() => open(sealed, { ...options, binding: keptBodyBinding(context), label: 'kept body' })),
    sealNotification: (parts, context) => seal(parts, { ...options, binding: notificationBinding(context) }),
    openNotification: (sealed, context) =>
      guarded(() => open(sealed, { ...options, binding: notificationBinding(context), label: 'notification' })),
  };
}

/** The bindings of records that are rewrapped when the key-encryption key changes. */
export type RewrapContext =
  | { readonly credential: CredentialContext }
  | { readonly signing_key: SigningKeyContext }
  | { readonly kept_key: KeptKeyContext }
  | { readonly kept_body: KeptBodyContext }
  | { readonly notification: NotificationContext };

/**
 * Wraps the data key of a record with another key-encryption key. The encrypted value stays unchanged and is not read. Throws
 * `unavailable`.
 */
export function rewrap(
  sealed: unknown,
  change: { readonly context: RewrapContext; readonly from: KeyWrapper; readonly to: KeyWrapper },
): Promise<Sealed> {
  return guarded(async () => {
    const { context, from, to } = change;
    const binding = bindingOf(context);
    const aad = bindingBytes('writ/seal', binding);
    const parts = readSealed(sealed, aad);
    const dek = await unwrap(parts, { wrapper: from, binding });
    try {
      return writeSealed({ ...parts, kekId: to.kekId, wrappedDek: await to.wrap(dek, binding) }, aad);
    } finally {
      dek.fill(0);
    }
  });
}

function bindingOf(context: RewrapContext): WrapContext {
  if ('credential' in context) return credentialBinding(context.credential);
  if ('notification' in context) return notificationBinding(context.notification);
  if ('kept_body' in context) return keptBodyBinding(context.kept_body);
  return 'kept_key' in context ? keptKeyBinding(context.kept_key) : signingKeyBinding(context.signing_key);
}

interface Binding {
  readonly wrapper: KeyWrapper;
  readonly binding: WrapContext;
}

async function seal(secret: Secret, use: Binding & { readonly randomBytes: RandomBytes }): Promise<Sealed> {
  const text = secret.expose();
  if (!text.isWellFormed()) throw new WritError('validation_failed', { detail: 'A secret must be well-formed text.' });
  const aad = bindingBytes('writ/seal', use.binding);
  const dek = Uint8Array.from(use.randomBytes(KEY_BYTES));
  const plaintext = Buffer.from(text, 'utf8');
  try {
    const box = encrypt(plaintext, { key: dek, iv: use.randomBytes(IV_BYTES), aad });
    const wrappedDek = await use.wrapper.wrap(dek, use.binding);
    return writeSealed({ kekId: use.wrapper.kekId, wrappedDek, box }, aad);
  } finally {
    dek.fill(0);
    plaintext.fill(0);
  }
}

async function open(sealed: unknown, use: Binding & { readonly label: string }): Promise<Secret> {
  const aad = bindingBytes('writ/seal', use.binding);
  const parts = readSealed(sealed, aad);
  const dek = await unwrap(parts, use);
  try {
    const plaintext = decrypt(parts.box, { key: dek, aad });
    const secret = new Secret(plaintext.toString('utf8'), use.label);
    plaintext.fill(0);
    return secret;
  } finally {
    dek.fill(0);
  }
}

async function unwrap(
  parts: { readonly kekId: string; readonly wrappedDek: Uint8Array },
  use: Binding,
): Promise<Uint8Array> {
  if (parts.kekId !== use.wrapper.kekId) throw new Error(`sealed with key ${parts.kekId}`);
  return await use.wrapper.unwrap(parts.wrappedDek, use.binding);
}

function checkAuthorized(authorized: Authorized, context: CredentialContext): void {
  // The type requires this too, but a cast must not be enough to open a root credential.
  if (!isAuthorized(authorized)) throw new Error('not authorized');
  const { connection_id, origin } = authorized.value;
  if (connection_id !== context.connection_id) throw new Error('authorized for another connection');
  if (origin !== context.origin) throw new Error('authorized for another origin');
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new WritError('unavailable', { detail: 'A sealed secret could not be opened.', cause });
  }
}
