import type { JsonValue } from './json.ts';

/** Text that JSON writes unchanged: printable ASCII without quotation mark and backslash. Nearly all text is like this. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** The input of canonical JSON: JSON values, parts of which may be written already. */
export type WritableJson = JsonValue | WrittenJson | readonly WritableJson[] | WritableObject;
export interface WritableObject {
  readonly [name: string]: WritableJson;
}

/** A value that is written once and used inside others: `canonicalJson` copies its text. */
export class WrittenJson {
  /** The canonical JSON of the value. */
  readonly text: string;

  /** Throws what `canonicalJson` throws. */
  constructor(value: WritableJson) {
    this.text = canonicalJson(value);
  }

  /** Returns the value, also for `JSON.stringify`. */
  toJSON(): JsonValue {
    return JSON.parse(this.text);
  }
}

/**
 * Writes a JSON value canonically (RFC 8785): members sorted by UTF-16 code units, no white space, numbers as ECMAScript writes them;
 * members that are `undefined` are left out. Throws a `TypeError` for values that JSON does not have: functions, symbols, bigints,
 * non-finite numbers, lone surrogates, `undefined` itself.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return canonicalString(value);
  if (typeof value === 'number') return canonicalNumber(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return canonicalArray(value);
  if (value instanceof WrittenJson) return value.text;
  if (typeof value === 'object') return canonicalObject(value as Record<string, unknown>);
  throw new TypeError(`canonical JSON cannot hold a ${typeof value}`);
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError('canonical JSON cannot hold a number that is not finite');
  return value === 0 ? '0' : String(value);
}

function canonicalString(value: string): string {
  if (PLAIN.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw new TypeError('canonical JSON cannot hold a lone surrogate');
  return JSON.stringify(value);
}

function canonicalArray(items: readonly unknown[]): string {
  let text = '';
  for (const item of items) text += (text === '' ? '' : ',') + canonicalJson(item);
  return `[${text}]`;
}

function canonicalObject(members: Record<string, unknown>): string {
  let text = '{';
  for (const name of sortedNames(members)) {
    const member = members[name];
    if (member === undefined) continue;
    text += (text.length === 1 ? canonicalName(name) : nextName(name)) + canonicalJson(member);
  }
  return `${text}}`;
}

/**
 * Returns the names of an object's members in the order of RFC 8785 section 3.2.3: by UTF-16 code units, which is also the order of `sort`.
 */
export function sortedNames(members: object): readonly string[] {
  const names = Object.keys(members);
  return names.length > FEW_NAMES ? names.sort() : insertionSort(names);
}

/** The most names that are sorted by insertion. Most objects have few members, nearly in order, and `sort` would allocate for them. */
const FEW_NAMES = 32;

function insertionSort(names: string[]): string[] {
  for (let at = 1; at < names.length; at += 1) {
    const name = names[at] ?? '';
    let to = at;
    for (; to > 0 && (names[to - 1] ?? '') > name; to -= 1) names[to] = names[to - 1] ?? '';
    names[to] = name;
  }
  return names;
}

/** The JSON text of names, as the first member of an object and as a later one: nearly all members have one of a few hundred names. */
const written = new Map<string, { readonly first: string; readonly next: string }>();
const MOST_NAMES = 1_000;
const LONGEST_NAME = 64;

/** Writes the name of a member, with its colon. Throws what `canonicalJson` throws. */
export function canonicalName(name: string): string {
  return (written.get(name) ?? writeName(name)).first;
}

/** Writes the name of a later member: with a comma before it. */
function nextName(name: string): string {
  return (written.get(name) ?? writeName(name)).next;
}

function writeName(name: string): { readonly first: string; readonly next: string } {
  const first = `${canonicalString(name)}:`;
  const texts = { first, next: `,${first}` };
  if (name.length > LONGEST_NAME) return texts;
  if (written.size === MOST_NAMES) written.clear();
  written.set(name, texts);
  return texts;
}
