import { isJsonObject, type JsonObject } from '@writ/core';
import { Rejection } from './rejection.ts';

/** How deep objects and arrays may lie in each other. */
const MAX_DEPTH = 16;

const STRING = /"(?:[^"\\]|\\.)*"/y;
const COLON = /[ \t\n\r]*:/y;

/**
 * Parses a JSON object that every parser reads the same way: throws a `Rejection` for duplicate members (`JSON.parse` keeps the
 * last, others the first), for a member `__proto__`, and for more than 16 levels.
 */
export function parseStrictObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Rejection('not_json');
  }
  if (!isJsonObject(value)) throw new Rejection('not_json');
  checkMembers(text);
  return value;
}

/** Walks text that is known to be JSON: what is followed by a colon is then a member's name. */
function checkMembers(text: string): void {
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; ) {
    const character = text.charAt(at);
    if (character === '"') {
      const end = endOf(STRING, { text, at });
      if (endOf(COLON, { text, at: end }) > end) addName(text.slice(at, end), open.at(-1));
      at = end;
      continue;
    }
    if (character === '{' || character === '[') open.push(new Set());
    if (character === '}' || character === ']') open.pop();
    if (open.length > MAX_DEPTH) throw new Rejection('too_deep');
    at += 1;
  }
}

/** Where a match that begins at `at` ends; `at` itself when there is none. */
function endOf(pattern: RegExp, place: { readonly text: string; readonly at: number }): number {
  pattern.lastIndex = place.at;
  return pattern.test(place.text) ? pattern.lastIndex : place.at;
}

function addName(quoted: string, names: Set<string> | undefined): void {
  const name: unknown = JSON.parse(quoted);
  if (typeof name !== 'string' || name === '__proto__') throw new Rejection('forbidden_member');
  if (!names || names.has(name)) throw new Rejection('duplicate_member');
  names.add(name);
}
