import { isJsonObject, type JsonValue } from '@writ/core';

/** The members of an entry that are its own. */
export function dataOf(entry: string): { readonly [name: string]: JsonValue } {
  const event: JsonValue = JSON.parse(entry);
  return isJsonObject(event) && isJsonObject(event['data']) ? event['data'] : {};
}
