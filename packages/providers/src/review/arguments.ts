import { type JsonObject, type JsonValue, valuesAt } from '@writ/core';
import type { ArgumentPath } from './review.ts';
import { unresolved } from './unresolved.ts';

/** Returns the values at a path of coerced arguments; what is omitted or null is left out. */
export function givenAt(values: JsonObject, path: ArgumentPath): readonly JsonValue[] {
  return valuesAt(values, path).filter((value) => value !== undefined && value !== null);
}

/** Returns the ids at a path, each once. Throws `environment_unresolved` for a value that is no id. */
export function idsAt(values: JsonObject, path: ArgumentPath): readonly string[] {
  return [...new Set(givenAt(values, path).map((value) => asId(value, path)))];
}

/** Returns the one id at a path, `undefined` where the argument is omitted or null. */
export function idAt(values: JsonObject, path: ArgumentPath): string | undefined {
  const ids = idsAt(values, path);
  if (ids.length > 1) throw unresolved(`The argument ${path} names several things where it should name one.`);
  return ids[0];
}

function asId(value: JsonValue, path: ArgumentPath): string {
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number') return String(value);
  throw unresolved(`The argument ${path} is no id.`);
}
