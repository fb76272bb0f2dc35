import { z } from 'zod';
import { defined } from '../defined.ts';
import { EFFECTS, type Effect } from './effect.ts';

/** An operation selector: `pattern` or `pattern:effect`; `*` is any run of characters. */
export const operationSelectorSchema = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');

/** An operation selector, parsed (model#selector). */
export interface Selector {
  readonly pattern: string;
  /** True when the pattern has no `*`. */
  readonly exact: boolean;
  /** The pieces of the pattern between its stars. */
  readonly pieces: readonly string[];
  readonly effect?: Effect;
}

/** The facts of an operation that a selector is matched with. */
export interface SelectedOperation {
  readonly name: string;
  /** The effect as judged for this call. */
  readonly effect: Effect;
  /** The effect before the arguments are looked at. */
  readonly base_effect: Effect;
  /** True if no glob allows it. */
  readonly spelled_out?: true;
}

/** The parsed selectors. They are few and used on every request; the bound keeps a hostile stream of new ones from filling the memory. */
const parsed = new Map<string, Selector>();
const PARSED_BOUND = 10_000;

/** Parses `pattern` or `pattern:effect`. The text after the last colon is an effect only if it is one of the six words. */
export function parseSelector(text: string): Selector {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const selector = readSelector(text);
  if (parsed.size >= PARSED_BOUND) parsed.clear();
  parsed.set(text, selector);
  return selector;
}

function readSelector(text: string): Selector {
  const colon = text.lastIndexOf(':');
  const effect = EFFECTS.find((word) => colon >= 0 && word === text.slice(colon + 1));
  const pattern = effect === undefined ? text : text.slice(0, colon);
  const pieces = pattern.split('*');
  return { pattern, exact: pieces.length === 1, pieces, ...defined({ effect }) };
}

/**
 * Tells whether a selector covers an operation as judged for this call:
 * an effect must be the judged one; a `*` without effect covers `read` and `write` alone; an exact name without effect covers
 * the operation at the effect the catalog gives it, so that a raised effect must be named.
 */
export function selects(selector: Selector, operation: SelectedOperation): boolean {
  if (selector.effect !== undefined) {
    if (selector.effect !== operation.effect) return false;
  } else if (selector.exact) {
    if (operation.effect !== operation.base_effect) return false;
  } else if (operation.effect !== 'read' && operation.effect !== 'write') {
    return false;
  }
  return matchesName(selector, operation.name);
}

/** Tells whether an allowance with this selector covers the operation. A rule that forbids matches by `selects` alone. */
export function allows(selector: Selector, operation: SelectedOperation): boolean {
  return selects(selector, operation) && (selector.exact || operation.spelled_out !== true);
}

/**
 * Tells whether a rule that restricts speaks of an operation: one that names no effect does at every effect, since somebody who restricts
 * an operation does not mean its mild form only.
 */
export function restricts(selector: Selector, operation: SelectedOperation): boolean {
  return selector.effect === undefined ? matchesName(selector, operation.name) : selects(selector, operation);
}

/** Tells whether the pattern of a selector matches a name; the effect does not matter. */
export function matchesName(selector: Selector, name: string): boolean {
  return selector.exact ? selector.pattern === name : globMatches(selector.pieces, name);
}

/**
 * Matches case-sensitively; `*` is any run of characters. Every piece between stars is searched once, from left to right: the time is
 * linear, so no pattern can make it slow.
 */
function globMatches(pieces: readonly string[], name: string): boolean {
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
  const end = name.length - last.length;
  let from = first.length;
  for (let i = 1; i < pieces.length - 1; i += 1) {
    const piece = pieces[i] ?? '';
    const at = name.indexOf(piece, from);
    if (at < 0 || at + piece.length > end) return false;
    from = at + piece.length;
  }
  return true;
}

/** Returns the selector that covers exactly this operation at this effect: its name, with the effect if it was raised. */
export function narrowestSelector(operation: SelectedOperation): string {
  return operation.effect === operation.base_effect ? operation.name : `${operation.name}:${operation.effect}`;
}
