import { isJsonObject, type JsonObject, type JsonValue } from '@writ/core';

/**
 * Returns the claim at a path. Claims have dots in their names (`kubernetes.io`), so a path is every way to cut it at dots; where
 * more than one way leads to something, or none, it is undefined: what is ambiguous is not there.
 */
export function claimAt(claims: JsonObject, path: string): JsonValue | undefined {
  const [found, ...others] = valuesAt(claims, path);
  return others.length > 0 ? undefined : found;
}

function valuesAt(object: JsonObject, path: string): JsonValue[] {
  const here = Object.hasOwn(object, path) ? [object[path] ?? null] : [];
  const below = dotsOf(path).flatMap((dot) => {
    const name = path.slice(0, dot);
    const member = Object.hasOwn(object, name) ? object[name] : undefined;
    return isJsonObject(member) ? valuesAt(member, path.slice(dot + 1)) : [];
  });
  return [...here, ...below];
}

function dotsOf(path: string): number[] {
  return [...path].flatMap((character, at) => (character === '.' ? [at] : []));
}
