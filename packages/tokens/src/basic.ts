import { Secret } from '@writ/core';

/** The id and secret of `client_secret_basic`. */
export interface BasicCredentials {
  readonly client_id: string;
  readonly client_secret: Secret;
}

const MAX_HEADER = 4096;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads an `Authorization: Basic` header: base64 of id and secret, each of which is form-urlencoded first (RFC 6749 section 2.3.1).
 * Undefined for a malformed header, an empty id or secret, or a control character.
 */
export function parseBasic(header: string): BasicCredentials | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header)?.[1];
  if (encoded === undefined || header.length > MAX_HEADER) return undefined;
  const pair = decodeBase64(encoded);
  const colon = pair?.indexOf(':') ?? -1;
  if (pair === undefined || colon < 0) return undefined;
  const client_id = formDecode(pair.slice(0, colon));
  const secret = formDecode(pair.slice(colon + 1));
  if (!client_id || !secret) return undefined;
  return { client_id, client_secret: new Secret(secret, 'client secret') };
}

function decodeBase64(text: string): string | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) return undefined;
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Text that form-urlencoding does not change: client ids and Writ's own secrets consist of such characters. */
const PLAIN = /^[\w.~-]*$/;

function formDecode(text: string): string | undefined {
  if (PLAIN.test(text)) return text;
  try {
    const decoded = decodeURIComponent(text.replaceAll('+', ' '));
    return /\p{Cc}/u.test(decoded) ? undefined : decoded;
  } catch {
    return undefined;
  }
}
