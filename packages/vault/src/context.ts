import { lengthPrefixed } from './bytes.ts';
import type { WrapContext } from './key-wrapper.ts';

/** The version of the sealed format. Every box is bound to it. */
export const SEAL_VERSION = 1;

/** The facts to which a root credential is sealed. In another row, for another origin or as another version it does not open. */
export interface CredentialContext {
  readonly organization_id: string;
  readonly connection_id: string;
  readonly credential_id: string;
  /** The connection's origin: `https://host[:port]`. */
  readonly origin: string;
  /** The version of the credential, one more with every replacement. */
  readonly version: number;
}

/** The facts to which a private signing key is sealed. */
export interface SigningKeyContext {
  readonly organization_id: string;
  readonly kid: string;
}

/** The facts to which a kept key is sealed: a key that must outlive the key-encryption key from which it was derived. */
export interface KeptKeyContext {
  readonly organization_id: string;
  /** The id of the key-encryption key from which it was derived. */
  readonly kek_id: string;
  readonly purpose: string;
}

/** The facts to which the bytes of a waiting request, or of a kept answer, are sealed. */
export interface KeptBodyContext {
  readonly organization_id: string;
  /** The id of the approval or hold. */
  readonly id: string;
  readonly part: 'request' | 'answer';
}

/** The facts to which the URL and the secret of a notification are sealed. */
export interface NotificationContext {
  readonly organization_id: string;
  /** The id of the notification. */
  readonly id: string;
}

/** Returns the binding of a root credential. */
export function credentialBinding(context: CredentialContext): WrapContext {
  const { organization_id, connection_id, credential_id, origin, version } = context;
  if (!Number.isSafeInteger(version)) throw new TypeError('a credential version is an integer');
  return bind('root_credential', { organization_id, connection_id, credential_id, origin, version: String(version) });
}

/** Returns the binding of a private signing key. */
export function signingKeyBinding(context: SigningKeyContext): WrapContext {
  return bind('signing_key', { organization_id: context.organization_id, kid: context.kid });
}

/** Returns the binding of a kept key. */
export function keptKeyBinding(context: KeptKeyContext): WrapContext {
  const { organization_id, kek_id, purpose } = context;
  return bind('kept_key', { organization_id, kek_id, key_purpose: purpose });
}

/** Returns the binding of kept bytes. */
export function keptBodyBinding({ organization_id, id, part }: KeptBodyContext): WrapContext {
  return bind('kept_body', { organization_id, id, part });
}

/** Returns the binding of a notification's URL and secret. */
export function notificationBinding({ organization_id, id }: NotificationContext): WrapContext {
  return bind('notification', { organization_id, id });
}

type Purpose = 'root_credential' | 'signing_key' | 'kept_key' | 'kept_body' | 'notification';

function bind(purpose: Purpose, fields: WrapContext): WrapContext {
  return { format: String(SEAL_VERSION), purpose, ...fields };
}

/** Returns the additional authenticated data for a binding: a label, then name and value of every field, sorted by name. */
export function bindingBytes(label: string, binding: WrapContext): Uint8Array {
  const fields = Object.entries(binding).sort(([a], [b]) => (a < b ? -1 : 1));
  return lengthPrefixed([label, ...fields.flat()]);
}
