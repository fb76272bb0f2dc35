import { JsonError, type JsonObject, type JsonRules, parseJsonObjectStrictly, unstorablePath } from '@writ/core';
import { Rejection } from './rejection.ts';

/** The claims that are compared take no number that was rounded; others may. */
const RULES: JsonRules = { bytes: 1_048_576, depth: 16, numbers: 'rounded' };

/**
 * Parses a JSON object that every parser reads alike: of a token, a JWK Set, an issuer's metadata. Throws a `Rejection` for what is
 * none, for more than 16 levels, and for text that could not be written down (NUL).
 */
export function parseStrictObject(text: string): JsonObject {
  const value = read(text);
  if (unstorablePath(value) !== undefined) throw new Rejection('forbidden_text');
  return value;
}

function read(text: string): JsonObject {
  try {
    return parseJsonObjectStrictly(text, RULES);
  } catch (error) {
    throw error instanceof JsonError ? new Rejection(error.fault) : error;
  }
}
