/** Arguments as the audit log may keep them: secret ones replaced, all texts inert, size bounded. */
import { createHmac, type KeyObject } from 'node:crypto';
import { canonicalJson, inert, isJsonObject, type JsonObject, type JsonValue, onceFor, replaceAt } from '@writ/core';

/** Kept by key and value: one variable can be the secret argument of hundreds of operations. */
const standInsWith = onceFor((key: KeyObject) =>
  onceFor((value: JsonObject | readonly JsonValue[]) => makeStandIn(value, key)),
);

/** What stands for a value that is not logged. */
function standIn(value: JsonValue, key: KeyObject): JsonObject {
  return typeof value === 'object' && value !== null ? standInsWith(key)(value) : makeStandIn(value, key);
}

function makeStandIn(value: JsonValue, key: KeyObject): JsonObject {
  const text = typeof value === 'string' ? value : canonicalJson(inertValue(value));
  return { secret: createHmac('sha256', key).update(text).digest('hex'), length: text.length };
}

/** What of arguments is secret. */
interface SecretArguments {
  /** Dotted. */
  readonly paths: readonly string[];
  readonly key: KeyObject;
  /** Tells whether a secret value can be read in a text that stands elsewhere. */
  readonly hides?: ((text: string) => boolean) | undefined;
}

/**
 * Replaces what lies at the dotted paths, and every text in which such a value can be read, by its keyed digest and length, and makes every
 * text inert.
 */
export function redactArguments(values: JsonObject, { paths, key, hides }: SecretArguments): JsonObject {
  const made = new Set<JsonValue>();
  const replace = (value: JsonValue): JsonValue => {
    if (value === null) return null;
    const replaced = standIn(value, key);
    made.add(replaced);
    return replaced;
  };
  let redacted: JsonValue = values;
  for (const path of paths) redacted = replaceAt(redacted, path, replace);
  if (hides !== undefined) redacted = elsewhere(redacted, { hides, replace, made });
  const safe = inertValue(redacted);
  return isJsonObject(safe) ? safe : {};
}

interface Elsewhere {
  readonly hides: (text: string) => boolean;
  readonly replace: (value: JsonValue) => JsonValue;
  /** What stands for a secret already. */
  readonly made: ReadonlySet<JsonValue>;
}

function elsewhere(value: JsonValue, search: Elsewhere): JsonValue {
  const { hides, replace, made } = search;
  if (typeof value === 'string') return hides(value) ? replace(value) : value;
  if (Array.isArray(value)) return value.map((item) => elsewhere(item, search));
  if (!isJsonObject(value) || made.has(value)) return value;
  const members = Object.entries(value);
  if (members.some(([name]) => hides(name))) return replace(value);
  return Object.fromEntries(members.map(([name, member]) => [name, elsewhere(member, search)]));
}

/** The same with `[secret]` in place of secret values: for a person who asks what a request would do. */
export function hideArguments(values: JsonObject, paths: readonly string[]): JsonObject {
  let hidden: JsonValue = values;
  for (const path of paths) hidden = replaceAt(hidden, path, (value) => (value === null ? null : '[secret]'));
  return isJsonObject(hidden) ? hidden : {};
}

/** A value with every text and name in it inert. */
export function inertValue(value: JsonValue): JsonValue {
  if (typeof value === 'string') return inert(value);
  if (Array.isArray(value)) return value.map(inertValue);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [inert(name), inertValue(member)]));
}
