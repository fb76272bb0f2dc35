import { isJsonObject, type JsonValue } from '@writ/core';

/** Tells whether every token of a client must be bound to a key, by what is kept of its `auth` (RFC 9449 section 5.2). */
export function bindsTokens(auth: JsonValue): boolean {
  return isJsonObject(auth) && auth['dpop_bound_access_tokens'] === true;
}
