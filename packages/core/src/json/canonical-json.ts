import type { JsonValue } from './json.ts';

/** Text that JSON writes as it stands: printable ASCII without quotation mark and backslash. Nearly all there is to write. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** What canonical JSON is written of: JSON values, some of which may be written already. */
export type WritableJson = JsonValue | WrittenJson | readonly WritableJson[] | WritableObject;
export interface WritableObject {
  readonly [name: string]: WritableJson;
}

/** A value that is written once and stands in others: `canonicalJson` takes its text as it is. */
export class WrittenJson {
  /** Canonical JSON. */
  readonly text: string;

  /** Throws what `canonicalJson` throws. */
  constructor(value: WritableJson) {
    this.text = canonicalJson(value);
  }

  /** The value again, also for `JSON.stringify`. */
  toJSON(): JsonValue {
    return JSON.parse(this.text);
  }
}

/**
 * Writes a JSON value canonically (RFC 8785): members sorted by UTF-16 code units, no white space, numbers as ECMAScript
 * writes them; members that are `undefined` are left out. Throws a `TypeError` for what JSON cannot say: functions, symbols,
 * bigints, non-finite numbers, lone surrogates, `undefined` itself.
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

/** The names of an object's members in the order RFC 8785 section 3.2.3 asks for: by UTF-16 code units, as `sort` goes by itself. */
export function sortedNames(members: object): readonly string[] {
  const names = Object.keys(members);
  return names.length > FEW_NAMES ? names.sort() : insertionSort(names);
}

/** Most objects have few members, mostly in order: `sort` would make lists of its own for them. */
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

/** Names as they were written, as the first member of an object or a later one: nearly all members have one of a few hundred. */
const written = new Map<string, { readonly first: string; readonly next: string }>();
const MOST_NAMES = 1_000;
const LONGEST_NAME = 64;

/** Writes a member's name with its colon. Throws what `canonicalJson` throws. */
export function canonicalName(name: string): string {
  return (written.get(name) ?? writeName(name)).first;
}

/** The same after another member. */
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
