import { WritError } from '@writ/core';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Reads a text that is known to be valid JSON, and refuses what readers read differently: a member named twice (however its
 * name is escaped), `__proto__`, a lone surrogate, a number that a double cannot hold, more depth than `depth`.
 *
 * Throws `WritError`: `request_not_canonical`, `request_too_large`.
 */
export function scanJson(text: string, depth: number): void {
  /** The names seen so far in each open object; `undefined` for an open list. */
  const open: (Set<string> | undefined)[] = [];
  let nameNext = false;
  for (let at = 0; at < text.length; ) {
    const character = text[at] ?? '';
    if (character === '"') {
      const end = endOfString(text, at);
      const content = readString(text.slice(at, end));
      if (nameNext) take(open.at(-1), content);
      nameNext = false;
      at = end;
    } else if (character === '-' || (character >= '0' && character <= '9')) {
      at += readNumber(text, at).length;
    } else {
      if (character === '{') open.push(new Set());
      else if (character === '[') open.push(undefined);
      else if (character === '}' || character === ']') open.pop();
      if (open.length > depth) throw tooDeep(depth);
      if (character === '{' || character === ',') nameNext = open.at(-1) !== undefined;
      at += 1;
    }
  }
}

function take(names: Set<string> | undefined, name: string): void {
  if (name === '__proto__') throw ambiguous('The body has a member named __proto__.');
  if (names?.has(name)) throw ambiguous(`The body names the member ${JSON.stringify(name.slice(0, 64))} twice.`);
  names?.add(name);
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at + 1;
}

function readString(quoted: string): string {
  const content: unknown = quoted.includes('\\') ? JSON.parse(quoted) : quoted.slice(1, -1);
  if (typeof content !== 'string' || !content.isWellFormed()) throw ambiguous('The body holds half a surrogate pair.');
  return content;
}

function readNumber(text: string, at: number): string {
  NUMBER.lastIndex = at;
  const literal = NUMBER.exec(text)?.[0] ?? text[at] ?? '';
  if (!isExact(literal))
    throw ambiguous('The body holds a number that not every reader reads alike; send it as a string.');
  return literal;
}

/** Fractions are rounded alike by every reader of doubles; whole numbers are not, since some readers keep them whole. */
function isExact(literal: string): boolean {
  const value = Number(literal);
  if (!Number.isFinite(value) || Object.is(value, -0)) return false;
  return /[.eE]/.test(literal) || String(value) === literal;
}

function tooDeep(depth: number): WritError {
  return new WritError('request_too_large', { detail: `The body is nested more than ${depth} deep.` });
}

function ambiguous(detail: string): WritError {
  return new WritError('request_not_canonical', { detail });
}
