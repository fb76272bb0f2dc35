import type { OutputOf } from '@writ/api';
import { type ArgumentCondition, allows, type Comparison, parseSelector } from '@writ/core';
import { type Argument, type Condition, onArgument, type Part, withCondition } from './draft.ts';
import { effectOf, effectsOf, type Operation } from './words.ts';

/** One argument of an operation, as the catalog tells it. */
export type Input = Operation['inputs'][number];

type Preset = OutputOf<'connections.presets'>['items'][number];

/** What a person must be asked for an operation of a preset. */
export type Need = Preset['needs'][number];

/** What is known of a connection's operations, and of what people often grant of them. */
export interface Known {
  readonly operations: readonly Operation[] | undefined;
  /** Empty until they are read. */
  readonly presets: readonly Preset[];
}

const TEXT: readonly Comparison[] = ['equals', 'one_of', 'starts_with', 'ends_with'];

/** The comparisons that make sense for an argument; all of them for one whose inside nobody knows. */
export function comparisonsFor(input: Input | undefined): readonly Comparison[] {
  if (input === undefined || input.type === 'opaque') return [...TEXT, 'at_least', 'at_most'];
  if (input.type === 'number') return ['equals', 'at_most', 'at_least', 'one_of'];
  if (input.type === 'boolean') return ['equals'];
  return input.type === 'enum' ? ['one_of', 'equals'] : TEXT;
}

/** In words, after the path: `ends with`. */
export const COMPARISON_WORDS: Readonly<Record<Comparison, string>> = {
  equals: 'is',
  one_of: 'is one of',
  starts_with: 'begins with',
  ends_with: 'ends with',
  at_least: 'is at least',
  at_most: 'is at most',
};

/** The condition of a comparison and what was typed for it; undefined where it is none (yet). */
export function conditionFrom(
  comparison: Comparison,
  typed: string | readonly string[],
  type: Input['type'],
): ArgumentCondition | undefined {
  const [first = ''] = [typed].flat();
  if (comparison === 'one_of') {
    const all = [typed].flat();
    const items = all.flatMap((each) => operandOf(each, type) ?? []);
    return items.length === 0 || items.length < all.length ? undefined : { one_of: items };
  }
  if (comparison === 'starts_with') return first === '' ? undefined : { starts_with: first };
  if (comparison === 'ends_with') return first === '' ? undefined : { ends_with: first };
  if (comparison === 'equals') {
    const operand = operandOf(first, type);
    return operand === undefined ? undefined : { equals: operand };
  }
  const bound = operandOf(first, 'number');
  if (typeof bound !== 'number') return undefined;
  return comparison === 'at_least' ? { at_least: bound } : { at_most: bound };
}

function operandOf(text: string, type: Input['type']): string | number | boolean | undefined {
  if (text.trim() === '') return undefined;
  if (type === 'boolean') return text === 'true';
  if (type !== 'number') return text;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** The comparison of a condition, and its value or values as they are typed. */
export function typedOf(condition: ArgumentCondition): { readonly comparison: Comparison; readonly typed: string[] } {
  const [[comparison, operand] = ['equals', '']] = Object.entries(condition);
  return { comparison: comparison as Comparison, typed: [operand].flat().map(String) };
}

/** An argument of the catalog; undefined where it tells nothing of it. */
export function inputOf(operations: readonly Operation[], { operation, path }: Argument): Input | undefined {
  return operations.find(({ name }) => name === operation)?.inputs.find((input) => input.path === path);
}

/** The type of a condition's value: the catalog's, else that of the value it has. */
function typeOf(one: Condition, operations: readonly Operation[]): Input['type'] {
  const [operand] = Object.values(one.condition).flat();
  const own = typeof operand === 'number' ? 'number' : typeof operand === 'boolean' ? 'boolean' : 'text';
  return inputOf(operations, one)?.type ?? own;
}

/** What a field shows for a condition: what was typed last, else its value. */
export function shownFor({ condition, typed }: Condition): readonly string[] {
  return typed ?? typedOf(condition).typed;
}

/** The part after something was typed for a condition that it has: what is no value stays to be read, and nothing of it counts. */
export function withTyped(
  part: Part,
  one: Condition,
  typed: readonly string[],
  operations: readonly Operation[],
): Part {
  const { comparison } = typedOf(one.condition);
  const condition = conditionFrom(comparison, typed, typeOf(one, operations)) ?? one.condition;
  return withCondition(part, one, condition, typed);
}

/** What is wrong with what was typed for a condition; undefined where it is its value. */
export function typedProblem(one: Condition, operations: readonly Operation[]): string | undefined {
  const { comparison } = typedOf(one.condition);
  const type = typeOf(one, operations);
  return conditionFrom(comparison, shownFor(one), type) === undefined ? noValue(comparison, type) : undefined;
}

/** What a text must be that is no value for a comparison. */
export function noValue(comparison: Comparison, type: Input['type']): string {
  const isNumber = type === 'number' || comparison === 'at_least' || comparison === 'at_most';
  return isNumber ? 'Must be a number.' : 'Must not be empty.';
}

/** The operations that a part covers at their usual effect and that have arguments, those that change something first. */
export function narrowable(part: Part, operations: readonly Operation[]): Operation[] {
  const selectors = part.operations.map(parseSelector);
  const covered = operations.filter(
    (operation) =>
      operation.inputs.length > 0 &&
      effectsOf(operation).some((effect) =>
        selectors.some((selector) =>
          allows(selector, { name: operation.name, effect, base_effect: effectOf(operation) }),
        ),
      ),
  );
  const rank = (operation: Operation): number => (effectOf(operation) === 'read' ? 1 : 0);
  return covered.sort((one, other) => rank(one) - rank(other));
}

/** The questions that a part raises: of every operation that it covers and about which presets ask. */
export function needsOf(part: Part, facts: Known): Need[] {
  const covered = new Set(narrowable(part, facts.operations ?? []).map(({ name }) => name));
  const needs = facts.presets.flatMap((preset) => preset.needs).filter(({ operation }) => covered.has(operation));
  return [...new Map(needs.map((need) => [`${need.operation} ${need.path}`, need])).values()];
}

/** The questions of a part that no condition answers. */
export function openNeeds(part: Part, facts: Known): Need[] {
  return needsOf(part, facts).filter((need) => !part.conditions.some(onArgument(need)));
}

/** What a question of a part is kept by, where it is left open on purpose: for this operation there, and for nothing else. */
export function waiverOf({ connection, environments }: Part, { operation, path }: Need): string {
  return JSON.stringify([connection, [...environments].sort(), operation, path]);
}

/** The questions of a part that are still open, and those that were left open on purpose. */
export function questionsOf(part: Part, facts: Known, waived: readonly string[]) {
  const open = openNeeds(part, facts);
  const asked = (isLeft: boolean): string[] =>
    open.filter((need) => waived.includes(waiverOf(part, need)) === isLeft).map(({ question }) => question);
  return { unanswered: [...new Set(asked(false))], leftOpen: [...new Set(asked(true))] };
}
