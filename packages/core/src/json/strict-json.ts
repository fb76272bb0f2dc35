import { isUtf8 } from 'node:buffer';
import { inertLine } from '../text/inert.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/** The limits of a JSON text, besides that every reader must read it alike. */
export interface JsonRules {
  /** The most UTF-8 bytes of the whole text. */
  readonly bytes: number;
  /** The deepest nesting of objects and lists; the outermost counts as 1. */
  readonly depth: number;
  /** `exact` refuses `-0` and whole numbers that a double cannot hold. `rounded` is for texts whose numbers decide nothing. */
  readonly numbers: 'exact' | 'rounded';
}

/** The limits of a request: at most 1 MiB, every number exact. */
export const JSON_LIMITS: JsonRules = { bytes: 1_048_576, depth: 64, numbers: 'exact' };

/** The fault of a JSON text. */
export type JsonFault =
  | 'too_large'
  | 'too_deep'
  | 'not_utf8'
  | 'not_json'
  | 'duplicate_member'
  | 'forbidden_member'
  | 'lone_surrogate'
  | 'inexact_number';

/**
 * The error for a JSON text that is not read. Its message is the rest of a sentence about the text: `names the member "x" twice`. It
 * repeats no value.
 */
export class JsonError extends Error {
  readonly fault: JsonFault;

  constructor(fault: JsonFault, message: string) {
    super(message);
    this.name = 'JsonError';
    this.fault = fault;
  }
}

/**
 * Parses a JSON text that every reader reads alike (RFC 8259; RFC 7493 lists what differs between readers). Everything on which a decision
 * depends is read by this parser. It refuses invalid UTF-8, two members of one name at any depth (also if the names are escaped
 * differently), `__proto__`, lone surrogates, numbers that a double cannot hold, and texts that are larger or deeper than the rules allow.
 * A byte order mark before bytes is ignored (RFC 8259 section 8.1). Throws a `JsonError`.
 */
export function parseJsonStrictly(input: Uint8Array | string, rules: JsonRules = JSON_LIMITS): JsonValue {
  if (sizeOf(input) > rules.bytes) throw new JsonError('too_large', `is larger than ${rules.bytes} bytes`);
  const text = typeof input === 'string' ? input : decode(input);
  const value = parse(text);
  if (!isOwnSpelling(text, value, rules.depth)) scan(text, rules);
  return value;
}

/** Parses a text that must be a JSON object, like `parseJsonStrictly`. */
export function parseJsonObjectStrictly(input: Uint8Array | string, rules: JsonRules = JSON_LIMITS): JsonObject {
  const value = parseJsonStrictly(input, rules);
  if (!isJsonObject(value)) throw new JsonError('not_json', 'is not a JSON object');
  return value;
}

function sizeOf(input: Uint8Array | string): number {
  return typeof input === 'string' ? Buffer.byteLength(input) : input.byteLength;
}

const BYTE_ORDER_MARK = '\ufeff';

function decode(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new JsonError('not_utf8', 'is not valid UTF-8');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

function parse(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    throw new JsonError('not_json', 'is not valid JSON');
  }
}

/**
 * Tells whether `JSON.stringify` would write the same text. Such a text has no repeated member and no rounded number, since both would be
 * written differently. Most clients write like this, and the test is far cheaper than reading each character.
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

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Reads a valid JSON text character by character, and throws for everything that readers read differently. */
function scan(text: string, { depth, numbers }: JsonRules): void {
  /** The names that were read so far in each open object; `undefined` for an open list. */
  const open: (Set<string> | undefined)[] = [];
  let nameNext = false;
  for (let at = 0; at < text.length; ) {
    const character = text[at] ?? '';
    if (character === '"') {
      const end = endOfString(text, at);
      const content = readString(text.slice(at, end));
      if (nameNext) addName(open.at(-1), content);
      nameNext = false;
      at = end;
    } else if (character === '-' || (character >= '0' && character <= '9')) {
      at += readNumber(text, at, numbers).length;
    } else {
      if (character === '{') open.push(new Set());
      else if (character === '[') open.push(undefined);
      else if (character === '}' || character === ']') open.pop();
      if (open.length > depth) throw new JsonError('too_deep', `is nested more than ${depth} deep`);
      if (character === '{' || character === ',') nameNext = open.at(-1) !== undefined;
      at += 1;
    }
  }
}

function addName(names: Set<string> | undefined, name: string): void {
  if (name === '__proto__') throw new JsonError('forbidden_member', 'has a member named __proto__');
  if (names?.has(name))
    throw new JsonError('duplicate_member', `names the member ${JSON.stringify(inertLine(name, 64))} twice`);
  names?.add(name);
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at + 1;
}

function readString(quoted: string): string {
  const content: unknown = quoted.includes('\\') ? JSON.parse(quoted) : quoted.slice(1, -1);
  if (typeof content !== 'string' || !content.isWellFormed())
    throw new JsonError('lone_surrogate', 'holds half a surrogate pair');
  return content;
}

function readNumber(text: string, at: number, numbers: JsonRules['numbers']): string {
  NUMBER.lastIndex = at;
  const literal = NUMBER.exec(text)?.[0] ?? text[at] ?? '';
  const value = Number(literal);
  if (!Number.isFinite(value) || (numbers === 'exact' && !isExact(literal, value)))
    throw new JsonError('inexact_number', 'holds a number that not every reader reads alike; send it as a string');
  return literal;
}

/**
 * Tells whether all readers get the same number. Every reader with doubles rounds a fraction alike; but some readers keep whole numbers
 * exact.
 */
function isExact(literal: string, value: number): boolean {
  return !Object.is(value, -0) && (/[.eE]/.test(literal) || String(value) === literal);
}
