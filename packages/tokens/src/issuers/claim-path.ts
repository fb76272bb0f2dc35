import { isJsonObject, type JsonObject, type JsonValue } from '@writ/core';

/**
 * Returns the claim at a path. Names of claims may contain dots (`kubernetes.io`), so every way to split the path at dots is tried.
 * Undefined if no way leads to a claim, or if several do: an ambiguous claim counts as absent.
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
