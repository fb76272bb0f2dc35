import { isJsonObject, type JsonValue } from '@writ/core';

/** Tells by a client's stored `auth` whether every token of it must be bound to a key (RFC 9449 section 5.2). */
export function bindsTokens(auth: JsonValue): boolean {
  return isJsonObject(auth) && auth['dpop_bound_access_tokens'] === true;
}
