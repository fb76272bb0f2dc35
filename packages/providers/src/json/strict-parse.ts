import { isUtf8 } from 'node:buffer';
import { type JsonValue, WritError } from '@writ/core';
import { scanJson } from './scan.ts';

/** Bounds of one JSON text. */
export interface JsonLimits {
  /** UTF-8 bytes of the whole text. */
  readonly bytes: number;
  /** Objects and lists inside one another; the outermost counts as 1. */
  readonly depth: number;
}

/** What a judged body may measure (DESIGN 8: judged bodies are at most 1 MiB). */
export const JSON_LIMITS: JsonLimits = { bytes: 1_048_576, depth: 64 };

/**
 * Parses a JSON text that every reader reads alike (RFC 8259; RFC 7493 says what differs between readers). Refuses invalid UTF-8,
 * a byte order mark, members named twice at any depth, `__proto__`, lone surrogates and numbers a double cannot hold.
 *
 * Throws `WritError`: `request_too_large`, `request_not_understood`, `request_not_canonical`. None repeats a value of the text.
 */
export function parseJsonStrictly(bytes: Uint8Array, limits: JsonLimits = JSON_LIMITS): JsonValue {
  if (bytes.byteLength > limits.bytes) throw tooLarge(`The body is larger than ${limits.bytes} bytes.`);
  const text = decode(bytes);
  const value = parse(text);
  if (isOwnSpelling(text, value, limits.depth)) return value;
  scanJson(text, limits.depth);
  return value;
}

function decode(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new WritError('request_not_canonical', { detail: 'The body is not valid UTF-8.' });
  // Keeps a byte order mark, which is then no JSON.
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function parse(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    throw new WritError('request_not_understood', { detail: 'The body is not valid JSON.' });
  }
}

/**
 * A text that `JSON.stringify` would write just so holds no member twice and no number that was rounded: both would come out
 * different. That is how most clients write, and far cheaper than reading it character by character.
 */
function isOwnSpelling(text: string, value: JsonValue, depth: number): boolean {
  if (text.includes('\\u') || text.includes('"__proto__"')) return false;
  return isShallow(value, depth) && JSON.stringify(value) === text;
}

function isShallow(value: JsonValue, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  for (const member of Array.isArray(value) ? value : Object.values(value)) {
    if (!isShallow(member, depth - 1)) return false;
  }
  return true;
}

function tooLarge(detail: string): WritError {
  return new WritError('request_too_large', { detail });
}
