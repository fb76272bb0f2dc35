import { JsonError, type JsonObject, type JsonRules, parseJsonObjectStrictly, unstorablePath } from '@writ/core';
import { Rejection } from './rejection.ts';

/** The rules for tokens. Rounded numbers are accepted, since the claims that are compared never match one. */
const RULES: JsonRules = { bytes: 1_048_576, depth: 16, numbers: 'rounded' };

/**
 * Parses a JSON object that every parser reads alike: of a token, a JWK Set, or an issuer's metadata. Throws a `Rejection` for a text that
 * is no such object, for more than 16 levels, and for text that a database cannot store (NUL).
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
