import { type ArgumentCondition, allows, type Comparison, parseSelector } from '@writ/core';
import type { Part } from './draft.ts';
import type { ConnectionFacts } from './facts.ts';
import { effectOf, effectsOf, type Operation } from './words.ts';

/** One argument of an operation, as the catalog tells it. */
export type Input = Operation['inputs'][number];

/** What a person must be asked for an operation of a preset. */
export type Need = ConnectionFacts['presets'][number]['needs'][number];

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
    const items = [typed].flat().flatMap((each) => operandOf(each, type) ?? []);
    return items.length === 0 ? undefined : { one_of: items };
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
export function needsOf(part: Part, facts: Pick<ConnectionFacts, 'presets' | 'operations'>): Need[] {
  const covered = new Set(narrowable(part, facts.operations ?? []).map(({ name }) => name));
  const needs = facts.presets.flatMap((preset) => preset.needs).filter(({ operation }) => covered.has(operation));
  return [...new Map(needs.map((need) => [`${need.operation} ${need.path}`, need])).values()];
}

/** The questions of a part that no condition answers. */
export function openNeeds(part: Part, facts: Pick<ConnectionFacts, 'presets' | 'operations'>): Need[] {
  return needsOf(part, facts).filter(
    ({ operation, path }) => !part.conditions.some((each) => each.operation === operation && each.path === path),
  );
}
